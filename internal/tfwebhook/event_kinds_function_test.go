package tfwebhook_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	kinds := []string{"key.created", "wallet.created", "wallet.transfer.confirmed", "walletxcreated"}
	for pattern, want := range map[string][]string{
		"wallet.created":  {"wallet.created"},
		"wallet.*":        {"wallet.created", "wallet.transfer.confirmed"},
		"*.created":       {"key.created", "wallet.created"},
		"*a*":             {"key.created", "wallet.created", "wallet.transfer.confirmed", "walletxcreated"},
		"*":               kinds,
		"wallet":          {},
		"":                {},
		"wallet.[*":       {},
		`wallet\.created`: {},
	} {
		if diff := cmp.Diff(want, tfwebhook.MatchKinds(pattern, kinds)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", pattern, diff)
		}
	}
}

func TestKindsAreDescribed(t *testing.T) {
	t.Parallel()
	catalogue := tfwebhook.EventCatalogue{
		Vendor: "V", Known: []string{"a.b", "ab.c"}, Descriptions: map[string]string{"a.b": "It was."}, Page: "https://docs.example.com",
	}
	var resp function.DefinitionResponse
	catalogue.NewFunction().Definition(t.Context(), function.DefinitionRequest{}, &resp)
	text := resp.Definition.MarkdownDescription
	if !strings.HasSuffix(text, "(https://docs.example.com).\n\n- `a.b`: It was.\n- `ab.c`") || strings.Contains(text, "prose") {
		t.Errorf("the description is %s", text)
	}
}
