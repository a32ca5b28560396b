package enfinitos_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
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

// notes are the notes in a directory.
func notes(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What became of a create decides what its note does to the next equal one: of another process, and of the same.
func TestNoteOfACreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		left    int  // notes
		stops   bool // once
	}{
		"refused":        {refuses(422), 0, false},
		"cut":            {cuts(""), 1, true},
		"500":            {refuses(500), 1, true},
		"HTML":           {says(502, "<html>"), 1, true},
		"foreign 404":    {says(404, foreign["FastAPI"]), 1, true},
		"without an id":  {holds(`{"subscription":{"label":"ledger"}}`), 1, true},
		"an old one":     {holds(`{"subscription":{"subscriptionId":"whs_old"},"signingSecret":"whsec_1"}`), 1, true},
		"ok that is not": {says(200, refusal), 1, true},
	} {
		for _, same := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				a := serve(t, map[string]http.HandlerFunc{"POST /v1/webhooks": inTurn(test.handler, holds(created))})
				client := a.client(t, noted(dir))
				client.RememberID("whs_old", true)
				if _, err := client.CreateSubscription(t.Context(), request); err == nil {
					t.Fatal("it is made")
				}
				left := notes(t, dir)
				if len(left) != test.left {
					t.Fatalf("%q is left", left)
				}
				if !same {
					client = a.client(t, noted(dir))
				}
				if test.stops {
					text, _ := os.ReadFile(left[0])
					if !strings.Contains(string(text), `\"ledger\" https://h.example`) || strings.Contains(string(text), "/a?b") {
						t.Errorf("the note is %s", text)
					}
					_, err := client.CreateSubscription(t.Context(), request)
					stopped(t, err, intent.Unlisted)
					if !strings.Contains(err.Error(), `"ledger" https://h.example`) {
						t.Errorf("it is not named: %v", err)
					}
				}
				if _, err := client.CreateSubscription(t.Context(), request); err != nil {
					t.Errorf("the one after that: %v", err)
				}
				if made := len(a.made()); made != 2 {
					t.Errorf("%d creates were sent", made)
				}
			})
		}
	}
}

// A note with an id stops every run while the API has that subscription, and goes once it is gone or a saved state names it.
func TestNoteWithAnID(t *testing.T) {
	t.Parallel()
	quick := func(dir string) []func(*config) { return []func(*config){noted(dir), settles} }
	for name, test := range map[string]struct {
		after func(s *sandbox.Sandbox, next func(id string, saved bool), id string)
		stops bool
	}{
		"it is there": {func(*sandbox.Sandbox, func(string, bool), string) {}, true},
		"an import names it": {func(_ *sandbox.Sandbox, remember func(string, bool), id string) {
			remember(id, false)
			remember(id, true)
		}, true},
		"a saved state names it": {func(_ *sandbox.Sandbox, remember func(string, bool), id string) { remember(id, true) }, false},
		"it is gone":             {func(s *sandbox.Sandbox, _ func(string, bool), id string) { s.Enfinitos.Remove(id) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := start(t, documented)
			made, err := at(t, s, quick(dir)...).CreateSubscription(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			id := made.Subscription.ID
			for range 2 {
				next := at(t, s, quick(dir)...)
				test.after(s, next.RememberID, id)
				if !test.stops {
					if _, err := next.CreateSubscription(t.Context(), request); err != nil {
						t.Error(err)
					}
					return
				}
				_, err := next.CreateSubscription(t.Context(), request)
				stopped(t, err, intent.Exists, id)
			}
			if len(s.Enfinitos.Subscriptions()) != 1 || len(notes(t, dir)) != 1 {
				t.Errorf("there are %d subscriptions and %q", len(s.Enfinitos.Subscriptions()), notes(t, dir))
			}
		})
	}
}

// While nothing proves whether it exists, the note stays.
func TestNoteThatCannotBeChecked(t *testing.T) {
	t.Parallel()
	for name, proof := range proofs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			a := serve(t, map[string]http.HandlerFunc{
				"POST /v1/webhooks": holds(created), "GET /v1/webhooks/whs_1": says(404, notFound), deliveries: proof.handler,
			})
			if _, err := a.client(t, noted(dir)).CreateSubscription(t.Context(), request); err != nil {
				t.Fatal(err)
			}
			_, err := a.client(t, noted(dir), once, settles).CreateSubscription(t.Context(), request)
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

// What one process makes stops nothing that the same process makes: Terraform is about to save both.
func TestEqualCreatesInOneProcess(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	dir := t.TempDir()
	client := at(t, s, noted(dir))
	for range 2 {
		if _, err := client.CreateSubscription(t.Context(), request); err != nil {
			t.Error(err)
		}
	}
	if made := s.Enfinitos.Subscriptions(); len(made) != 2 || len(notes(t, dir)) != 2 {
		t.Errorf("there are %+v and %q", made, notes(t, dir))
	}
}

// A create that another process is making now stops one of the same content, and keeps its note.
func TestCreateInProgressElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := make(chan error, 1)
	var a *api
	a = serve(t, map[string]http.HandlerFunc{"POST /v1/webhooks": func(w http.ResponseWriter, r *http.Request) {
		_, err := a.client(t, noted(dir)).CreateSubscription(r.Context(), request)
		other <- err
		holds(created)(w, r)
	}})
	if _, err := a.client(t, noted(dir)).CreateSubscription(t.Context(), request); err != nil {
		t.Error(err)
	}
	stopped(t, <-other, intent.InProgress)
	if left := notes(t, dir); len(left) != 1 || len(a.made()) != 1 {
		t.Errorf("%q is left after %q", left, a.made())
	}
}

// What was deleted needs no note.
func TestRemoveForgetsTheNote(t *testing.T) {
	t.Parallel()
	for name, profile := range profiles {
		dir := t.TempDir()
		s := start(t, profile)
		client := at(t, s, noted(dir))
		made, err := client.CreateSubscription(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Remove(t.Context(), made.Subscription.ID, "")
		if left := notes(t, dir); err != nil || len(left) != map[string]int{"documented": 1}[name] {
			t.Errorf("%s: %q is left: %v", name, left, err)
		}
	}
}
