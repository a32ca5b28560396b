package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// creates are how each vendor creates a webhook that gets each event of a kind.
var creates = map[string]struct {
	kind   string
	create func(*running) reply
}{
	"dfns":      {"wallet.created", (*running).create},
	"enfinitos": {"right.issued", func(s *running) reply { return s.enfinitos("POST /v1/webhooks", right) }},
}

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

// saved is all that a vendor holds after a webhook and a delivery to it.
func saved(t *testing.T, seed uint64, name string) string {
	t.Helper()
	s := start(t, sandbox.Config{Seed: seed})
	site := s.At(name)
	if got := creates[name].create(s); got.status/100 != 2 {
		t.Fatalf("the create is answered %d %s", got.status, got.body)
	}
	if _, err := site.Vendor.Raise(creates[name].kind, json.RawMessage(`{"a":1}`)); err != nil {
		t.Fatal(err)
	}
	sandboxtest.Eventually(t, "the delivery has failed, because its receiver is not on loopback", func() bool {
		return len(site.Vendor.Overview().Deliveries) == 1 && site.Vendor.Overview().Deliveries[0].Attempt == 1
	})
	text, err := site.Vendor.Save()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSameSeedSameState(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, site *sandbox.Site, _ *running) {
		sandboxtest.Same(t, saved(t, 1, site.Name()), saved(t, 1, site.Name()))
		states := map[string]bool{}
		for _, seed := range []uint64{0, 0, 1, 2} {
			states[saved(t, seed, site.Name())] = true
		}
		sandboxtest.Same(t, len(states), 4)
	})
}

func TestLoadRefusesOtherJSON(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, site *sandbox.Site, s *running) {
		for _, text := range []string{`{}`, `[]`, `{"Unknown":1}`, `{"Account":{"Token":"x"},"Credentials":[{"ID":"cr","PublicKey":"x"}]}`} {
			if site.Vendor.Load(json.RawMessage(text)) == nil {
				t.Errorf("%s is loaded", text)
			}
		}
		sandboxtest.Same(t, creates[site.Name()].create(s).status/100, 2) // and the account is what it was
	})
}

// TestConcurrentCallers is for the race detector, and counts that no change is lost.
func TestConcurrentCallers(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, site *sandbox.Site, s *running) {
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				creates[site.Name()].create(s)
				_, _ = site.Vendor.Raise(creates[site.Name()].kind, json.RawMessage(`{}`))
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
	everyVendor(t, func(t *testing.T, site *sandbox.Site, s *running) {
		created := creates[site.Name()].create(s).body
		_, _ = site.Vendor.Raise(creates[site.Name()].kind, json.RawMessage(`{"password":"hunter2"}`))
		sandboxtest.Eventually(t, "it is tried", func() bool {
			return len(site.Vendor.Overview().Deliveries) == 1 && site.Vendor.Overview().Deliveries[0].Attempt == 1
		})
		secrets := []string{"hunter2"}
		for id, secret := range site.Vendor.Secrets() {
			sandboxtest.Contains(t, created, id, secret)
			secrets = append(secrets, secret)
		}
		for name, value := range site.Vendor.Env("") {
			if value != "" && !strings.HasSuffix(name, "_ID") {
				secrets = append(secrets, value)
			}
		}
		state := s.control("GET state", "", http.StatusOK)
		sandboxtest.Contains(t, state, "loopback addresses only")
		for _, secret := range secrets {
			if strings.Contains(state, strings.TrimSpace(secret)) {
				t.Errorf("%q is in %s", secret, state)
			}
		}
	})
}
