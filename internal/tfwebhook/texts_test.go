package tfwebhook_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// What is said depends on what is known, and nothing is said where nothing is wrong.
func TestTexts(t *testing.T) {
	t.Parallel()
	const name, prefixed = "The id that V assigned to the webhook", "must be the id of a thing, t-…"
	thing := tfwebhook.IDFormat{Object: "a thing"}
	idOf := func(o tfwebhook.Object) string { return o.IdentitySchema().Attributes["id"].GetDescription() }
	length := func(text string) string {
		var response validator.StringResponse
		tfwebhook.Length(1, 3).ValidateString(t.Context(), validator.StringRequest{ConfigValue: types.StringValue(text)}, &response)
		return summaries(response.Diagnostics)
	}
	odd := func(planned, prior types.Set) string {
		catalogue := dotted
		catalogue.Deprecated = map[string]string{"wallet.created": "Use another."}
		return summaries(catalogue.Odd(planned, prior))
	}
	for _, test := range []struct{ got, want string }{
		{fmt.Sprint(tfwebhook.DifferentText("a", types.StringValue("x"), "x")), "[]"},
		{fmt.Sprint(tfwebhook.DifferentText("a", types.StringValue("x"), "y")), `[  a = "y" (configured: "x")]`},
		{summaries(tfwebhook.Object{}.StoredOtherwise("create", "h_1", "", nil)), "[]"},
		{thing.Validator().Description(t.Context()), "must be the id of a thing"},
		{tfwebhook.IDFormat{Object: "a thing", Prefix: "t-"}.Validator().Description(t.Context()), prefixed},
		{idOf(tfwebhook.Object{Vendor: "V", Noun: "webhook"}), name + "."},
		{idOf(tfwebhook.Object{Vendor: "V", Noun: "webhook", ID: "v-1"}), name + ", v-1."},
		{summaries(tfwebhook.NotNoted(nil)), "[]"},
		{summaries(tfwebhook.NotNoted(errors.New("full"))), "[Creates Are Not Noted]"},
		{length(""), "[Invalid Length]"}, {length("a"), "[]"}, {length("abc"), "[]"}, {length("🙂🙂"), "[Invalid Length]"},
		{odd(set("*"), set()), "[]"},
		{odd(set("*", "key.created"), set("*", "key.created")), "[]"},
		{odd(set("*", "key.created"), set("*")), "[Redundant Event Kinds]"},
		{odd(set("wallet.created", "key.made"), set("*")), "[Unknown Event Kind: key.made Deprecated Event Kind: wallet.created]"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

func summaries(diags diag.Diagnostics) string {
	out := []string{}
	for _, diagnostic := range diags {
		out = append(out, diagnostic.Summary())
	}
	return fmt.Sprint(out)
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
