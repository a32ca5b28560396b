package tfwebhook_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// What an answer leaves out stays as it was, and is never left unknown: Terraform would fail the apply.
func TestOmittedFieldIsKept(t *testing.T) {
	t.Parallel()
	null, unknown, text := types.StringNull(), types.StringUnknown(), types.StringValue
	for _, test := range []struct {
		former types.String
		text   string
		want   types.String
	}{
		{text("a"), "b", text("b")}, {text("a"), "", text("a")},
		{null, "b", text("b")}, {null, "", null},
		{unknown, "b", text("b")}, {unknown, "", null}, // in the answer to a create
	} {
		if got := tfwebhook.Keep(test.former, test.text); !got.Equal(test.want) {
			t.Errorf("%s, then %q: %s, want %s", test.former, test.text, got, test.want)
		}
	}
}

// Who waits until a webhook without a date is old cannot take a young one, which reads may not show, for gone.
func TestCreated(t *testing.T) {
	t.Parallel()
	null, text := types.StringNull(), types.StringValue
	for want, got := range map[string]string{
		"2026-01-01": tfwebhook.Created(text("2026-01-01"), text("u")), "unknown": tfwebhook.Created(null, text("u")),
		"": tfwebhook.Created(null, null), // an import
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// private is a private state.
type private map[string][]byte

func (p private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

func TestHasAccount(t *testing.T) {
	t.Parallel()
	if tfwebhook.HasAccount(t.Context(), private{}) || !tfwebhook.HasAccount(t.Context(), private{"seen_in": []byte("{}")}) {
		t.Error("an account is known only where one was recorded")
	}
}
