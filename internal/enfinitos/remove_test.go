package enfinitos_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
)

// done is the kind of answer that says that a subscription was deleted.
const done = "done"

// empty is the kind of answer to a delete that says nothing: the list of deliveries decides.
const empty = "empty"

// deletes are answers to the undocumented call.
var deletes = with(map[string]answer{
	"200":                 {holds(`{"deleted":true}`), done, 0},
	"200 data null":       {holds(`null`), done, 0},
	"200 no data":         {says(200, `{"ok":true}`), done, 0},
	"200 not deleted":     {holds(`{"deleted":false}`), doubt, 0},
	"200 of another list": {holds(`[]`), done, 0},
	"200 deliveries null": {holds(`{"deliveries":null}`), done, 0},
	"200 no id":           {holds(`{"subscription":{"label":"ledger"}}`), done, 0},
	"200 empty":           {says(200, ""), empty, 0},
	"204":                 {says(204, ""), empty, 0},
	"404":                 {says(404, notFound), missing, 0},
	"405":                 {says(405, ""), missing, 0},
	"501":                 {says(501, notFound), missing, 0},
})

// pauses are answers to the documented call that pauses a subscription.
var pauses = func() map[string]answer {
	out := with(map[string]answer{
		"200":              {holds(`{"subscription":{"subscriptionId":"whs_1","active":false}}`), alive, 0},
		"200 quoted":       {holds(`{"subscription":{"subscriptionId":"whs_1","active":"false","label":7}}`), alive, 0},
		"200 data {}":      {holds(`{}`), doubt, 0},
		"200 untold":       {holds(whs1), doubt, 0},
		"200 active null":  {holds(`{"subscription":{"subscriptionId":"whs_1","active":null}}`), doubt, 0},
		"200 still active": {holds(`{"subscription":{"subscriptionId":"whs_1","active":true}}`), doubt, 0},
		"404":              {says(404, notFound), gone, 0},
		"404 least":        {says(404, `{"ok":false}`), gone, 0},
		"405":              {says(405, notFound), doubt, 405},
		"501":              {says(501, notFound), doubt, 501},
	})
	for name, body := range foreign {
		out["404 "+name] = answer{says(404, body), doubt, 404}
	}
	return out
}()

// removal is what Remove returns. Beside an error the outcome means nothing.
type removal struct {
	outcome enfinitos.Removal
	failed  bool
	status  int
}

// TestRemove goes through every pair of answers.
func TestRemove(t *testing.T) {
	t.Parallel()
	for deleteName, first := range deletes {
		for pauseName, second := range pauses {
			t.Run(deleteName+", "+pauseName, func(t *testing.T) {
				t.Parallel()
				a := serve(t, map[string]http.HandlerFunc{
					"DELETE /v1/webhooks/whs_1": first.handler, "POST /v1/webhooks/whs_1/active": second.handler,
					deliveries: holds(emptyPage),
				})
				want, calls := removal{failed: first.kind == doubt, status: first.status}, []string{"DELETE /v1/webhooks/whs_1"}
				if first.kind == empty {
					calls = append(calls, deliveries+"?limit=1")
				}
				if first.kind == missing || first.kind == empty {
					want, calls = removal{failed: second.kind == doubt, status: second.status}, append(calls, "POST /v1/webhooks/whs_1/active")
					switch second.kind {
					case alive:
						want.outcome = enfinitos.Paused
					case gone:
						want.outcome = enfinitos.Gone
					}
				}
				if diff := cmp.Diff(want, remove(t, a.client(t, once)), cmp.AllowUnexported(removal{})); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(calls, slices.Compact(a.made())); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// After an empty answer to a delete, only what the list of deliveries proves counts.
func TestRemoveWithAnEmptyAnswer(t *testing.T) {
	t.Parallel()
	for name, proof := range proofs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{
				"DELETE /v1/webhooks/whs_1": says(204, ""), deliveries: proof.handler,
				"POST /v1/webhooks/whs_1/active": holds(`{"subscription":{"subscriptionId":"whs_1","active":false}}`),
			})
			want := map[string]removal{
				alive: {outcome: enfinitos.Paused}, forbidden: {outcome: enfinitos.Paused}, gone: {outcome: enfinitos.Gone},
				doubt: {failed: true, status: proof.status},
			}[proof.kind]
			if diff := cmp.Diff(want, remove(t, a.client(t, once)), cmp.AllowUnexported(removal{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Where a delete may have been carried out, a pause that is refused does not prove that it was not.
func TestRemoveThatMayHaveWorked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		deletion http.HandlerFunc
		unknown  bool
	}{
		"no such call":     {refuses(405), false},
		"lost, then a 404": {inTurn(refuses(500), refuses(404)), true},
		"empty":            {says(200, ""), true},
	} {
		a := serve(t, map[string]http.HandlerFunc{
			"DELETE /v1/webhooks/whs_1": test.deletion, deliveries: holds(emptyPage), "POST /v1/webhooks/whs_1/active": refuses(403),
		})
		_, err := a.client(t).Remove(t.Context(), "whs_1", "")
		if err == nil || outcomeUnknown(err) != test.unknown {
			t.Errorf("%s: it ends in %v", name, err)
		}
	}
}

func remove(t *testing.T, client *enfinitos.Client) removal {
	t.Helper()
	outcome, err := client.Remove(t.Context(), "whs_1", "")
	if err == nil {
		return removal{outcome: outcome}
	}
	if enfinitos.IsNotFound(err) || !strings.Contains(err.Error(), " /v1/webhooks/whs_1") {
		t.Errorf("the error is %v", err)
	}
	return removal{failed: true, status: enfinitos.Status(err)}
}

func TestRemoveAtTheSandbox(t *testing.T) {
	t.Parallel()
	s := start(t, conventional)
	id, other := s.Enfinitos.Register(example), s.Enfinitos.Register(example)
	client := at(t, s)
	if outcome, err := client.Remove(t.Context(), id, ""); outcome != enfinitos.Deleted || err != nil {
		t.Errorf("it ends in %d, %v", outcome, err)
	}
	if diff := cmp.Diff([]string{"DELETE /v1/webhooks/" + id}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if left := s.Enfinitos.Subscriptions(); len(left) != 1 || left[0].ID != other || !left[0].Active {
		t.Errorf("the sandbox holds %+v", left)
	}
	if outcome, err := client.Remove(t.Context(), id, ""); outcome != enfinitos.Gone || err != nil {
		t.Errorf("the second time it ends in %d, %v", outcome, err)
	}
}

// Whoever gives up after the pause was sent still gets its answer.
func TestRemoveIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	a := serve(t, map[string]http.HandlerFunc{
		"DELETE /v1/webhooks/whs_1": says(404, notFound),
		"POST /v1/webhooks/whs_1/active": func(w http.ResponseWriter, r *http.Request) {
			cancel()
			holds(`{"subscription":{"subscriptionId":"whs_1","active":false}}`)(w, r)
		},
	})
	if outcome, err := a.client(t).Remove(ctx, "whs_1", ""); outcome != enfinitos.Paused || err != nil {
		t.Errorf("it ends in %d, %v", outcome, err)
	}
}
