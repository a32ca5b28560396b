package enfinitos_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// stopped fails unless an error says that no create was sent because of an earlier one.
func stopped(t *testing.T, err error, reason intent.Reason, ids ...string) {
	t.Helper()
	unfinished, ok := errors.AsType[*intent.UnfinishedError](err)
	outcome, _ := httpapi.OutcomeOf(err)
	if !ok || unfinished.Reason != reason || !slices.Equal(unfinished.IDs, ids) || outcome != httpapi.NotMade {
		t.Fatalf("it ends in %v, want reason %d and %q", err, reason, ids)
	}
}

// notes are the contents of the notes in a directory.
func notes(t *testing.T, dir string) (out []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	for _, file := range files {
		text, problem := os.ReadFile(file)
		out, err = append(out, string(text)), errors.Join(err, problem)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A create stops an equal one in another process while it is in progress, and once more if its outcome is unknown. Its note names label and
// host.
func TestNoteOfACreate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var a *api
	meanwhile := make(chan error, 1) // what another process gets
	a = serve(t, map[string]http.HandlerFunc{routes["create"]: inTurn(func(w http.ResponseWriter, r *http.Request) {
		meanwhile <- run(r.Context(), a.client(t, noted(dir)), "create", "")
		cuts("")(w, r)
	}, holds(created))})
	if _, err := a.client(t, noted(dir)).CreateSubscription(t.Context(), request); err == nil {
		t.Error("it is made")
	}
	stopped(t, <-meanwhile, intent.InProgress)
	if left := strings.Join(notes(t, dir), "\n"); !strings.Contains(left, `\"ledger\" https://h.example`) || strings.Contains(left, "/a?b") {
		t.Errorf("%s is left", left)
	}
	_, err := a.client(t, noted(dir)).CreateSubscription(t.Context(), request)
	stopped(t, err, intent.Unlisted)
	if _, err := a.client(t, noted(dir)).CreateSubscription(t.Context(), request); err != nil || len(a.Made()) != 2 {
		t.Errorf("the next one ends in %v, after %q", err, a.Made())
	}
}

// A note with an id stops the next equal create unless it is proved that the subscription is gone, or a saved state names it.
func TestNoteWithAnID(t *testing.T) {
	t.Parallel()
	for name, proof := range proofs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			a := serve(t, map[string]http.HandlerFunc{
				routes["create"]: inTurn(holds(created), holds(`{"subscription":{"subscriptionId":"whs_2"}}`)),
				routes["find"]:   says(404, notFound), routes["list"]: proof.handler,
			})
			create := func(client *enfinitos.Client) error { return run(t.Context(), client, "create", "") }
			if err := create(a.client(t, noted(dir))); err != nil {
				t.Error(err)
			}
			next := a.client(t, noted(dir), once, settles)
			for _, saved := range []bool{false, true} { // as an import does, and the read that follows
				next.RememberID("whs_1", saved)
			}
			err := create(next)
			saved := a.client(t, noted(dir), once)
			if saved.RememberID("whs_1", true); proof.kind != gone && create(saved) != nil {
				t.Error("a saved state does not end the note")
			}
			switch proof.kind {
			case gone:
				if err != nil {
					t.Error(err)
				}
			case alive:
				stopped(t, err, intent.Exists, "whs_1")
			default:
				stopped(t, err, intent.Unclear)
			}
		})
	}
}

// Requests that make indistinguishable subscriptions stop one another.
func TestNoteOfAnEqualCreate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, equal, other := request, request, request
	first.Events, equal.Events = []string{"right.issued", "key.issued"}, []string{"key.issued", "right.issued"}
	first.URL, equal.URL, other.Label = "https://h.example", "https://H.example:443/", "other"
	a := serve(t, map[string]http.HandlerFunc{routes["create"]: inTurn(cuts(""), holds(created))})
	_, _ = a.client(t, noted(dir)).CreateSubscription(t.Context(), first)
	if _, err := a.client(t, noted(dir)).CreateSubscription(t.Context(), other); err != nil {
		t.Error(err)
	}
	_, err := a.client(t, noted(dir)).CreateSubscription(t.Context(), equal)
	stopped(t, err, intent.Unlisted)
}
