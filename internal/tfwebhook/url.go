package tfwebhook

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// HTTPS returns a validator for an absolute https URL, or an http URL with a loopback host.
func HTTPS() validator.String {
	return textValidator{
		summary: "Invalid URL",
		must:    "must be an absolute https URL (http is accepted for a loopback host)",
		check:   weburl.Check,
		quote:   weburl.Quote,
	}
}

// HTTP returns a validator for an absolute URL of the scheme https or http.
func HTTP() validator.String {
	return textValidator{
		summary: "Invalid URL",
		must:    "must be an absolute https or http URL",
		check:   weburl.CheckAny,
		quote:   weburl.Quote,
	}
}

// OddURL warns of a url whose deliveries others can read, in the plan or the import that adds it.
func OddURL(planned, prior types.String) (diags diag.Diagnostics) {
	if url := planned.ValueString(); weburl.IsPlain(url) && !weburl.Same(url, prior.ValueString()) {
		diags.AddAttributeWarning(path.Root("url"), "Deliveries Without TLS", fmt.Sprintf(
			"The url at %s is http, so anybody on the way can read the deliveries. Use https, unless that is on purpose.", weburl.Hide(url)))
	}
	return diags
}
