package tfenfinitos

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// kinds returns the event kinds of the vendor.
func kinds() tfwebhook.EventCatalogue {
	return tfwebhook.EventCatalogue{
		Vendor: "EnfinitOS", Known: enfinitos.EventKinds(), Form: tfwebhook.DottedKinds, EveryKind: "*",
		Descriptions: enfinitos.EventDescriptions(),
		Page:         "https://docs.enfinitos.com/api-reference/webhooks/create-a-webhook-subscription",
		Growth: "**The next plan then replaces the subscription and its signing secret**, because EnfinitOS cannot change `events` in " +
			"place. To avoid that, list the names.",
	}
}

// signatureFunction computes the signature header of a delivery.
type signatureFunction struct{}

// NewSignatureFunction returns the function enfinitos_signature.
func NewSignatureFunction() function.Function { return signatureFunction{} }

// Metadata implements function.Function.
func (signatureFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "enfinitos_signature"
}

// Definition implements function.Function.
func (signatureFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "The signature that EnfinitOS sends with a delivery.",
		MarkdownDescription: "Returns the value of the header `Enfinitos-Signature` that EnfinitOS would send with this body at this time. " +
			"Use it to test a receiver.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "secret", MarkdownDescription: "The signing secret of the subscription, `whsec_…`."},
			function.NumberParameter{Name: "timestamp", MarkdownDescription: "The time of the delivery, in Unix seconds."},
			function.StringParameter{Name: "body", MarkdownDescription: "The body, byte for byte."},
		},
		Return: function.StringReturn{},
	}
}

// Run implements function.Function.
func (signatureFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var secret, body string
	var number *big.Float // with an int64, the framework would report a fraction as a bug in the provider
	if resp.Error = req.Arguments.Get(ctx, &secret, &number, &body); resp.Error != nil {
		return
	}
	timestamp, exact := number.Int64()
	switch {
	case secret == "":
		resp.Error = function.NewArgumentFuncError(0, "The secret is empty. After an import, Terraform does not know it")
	case !number.IsInt():
		resp.Error = function.NewArgumentFuncError(1, "The timestamp is not a whole number of seconds")
	case timestamp < 0:
		resp.Error = function.NewArgumentFuncError(1, "The timestamp is before 1970")
	case exact != big.Exact:
		resp.Error = function.NewArgumentFuncError(1, "The timestamp is too large")
	default:
		resp.Error = resp.Result.Set(ctx, enfinitos.Signature(secret, timestamp, []byte(body)))
	}
}
