package tfwebhook

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

var _ validator.String = httpsValidator{}

type httpsValidator struct{}

// HTTPS returns a validator for an absolute https URL, or an http URL with a loopback host.
func HTTPS() validator.String { return httpsValidator{} }

func (httpsValidator) Description(context.Context) string {
	return "must be an absolute https URL (http is accepted for a loopback host)"
}

func (v httpsValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v httpsValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := weburl.Check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid URL",
			fmt.Sprintf("The value %s: %s, got: %s.", v.Description(ctx), err, weburl.Hide(req.ConfigValue.ValueString())))
	}
}
