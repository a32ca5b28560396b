package dfns_test

import (
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// listing is one page of webhooks or events.
type listing struct {
	Items         []struct{ ID string }
	NextPageToken *string
}

func (a *api) page(path string) listing {
	a.t.Helper()
	answer := a.get(path)
	answer.ok()
	return sandboxtest.Decode[listing](a.t, answer.body)
}

func (l listing) ids() (out []string) {
	for _, item := range l.Items {
		out = append(out, item.ID)
	}
	return out
}

// follow returns the address of the next page, and fails the test when there is none.
func (l listing) follow(t *testing.T, path string) string {
	t.Helper()
	if l.NextPageToken == nil || *l.NextPageToken == "" {
		t.Fatalf("no next page of %s", path)
	}
	return path + "&paginationToken=" + url.QueryEscape(*l.NextPageToken)
}

func (a *api) createMany(n int) (ids []string) {
	a.t.Helper()
	for range n {
		ids = append(ids, a.create("*"))
	}
	return ids
}

func TestPages(t *testing.T) {
	t.Parallel()
	a := start(t)
	ids := a.createMany(5)
	first := a.page("/webhooks?limit=2")
	second := a.page(first.follow(t, "/webhooks?limit=2"))
	third := a.page(second.follow(t, "/webhooks?limit=2"))
	sandboxtest.Same(t, [][]string{first.ids(), second.ids(), third.ids()}, [][]string{ids[:2], ids[2:4], ids[4:]})
	for _, last := range []listing{third, a.page("/webhooks?limit=5")} {
		if last.NextPageToken != nil {
			t.Errorf("a last page has nextPageToken %q", *last.NextPageToken)
		}
	}
}

// TestPageTokenSurvivesDeletion deletes what was served, the last item of the page included, and the next item.
func TestPageTokenSurvivesDeletion(t *testing.T) {
	t.Parallel()
	a := start(t)
	ids := a.createMany(6)
	first := a.page("/webhooks?limit=2")
	for _, id := range ids[:3] {
		a.change("DELETE", "/webhooks/"+id, "").ok()
	}
	second := a.page(first.follow(t, "/webhooks?limit=2"))
	sandboxtest.Same(t, second.ids(), ids[3:5])
}

func TestDefaultAndLargestPage(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	for range 201 {
		a.record("wallet.created", `{"n":1}`)
	}
	for query, want := range map[string]int{"": 50, "?limit=1": 1, "?limit=200": 200} {
		sandboxtest.Same(t, len(a.page("/webhooks/"+id+"/events"+query).Items), want)
	}
}

func TestBadPages(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	for _, path := range []string{"/webhooks", "/webhooks/" + id + "/events"} {
		for _, limit := range []string{"0", "-1", "201", "ten", "1.5"} {
			a.get(path+"?limit="+limit).refused(400, "limit")
		}
		for _, token := range []string{"!", "bm8", base64.RawURLEncoding.EncodeToString([]byte("1x"))} {
			a.get(path+"?paginationToken="+token).refused(400, "paginationToken")
		}
	}
}
