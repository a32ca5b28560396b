package enfinitos_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

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
var pauses = withForeign(map[string]answer{
	"200":                {holds(`{"subscription":{"subscriptionId":"whs_1","active":false}}`), alive, 0},
	"200 quoted":         {holds(`{"subscription":{"subscriptionId":"whs_1","active":"false","label":7}}`), alive, 0},
	"200 data {}":        {holds(`{}`), doubt, 0},
	"200 without active": {holds(whs1), doubt, 0},
	"200 active null":    {holds(`{"subscription":{"subscriptionId":"whs_1","active":null}}`), doubt, 0},
	"200 still active":   {holds(`{"subscription":{"subscriptionId":"whs_1","active":true}}`), doubt, 0},
	"404":                {says(404, notFound), gone, 0},
	"404 least":          {says(404, `{"ok":false}`), gone, 0},
	"405":                {says(405, notFound), doubt, 405},
	"501":                {says(501, notFound), doubt, 501},
})

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
					routes["remove"]: first.handler, routes["list"]: holds(emptyPage), routes["pause"]: second.handler,
				})
				want, calls := removal{failed: first.kind == doubt, status: first.status}, []string{routes["remove"]}
				if first.kind == empty {
					calls = append(calls, routes["list"]+"?limit=1")
				}
				if first.kind == missing || first.kind == empty {
					want, calls = removal{failed: second.kind == doubt, status: second.status}, append(calls, routes["pause"])
					switch second.kind {
					case alive:
						want.outcome = enfinitos.Paused
					case gone:
						want.outcome = enfinitos.Gone
					}
				}
				compare(t, a, remove(t, a.client(t, once)), want, calls)
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
				routes["remove"]: says(204, ""), routes["list"]: proof.handler, routes["pause"]: pauses["200"].handler,
			})
			want, calls := removal{failed: proof.kind == doubt, status: proof.status}, []string{routes["remove"], routes["list"] + "?limit=1"}
			switch proof.kind {
			case alive, forbidden:
				want, calls = removal{outcome: enfinitos.Paused}, append(calls, routes["pause"])
			case gone:
				want = removal{outcome: enfinitos.Gone}
			}
			compare(t, a, remove(t, a.client(t, once)), want, calls)
		})
	}
}

// Where a delete may have been carried out, a pause that is refused does not prove that it was not.
func TestRemoveThatMayHaveWorked(t *testing.T) {
	t.Parallel()
	for name, deletion := range map[string]http.HandlerFunc{
		"no such call": refuses(405), "lost, then a 404": inTurn(refuses(500), refuses(404)), "empty": says(200, ""),
	} {
		a := serve(t, map[string]http.HandlerFunc{routes["remove"]: deletion, routes["list"]: holds(emptyPage), routes["pause"]: refuses(403)})
		_, err := a.client(t).Remove(t.Context(), "whs_1", "")
		if err == nil || outcomeUnknown(err) != (name != "no such call") {
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
	if httpapi.IsNotFound(err) || !strings.Contains(err.Error(), " /v1/webhooks/whs_1") {
		t.Errorf("the error is %v", err)
	}
	return removal{failed: true, status: httpapi.Status(err)}
}
