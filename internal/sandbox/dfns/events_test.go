package dfns_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

var eventID = regexp.MustCompile(`^whe-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$`)

// record has events in the books without a receiver.
func (a *api) record(kind string) {
	a.t.Helper()
	if err := a.server.RecordEvent(kind, json.RawMessage(`{"n":1}`)); err != nil {
		a.t.Fatal(err)
	}
}

// page returns the ids of one page of webhooks or events, and the query of the next.
func (a *api) page(path string) (ids []string, next string) {
	a.t.Helper()
	page := sandboxtest.Decode[struct {
		Items         []struct{ ID string }
		NextPageToken string
	}](a.t, a.get(path).Body)
	for _, item := range page.Items {
		ids = append(ids, item.ID)
	}
	return ids, page.NextPageToken
}

// The token of a page stays good when what was served is deleted, its last item included, and the next item.
func TestPages(t *testing.T) {
	t.Parallel()
	a := start(t)
	var all []string
	for range 6 {
		all = append(all, a.create("*"))
	}
	first, next := a.page("/webhooks?limit=2")
	second, later := a.page("/webhooks?limit=2&paginationToken=" + next)
	third, end := a.page("/webhooks?limit=2&paginationToken=" + later)
	sandboxtest.Same(t, [][]string{first, second, third, {end}}, [][]string{all[:2], all[2:4], all[4:], {""}})
	for _, id := range all[:3] {
		a.change("DELETE", "/webhooks/"+id, "").ok()
	}
	second, end = a.page("/webhooks?limit=3&paginationToken=" + next)
	sandboxtest.Same(t, [][]string{second, {end}}, [][]string{all[3:], {""}})

	for range 201 {
		a.record("wallet.created")
	}
	for query, want := range map[string]int{"": 50, "?limit=1": 1, "?limit=200": 200} {
		ids, _ := a.page("/webhooks/" + all[5] + "/events" + query)
		sandboxtest.Same(t, len(ids), want)
	}
}
