package tfdfns_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// reads counts the reads of single webhooks and the pages of lists.
func reads(env *acctest.Env) (single, pages int) {
	for _, call := range env.DfnsCalls.Journal() {
		switch {
		case call.Method == http.MethodGet && call.Path == "/webhooks":
			pages++
		case call.Method == http.MethodGet:
			single++
		}
	}
	return single, pages
}

// registered adds webhooks of equal content and returns their ids.
func registered(env *acctest.Env, count int) (ids []string) {
	for range count {
		ids = append(ids, existing(env))
	}
	return ids
}

// refreshed refreshes webhooks, ten at a time, and returns the ids of those that are gone.
func refreshed(t *testing.T, provider *acctest.Protocol, ids []string) (gone []string) {
	t.Helper()
	kind := provider.Schemas.ResourceSchemas["webhook_dfns"].ValueType()
	var all sync.WaitGroup
	var mu sync.Mutex
	slots := make(chan struct{}, 10)
	for _, id := range ids {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			resp := provider.ReadFully("webhook_dfns", map[string]acctest.Value{"id": acctest.String(id), "url": acctest.String("https://former.example.com")})
			state, err := resp.NewState.Unmarshal(kind)
			if err != nil || len(resp.Diagnostics) != 0 && !state.IsNull() {
				t.Errorf("%v %s", err, acctest.Text(resp.Diagnostics))
				return
			}
			mu.Lock()
			defer mu.Unlock()
			attributes := map[string]tftypes.Value{}
			if state.IsNull() {
				gone = append(gone, id)
			} else if err := state.As(&attributes); err != nil || !attributes["id"].Equal(acctest.String(id)) || !attributes["url"].Equal(acctest.String("https://hooks.example.com/dfns")) {
				t.Errorf("the state of %s is %v", id, state)
			}
		})
	}
	all.Wait()
	return gone
}

// A refresh of one webhook costs one read, of more also a page of the list for every 200, and changes nothing. For one that is gone it
// costs a read and one list more.
func TestRefreshOfManyWebhooks(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]int{1: 0, 2: 1, 5: 1, 450: 3, 1000: 5} {
		env := acctest.New(t, sandbox.Config{})
		ids := registered(env, count)
		if gone := refreshed(t, configured(t, env), ids); len(gone) != 0 {
			t.Errorf("%q count as gone", gone)
		}
		if single, pages := reads(env); single != 1 || pages != want {
			t.Errorf("a refresh of %d webhooks made %d reads and %d pages", count, single, pages)
		}
		if count < 100 { // the rest is a matter of which is read first
			continue
		}
		env.Dfns.Remove(ids[count/2])
		env.DfnsCalls.ForgetCalls()
		if gone := refreshed(t, configured(t, env), ids); len(gone) != 1 || gone[0] != ids[count/2] {
			t.Errorf("%q count as gone", gone)
		}
		if single, pages := reads(env); single != 2 || pages != 2*want || len(acctest.Changes(env.DfnsCalls)) != 0 {
			t.Errorf("a refresh of %d webhooks, one of them gone, made %d reads and %d pages", count, single, pages)
		}
	}
}

// A token that may not list still refreshes, one by one, and asks for the list once.
func TestRefreshWithoutList(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	ids := registered(env, 100)
	inject(t, env, sandbox.Fault{Method: "GET", Path: "/webhooks", Effect: "status", Status: 403})()
	if gone := refreshed(t, configured(t, env), ids); len(gone) != 0 {
		t.Errorf("%q count as gone", gone)
	}
	if single, pages := reads(env); single != 100 || pages != 1 {
		t.Errorf("there were %d reads and %d pages", single, pages)
	}
}

// The data source shares reads with the resource.
func TestWebhookDataSourcesShareAList(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	provider := configured(t, env)
	for _, id := range registered(env, 20) {
		if got := provider.ReadData("webhook_dfns", map[string]acctest.Value{"id": acctest.String(id)}); len(got) != 0 {
			t.Error(acctest.Text(got))
		}
	}
	if single, pages := reads(env); single != 1 || pages != 1 {
		t.Errorf("there were %d reads and %d pages", single, pages)
	}
}
