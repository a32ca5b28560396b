package tfwebhook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"wallet.created":                   "wallet.created",
		"wallet.create":                    "wallet.created",
		"walet.created":                    "wallet.created",
		"wallet.transfer.confirm":          "wallet.transfer.confirmed",
		"wallet.transfers.confirmed":       "wallet.transfer.confirmed",
		"wallet.transaction.broadcast":     "wallet.transaction.broadcasted",
		"wallet.transaction.brodcasted":    "wallet.transaction.broadcasted",
		"policy.approvals.pending":         "policy.approval.pending",
		"key.create":                       "key.created",
		"vault.update":                     "vault.updated",
		"wallet.blockchain_event.detected": "wallet.blockchainevent.detected",
		"swap.complete":                    "swap.completed",
		"wallet_offer_received":            "wallet.offer.received",
		"Wallet.*":                         "wallet.*",
		"walet.*":                          "wallet.*",
		"wallet.transfers.*":               "wallet.transfer.*",
		"WALLET.TRANSFER.CONFIRMED":        "wallet.transfer.confirmed",
		"*.creatd":                         "*.created",
		"":                                 "",
	}
	for kind, want := range tests {
		if got := tfwebhook.NearestKind(kind, dfns.EventKinds()); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", kind, got, want)
		}
	}
}

// dotted are kinds as both vendors have them.
var dotted = tfwebhook.EventCatalogue{Vendor: "Dfns", Known: dfns.EventKinds(), Form: tfwebhook.DottedKinds, EveryKind: "*"}

// Kinds of another vendor may have another form, and no name for all of them.
func TestKindsOfAnotherForm(t *testing.T) {
	t.Parallel()
	other := tfwebhook.EventCatalogue{
		Vendor: "Other", Known: []string{"Order/Created", "Order/Line:Paid", "Customer/Created"},
		Form: tfwebhook.KindForm{Fits: func(text string) bool { return strings.Contains(text, "/") && !strings.Contains(text, "*") }},
	}
	for kind, want := range map[string]string{
		"Order/Created": "",
		"Order/Unknown": "",
		"*":             "provider::webhook::other_event_kinds(",
		"Order/*":       `provider::webhook::other_event_kinds("Order/*")`,
		"order created": `the most similar known kind is "Order/Created"`,
	} {
		request := validator.SetRequest{ConfigValue: types.SetValueMust(types.StringType, []attr.Value{types.StringValue(kind)})}
		var response validator.SetResponse
		other.SetValidators()[0].ValidateSet(t.Context(), request, &response)
		if got := fmt.Sprint(response.Diagnostics); response.Diagnostics.HasError() != (want != "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %q", kind, got, want)
		}
	}
	if got := tfwebhook.MatchKinds("Order/*", other.Known); len(got) != 2 {
		t.Errorf("got %q", got)
	}
}

// What has no form of a kind is an error that says what to write.
func TestEventsValidators(t *testing.T) {
	t.Parallel()
	const pattern = "for a pattern, write events = provider::webhook::dfns_event_kinds"
	for name, test := range map[string]struct {
		kinds []attr.Value
		want  string
	}{
		"known":           {[]attr.Value{types.StringValue("wallet.created")}, ""},
		"every":           {[]attr.Value{types.StringValue("*")}, ""},
		"unknown kind":    {[]attr.Value{types.StringValue("wallet.exploded")}, ""},
		"not known yet":   {[]attr.Value{types.StringUnknown()}, ""},
		"upper case":      {[]attr.Value{types.StringValue("Wallet.Exploded")}, `: write "wallet.exploded". Got: "Wallet.Exploded".`},
		"white space":     {[]attr.Value{types.StringValue("wallet.created\n")}, `: write "wallet.created". Got: "wallet.created\n".`},
		"pattern":         {[]attr.Value{types.StringValue("wallet.*")}, pattern + `("wallet.*"). Got: "wallet.*".`},
		"another pattern": {[]attr.Value{types.StringValue("Walet.transfer.*")}, pattern + `("wallet.transfer.*")`},
		"one word":        {[]attr.Value{types.StringValue("walet")}, `: the most similar known kind is "`},
		"empty word":      {[]attr.Value{types.StringValue("wallet..created")}, `: the most similar known kind is "wallet.created"`},
		"empty text":      {[]attr.Value{types.StringValue(""), types.StringUnknown()}, `: it is empty. Got: "".`},
		"nothing":         {nil, ": it is empty."},
		"null":            {[]attr.Value{types.StringNull()}, ": an element is null."},
	} {
		request := validator.SetRequest{Path: path.Root("events"), ConfigValue: types.SetValueMust(types.StringType, test.kinds)}
		var response validator.SetResponse
		dotted.SetValidators()[0].ValidateSet(t.Context(), request, &response)
		got := response.Diagnostics
		if len(got) != min(1, len(test.want)) || len(got) == 1 && (got[0].Summary() != "Invalid Event Kind" || !strings.Contains(got[0].Detail(), test.want)) {
			t.Errorf("%s: got %v, want %q", name, got, test.want)
		}
	}
}

// A filter with a misspelled kind finds nothing, which looks as if no event had failed.
func TestKindFilterWarns(t *testing.T) {
	t.Parallel()
	for kind, want := range map[types.String][]string{
		types.StringValue("wallet.created"):  nil,
		types.StringValue("wallet.exploded"): {"Unknown Event Kind: wallet.exploded"},
		types.StringValue("*"):               {"Invalid Event Kind"},
		types.StringValue("Wallet.Created"):  {"Invalid Event Kind"},
		types.StringNull():                   nil,
		types.StringUnknown():                nil,
	} {
		var got []string
		for _, validates := range dotted.KindValidators() {
			var response validator.StringResponse
			validates.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("kind"), ConfigValue: kind}, &response)
			for _, diagnostic := range response.Diagnostics {
				got = append(got, diagnostic.Summary())
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}
