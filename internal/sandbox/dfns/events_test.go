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

// page returns the ids and the kinds of one page of webhooks or events, and the query of the next.
func (a *api) page(path string) (ids, kinds []string, next string) {
	a.t.Helper()
	page := sandboxtest.Decode[struct {
		Items         []struct{ ID, Kind string }
		NextPageToken string
	}](a.t, a.get(path).Body)
	for _, item := range page.Items {
		ids, kinds = append(ids, item.ID), append(kinds, item.Kind)
	}
	return ids, kinds, page.NextPageToken
}

// The token of a page stays good when what was served is deleted, its last item included, and the next item.
func TestPages(t *testing.T) {
	t.Parallel()
	a := start(t)
	var all []string
	for range 6 {
		all = append(all, a.create("*"))
	}
	first, _, next := a.page("/webhooks?limit=2")
	second, _, later := a.page("/webhooks?limit=2&paginationToken=" + next)
	third, _, end := a.page("/webhooks?limit=2&paginationToken=" + later)
	sandboxtest.Same(t, [][]string{first, second, third, {end}}, [][]string{all[:2], all[2:4], all[4:], {""}})
	for _, id := range all[:3] {
		a.change("DELETE", "/webhooks/"+id, "").ok()
	}
	second, _, end = a.page("/webhooks?limit=3&paginationToken=" + next)
	sandboxtest.Same(t, [][]string{second, {end}}, [][]string{all[3:], {""}})

	for range 201 {
		a.record("wallet.created")
	}
	for query, want := range map[string]int{"": 50, "?limit=1": 1, "?limit=200": 200} {
		ids, _, _ := a.page("/webhooks/" + all[5] + "/events" + query)
		sandboxtest.Same(t, len(ids), want)
	}
}

func TestEventFilters(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, other := a.create("*"), a.create("vault.created")
	all := []string{"wallet.created", "policy.triggered", "wallet.created"}
	for _, kind := range all {
		a.record(kind)
	}
	for query, want := range map[string][]string{
		"":                          all,
		"?kind=wallet.created":      {"wallet.created", "wallet.created"},
		"?kind=vault.created":       nil,
		"?deliveryFailed=false":     all,
		"?deliveryFailed=true":      nil,
		"?deliveryFailed=&kind=":    all,
		"?deliveryFailed=true&kind": nil,
	} {
		_, kinds, _ := a.page("/webhooks/" + id + "/events" + query)
		sandboxtest.Same(t, kinds, want)
	}
	event := a.server.Events()[0].ID
	a.get("/webhooks/" + id + "/events/" + event).ok()
	a.get("/webhooks/"+other+"/events/"+event).refused(404, "event not found")
}
