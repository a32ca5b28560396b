package tfwebhook_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// A bad URL is an error at its attribute, which shows nothing of it that may be a credential.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	for value, shown := range map[types.String]string{ // nothing if it is allowed
		types.StringNull():    "",
		types.StringUnknown(): "",
		types.StringValue("https://hooks.example.com/in"):         "",
		types.StringValue("http://localhost:8080"):                "",
		types.StringValue("http://hooks.example.com"):             `"http://hooks.example.com"`,
		types.StringValue("http://u:hunter2@h.example?k=hunter2"): `"http://h.example/…"`,
	} {
		var response validator.StringResponse
		tfwebhook.HTTPS().ValidateString(t.Context(), validator.StringRequest{Path: path.Root("url"), ConfigValue: value}, &response)
		var want diag.Diagnostics
		if shown != "" {
			want.AddAttributeError(path.Root("url"), "Invalid URL", "The value must be an absolute https URL (http is accepted for a loopback host): "+
				"it must be https; http is only accepted for a loopback host. Got: "+shown+".")
		}
		if !response.Diagnostics.Equal(want) {
			t.Errorf("%s: %v", value, response.Diagnostics)
		}
	}
}
