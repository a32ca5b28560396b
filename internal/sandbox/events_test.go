package sandbox_test

import (
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// The sample of a kind is the object that the vendor's pages show for it, with the status that the kind tells.
func TestSamples(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	for vendor, want := range map[string]map[string]string{
		"dfns": {
			"policy.triggered": "policyEvaluation", "wallet.transfer.failed": "transferRequest", "wallet.signature.signed": "signatureRequest",
			"wallet.transaction.confirmed": "transactionRequest", "wallet.offer.accepted": "offer", "wallet.created": "wallet",
			"wallet.blockchainevent.detected": "blockchainEvent", "policy.approval.resolved": "approval", "vault.event.created": "vaultEvent",
			"wallet.tags.modified": "tagsRemoved",
		},
		"enfinitos": {"right.issued": "rightId", "offer.proposed": "offerId", "proof_pack.sealed": "proofPackId", "key.issued": "keyId"},
	} {
		for _, kind := range s.At(vendor).Vendor.Kinds() {
			data := sandboxtest.Decode[map[string]any](t, string(kind.Sample))
			if data == nil || want[kind.Name] != "" && data[want[kind.Name]] == nil {
				t.Errorf("the sample of %s has no %s: %s", kind.Name, want[kind.Name], kind.Sample)
			}
			delete(want, kind.Name)
			if transfer, ok := data["transferRequest"].(map[string]any); ok && strings.HasSuffix(kind.Name, ".failed") {
				sandboxtest.Same(t, transfer["status"], any("Failed"))
			}
			if policy, ok := data["policyEvaluation"].(map[string]any); ok && policy["activity"].(map[string]any)["swapRequest"] == nil {
				t.Errorf("the sample of %s has no swap request", kind.Name)
			}
		}
		sandboxtest.Same(t, len(want), 0) // every kind was there
	}
}
