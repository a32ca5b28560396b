package tfwebhook_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

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
		"[a-z.]+":         {},
		"wallet.(.*":      {},
		"wallet.create?":  {},
		"wallet.[*":       {},
		`*\`:              {},
		`wallet\.created`: {},
		"**.confirmed":    {"wallet.transfer.confirmed"},
	} {
		if diff := cmp.Diff(want, tfwebhook.MatchKinds(pattern, kinds)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", pattern, diff)
		}
	}
}
