package sandbox_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// everyVendor runs a test for each vendor in the registry.
func everyVendor(t *testing.T, test func(*testing.T, *sandbox.Site, *running)) {
	t.Helper()
	for _, site := range start(t, sandbox.Config{}).Sites() {
		t.Run(site.Name(), func(t *testing.T) {
			t.Parallel()
			s := start(t, sandbox.Config{Seed: 1, EnfinitosConventional: true})
			test(t, s.At(site.Name()), s)
		})
	}
}

// tried returns a sandbox with a webhook and a delivery to it that has failed, because its receiver is not on loopback.
func tried(t *testing.T, seed uint64, name string) (*running, *sandbox.Site) {
	t.Helper()
	s := start(t, sandbox.Config{Seed: seed})
	site := s.At(name)
	site.Vendor.Subscribe("https://hooks.example.com/in")
	if _, err := site.Vendor.Raise(site.Vendor.Kinds()[0].Name, json.RawMessage(`{"password":"hunter2"}`)); err != nil {
		t.Fatal(err)
	}
	failed(t, site)
	return s, site
}

func failed(t *testing.T, site *sandbox.Site) {
	t.Helper()
	sandboxtest.Eventually(t, "the delivery has failed", func() bool {
		return len(site.Vendor.Overview().Deliveries) == 1 && site.Vendor.Overview().Deliveries[0].Attempt == 1
	})
}

func TestSameSeedSameState(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, site *sandbox.Site, _ *running) {
		states := map[string]int{}
		for _, seed := range []uint64{0, 0, 1, 1, 2} {
			_, site := tried(t, seed, site.Name())
			text, err := site.Vendor.Save()
			if err != nil {
				t.Fatal(err)
			}
			states[string(text)]++
		}
		sandboxtest.Same(t, slices.Sorted(maps.Values(states)), []int{1, 1, 1, 2})
	})
}

// TestConcurrentCallers is for the race detector, and counts that no change is lost.
func TestConcurrentCallers(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, site *sandbox.Site, _ *running) {
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				site.Vendor.Subscribe("https://hooks.example.com/in")
				_, _ = site.Vendor.Raise(site.Vendor.Kinds()[0].Name, json.RawMessage(`{}`))
				site.Vendor.Overview()
			})
		}
		callers.Wait()
		ids := map[string]bool{}
		for _, webhook := range site.Vendor.Overview().Webhooks {
			ids[webhook.ID] = true
		}
		sandboxtest.Same(t, []int{len(ids), len(site.Vendor.Secrets())}, []int{8, 8})
	})
}

// The page needs no secret, and gets none.
func TestStateHasNoSecrets(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, site *sandbox.Site, _ *running) {
		s, site := tried(t, 0, site.Name())
		secrets := append(slices.Collect(maps.Values(site.Vendor.Secrets())), "hunter2")
		sandboxtest.Same(t, len(secrets), 2)
		for name, value := range site.Vendor.Env("") {
			if value != "" && !strings.HasSuffix(name, "_ID") {
				secrets = append(secrets, strings.TrimSpace(value))
			}
		}
		state := s.control("GET state", "", http.StatusOK)
		sandboxtest.Contains(t, state, "loopback addresses only")
		for _, secret := range secrets {
			if strings.Contains(state, secret) {
				t.Errorf("%q is in %s", secret, state)
			}
		}
	})
}

// The sample of a kind is the object that the vendor's pages show for it, with the status in the name of the kind.
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
