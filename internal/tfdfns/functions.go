package tfdfns

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// kinds returns the event kinds of the vendor.
func kinds() tfwebhook.EventCatalogue {
	return tfwebhook.EventCatalogue{
		Vendor: "Dfns", Known: dfns.EventKinds(), Form: tfwebhook.DottedKinds, EveryKind: "*",
		Page:         "https://docs.dfns.co/api-reference/webhook-events",
		Descriptions: dfns.EventDescriptions(),
		Prose:        dfns.ProseEventKinds(), Deprecated: dfns.DeprecatedEventKinds(),
		Growth: "The next plan then adds them to the webhook in place; its signing secret stays the same. To avoid that, list " +
			"the names.",
	}
}

// signatureFunction computes the signature header of a delivery.
type signatureFunction struct{}

// NewSignatureFunction returns the function dfns_signature.
func NewSignatureFunction() function.Function { return signatureFunction{} }

// Metadata implements function.Function.
func (signatureFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "dfns_signature"
}

// Definition implements function.Function.
func (signatureFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "The signature that Dfns sends with a delivery.",
		MarkdownDescription: "Returns the value of the header `X-DFNS-WEBHOOK-SIGNATURE` that Dfns would send with this body. Use it to test " +
			"a receiver.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "secret", MarkdownDescription: "The signing secret of the webhook."},
			function.StringParameter{Name: "body", MarkdownDescription: "The body, byte for byte. Dfns sends compact JSON."},
		},
		Return: function.StringReturn{},
	}
}

// Run implements function.Function.
func (signatureFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var secret, body string
	if resp.Error = req.Arguments.Get(ctx, &secret, &body); resp.Error != nil {
		return
	}
	if secret == "" {
		resp.Error = function.NewArgumentFuncError(0, "The secret is empty. After an import, Terraform does not know it")
		return
	}
	resp.Error = resp.Result.Set(ctx, dfns.Signature(secret, []byte(body)))
}
