package tfevents_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfevents"
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
		if got := tfevents.Nearest(kind, dfns.EventKinds()); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", kind, got, want)
		}
	}
}
