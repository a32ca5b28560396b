package tfwebhook_test

import (
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
		"wallet.created":             "wallet.created",
		"walet.created":              "wallet.created",
		"wallet.transfers.confirmed": "wallet.transfer.confirmed",
		"policy.approvals.pending":   "policy.approval.pending",
		"wallet_offer_received":      "wallet.offer.received",
		"Wallet.*":                   "wallet.*",
		"walet.*":                    "wallet.*",
		"wallet.transfers.*":         "wallet.transfer.*",
		"WALLET.TRANSFER.CONFIRMED":  "wallet.transfer.confirmed",
		"*.creatd":                   "*.created",
		"":                           "",
	}
	for kind, want := range tests {
		if got := tfwebhook.NearestKind(kind, dfns.EventKinds()); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", kind, got, want)
		}
	}
}

// dotted are kinds as both vendors have them.
var dotted = tfwebhook.EventCatalogue{Vendor: "Dfns", Known: dfns.EventKinds(), Form: tfwebhook.DottedKinds, EveryKind: "*"}

// slashed are kinds of another vendor, which have another form, and no name for all of them.
var slashed = tfwebhook.EventCatalogue{
	Vendor: "Other", Known: []string{"Order/Created", "Order/Line:Paid", "Customer/Created"},
	Form: tfwebhook.KindForm{Fits: func(text string) bool { return strings.Contains(text, "/") && !strings.Contains(text, "*") }},
}

// What has no form of a kind is an error that says what to write.
func TestEventsValidators(t *testing.T) {
	t.Parallel()
	const pattern = "for a pattern, write events = provider::webhook::"
	text := types.StringValue
	for name, test := range map[string]struct {
		catalogue tfwebhook.EventCatalogue
		kinds     []attr.Value
		want      string
	}{
		"known":           {dotted, []attr.Value{text("wallet.created")}, ""},
		"every":           {dotted, []attr.Value{text("*")}, ""},
		"unknown kind":    {dotted, []attr.Value{text("wallet.exploded")}, ""},
		"not known yet":   {dotted, []attr.Value{types.StringUnknown()}, ""},
		"upper case":      {dotted, []attr.Value{text("Wallet.Exploded")}, `or only "*" for all kinds: write "wallet.exploded". Got: "Wallet.Exploded".`},
		"white space":     {dotted, []attr.Value{text("wallet.created\n")}, `: write "wallet.created". Got: "wallet.created\n".`},
		"pattern":         {dotted, []attr.Value{text("wallet.*")}, pattern + `dfns_event_kinds("wallet.*"). Got: "wallet.*".`},
		"another pattern": {dotted, []attr.Value{text("Walet.transfer.*")}, pattern + `dfns_event_kinds("wallet.transfer.*")`},
		"one word":        {dotted, []attr.Value{text("walet")}, `: the most similar known kind is "`},
		"empty word":      {dotted, []attr.Value{text("wallet..created")}, `: the most similar known kind is "wallet.created"`},
		"empty text":      {dotted, []attr.Value{text(""), types.StringUnknown()}, `: it is empty. Got: "".`},
		"nothing":         {dotted, nil, ": it is empty."},
		"null":            {dotted, []attr.Value{types.StringNull()}, ": an element is null."},
		"slash":           {slashed, []attr.Value{text("Order/Unknown")}, ""},
		"no every kind":   {slashed, []attr.Value{text("*")}, `such as "Order/Created": ` + pattern + "other_event_kinds("},
		"slash, pattern":  {slashed, []attr.Value{text("Order/*")}, pattern + `other_event_kinds("Order/*")`},
		"no slash":        {slashed, []attr.Value{text("order created")}, `the most similar known kind is "Order/Created"`},
	} {
		request := validator.SetRequest{Path: path.Root("events"), ConfigValue: types.SetValueMust(types.StringType, test.kinds)}
		var response validator.SetResponse
		test.catalogue.Attribute("").Validators[0].ValidateSet(t.Context(), request, &response)
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
