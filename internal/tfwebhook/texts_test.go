package tfwebhook_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// An id is described with what is known of its form.
func TestDescriptionsOfIDs(t *testing.T) {
	t.Parallel()
	const name, prefixed = "The id that V assigned to the webhook", "must be the id of a thing, t-…"
	thing := tfwebhook.IDFormat{Object: "a thing"}
	idOf := func(o tfwebhook.Object) string { return o.IdentitySchema().Attributes["id"].GetDescription() }
	for _, test := range []struct{ got, want string }{
		{thing.Validator().Description(t.Context()), "must be the id of a thing"},
		{tfwebhook.IDFormat{Object: "a thing", Prefix: "t-"}.Validator().Description(t.Context()), prefixed},
		{idOf(tfwebhook.Object{Vendor: "V", Noun: "webhook"}), name + "."},
		{idOf(tfwebhook.Object{Vendor: "V", Noun: "webhook", ID: "v-1"}), name + ", v-1."},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}
