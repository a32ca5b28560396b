package tfwebhook_test

import (
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
		"Wallet.*":                         "wallet.created",
		"WALLET.TRANSFER.CONFIRMED":        "wallet.transfer.confirmed",
		"key.*ed.by.wallet":                "key.delegated",
		"*.creatd":                         "key.created",
		"":                                 "",
	}
	for kind, want := range tests {
		if got := tfwebhook.NearestKind(kind, dfns.EventKinds()); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", kind, got, want)
		}
	}
}

// What has no shape of a kind is an error, and not a kind that is unknown besides.
func TestValidators(t *testing.T) {
	t.Parallel()
	const shape, unknown, redundant = "Invalid Attribute Value Match", "Unknown Event Kind", "Redundant Event Kinds"
	for name, test := range map[string]struct {
		kinds []attr.Value
		want  []string
	}{
		"known":           {[]attr.Value{types.StringValue("wallet.created")}, nil},
		"every":           {[]attr.Value{types.StringValue("*")}, nil},
		"every and more":  {[]attr.Value{types.StringValue("*"), types.StringValue("wallet.created")}, []string{redundant}},
		"unknown kind":    {[]attr.Value{types.StringValue("wallet.exploded")}, []string{unknown}},
		"upper case":      {[]attr.Value{types.StringValue("Wallet.Created")}, []string{shape}},
		"pattern":         {[]attr.Value{types.StringValue("wallet.*")}, []string{shape}},
		"one word":        {[]attr.Value{types.StringValue("wallet")}, []string{shape}},
		"empty text":      {[]attr.Value{types.StringValue("")}, []string{shape}},
		"nothing":         {nil, []string{"Invalid Attribute Value"}},
		"null":            {[]attr.Value{types.StringNull()}, []string{"Null Set Value"}},
		"not known yet":   {[]attr.Value{types.StringUnknown()}, nil},
		"known in a plan": {[]attr.Value{types.StringUnknown(), types.StringValue("wallet.exploded")}, []string{unknown}},
	} {
		request := validator.SetRequest{Path: path.Root("events"), ConfigValue: types.SetValueMust(types.StringType, test.kinds)}
		var got []string
		for _, validates := range tfwebhook.EventsValidators("Dfns", dfns.EventKinds()) {
			var response validator.SetResponse
			validates.ValidateSet(t.Context(), request, &response)
			for _, diagnostic := range response.Diagnostics {
				got = append(got, diagnostic.Summary())
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A filter with a misspelled kind finds nothing, which looks as if no event had failed.
func TestOneKind(t *testing.T) {
	t.Parallel()
	for kind, want := range map[types.String][]string{
		types.StringValue("wallet.created"):  nil,
		types.StringValue("wallet.exploded"): {"Unknown Event Kind"},
		types.StringValue("*"):               {"Invalid Attribute Value Match"},
		types.StringValue("Wallet.Created"):  {"Invalid Attribute Value Match"},
		types.StringNull():                   nil,
		types.StringUnknown():                nil,
	} {
		var got []string
		for _, validates := range tfwebhook.EventKindValidators("Dfns", dfns.EventKinds()) {
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
