package sandbox_test

import (
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// Each vendor has two webhooks for one kind. At Dfns the one gets all kinds, and a third gets nothing.
func TestEvents(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	for _, events := range [][]string{{"*"}, {"wallet.created"}} {
		s.Dfns.Register(dfns.Webhook{URL: "http://127.0.0.1:1", Events: events, Status: "Enabled"})
		s.create()
	}
	s.Dfns.Register(dfns.Webhook{URL: "http://127.0.0.1:1", Events: []string{"*"}, Status: "Disabled"})
	for _, test := range []struct {
		vendor, event string
		status        int
		answer        string
	}{
		{"dfns", `{"kind":"wallet.created"}`, 200, `{"deliveries":2}`},
		{"dfns", `{"kind":"policy.triggered","data":{}}`, 200, `{"deliveries":1}`},
		{"enfinitos", `{"kind":"right.issued"}`, 200, `{"deliveries":2}`},
		{"dfns", `{"kind":"wallet.create"}`, 400, `unknown event kind "wallet.create"; the nearest is wallet.created`},
		{"dfns", `{"kind":"wallet.frozen","force":true}`, 200, `{"deliveries":1}`},
		{"dfns", `{"kind":"*","force":true}`, 400, "kind must be one event kind"},
		{"enfinitos", `{"kind":"wallet.created"}`, 400, "unknown event kind"},
		{"dfns", `{}`, 400, "kind is required"},
		{"dfns", `{"kind":"wallet.created","data":null}`, 400, "data must not be null"},
		{"dfns", `{"kind":"wallet.created","data":[]}`, 400, "data must be a JSON object"},
		{"enfinitos", `{"kind":"right.issued","dta":{}}`, 400, `unrecognized key "dta"`},
		{"enfinitos", `nonsense`, 400, "not a JSON object"},
		{"enfinitos", `{"kind":"key.rotated"}`, 400, `key.rotated does not fire today: add "force": true`},
		{"enfinitos", `{"kind":"key.rotated","force":true}`, 200, `{"deliveries":0,"message":"no enabled webhook subscribes to key.rotated"}`},
	} {
		sandboxtest.Contains(t, s.control("POST "+test.vendor+"/events", test.event, test.status), test.answer)
	}
}

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
