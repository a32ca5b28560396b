package tfwebhook_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

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

// Another URL replaces a resource, another way to write the same one does not.
func TestRequiresReplace(t *testing.T) {
	t.Parallel()
	const former = "https://hooks.example.com/in"
	for planned, replaces := range map[string]bool{
		former:                             false,
		"https://HOOKS.example.com:443/in": false,
		"https://hooks.example.com/IN":     true,
		"https://hooks.example.com/in?k=v": true,
		"https://other.example.com/in":     true,
	} {
		object := tftypes.NewValue(tftypes.Object{}, map[string]tftypes.Value{})
		request := planmodifier.StringRequest{
			State: tfsdk.State{Raw: object}, Plan: tfsdk.Plan{Raw: object},
			StateValue: types.StringValue(former), PlanValue: types.StringValue(planned), ConfigValue: types.StringValue(planned),
		}
		response := planmodifier.StringResponse{PlanValue: request.PlanValue}
		tfwebhook.URLRequiresReplace().PlanModifyString(t.Context(), request, &response)
		if response.RequiresReplace != replaces {
			t.Errorf("%s: it replaces: %t", planned, response.RequiresReplace)
		}
	}
}
