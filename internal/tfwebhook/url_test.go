package tfwebhook_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// A bad URL is an error at its attribute, which shows nothing of it that may be a credential.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	for value, allowed := range map[types.String]bool{
		types.StringNull():    true,
		types.StringUnknown(): true,
		types.StringValue("https://hooks.example.com/in"):         true,
		types.StringValue("http://localhost:8080"):                true,
		types.StringValue("http://hooks.example.com"):             false,
		types.StringValue("hooks.example.com"):                    false,
		types.StringValue("http://u:hunter2@h.example?k=hunter2"): false,
		types.StringValue(""):                                     false,
	} {
		var response validator.StringResponse
		tfwebhook.HTTPS().ValidateString(t.Context(), validator.StringRequest{Path: path.Root("url"), ConfigValue: value}, &response)
		if response.Diagnostics.HasError() == allowed {
			t.Errorf("%s: %v", value, response.Diagnostics)
		}
		for _, diagnostic := range response.Diagnostics {
			if diagnostic.Summary() != "Invalid URL" || strings.Contains(diagnostic.Detail(), "hunter2") ||
				!strings.Contains(diagnostic.Detail(), "must be an absolute https URL") {
				t.Errorf("%s: %+v", value, diagnostic)
			}
		}
	}
}
