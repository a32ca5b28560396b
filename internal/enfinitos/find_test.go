package enfinitos_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

const (
	whs1      = `{"subscription":{"subscriptionId":"whs_1","label":"ledger"}}`
	emptyPage = `{"deliveries":[],"nextCursor":null,"total":0}`
)

// The kinds of answer, by what they prove.
const (
	read      = "read"      // the subscription is there, with its fields
	missing   = "missing"   // perhaps there is no such call
	doubt     = "doubt"     // nothing is known
	alive     = "alive"     // the subscription exists
	gone      = "gone"      // it does not
	forbidden = "forbidden" // the key may not ask
	done      = "done"      // it was deleted
	empty     = "empty"     // a delete about which only the list of deliveries can tell
)

// answer is one answer to a call: what it proves, and the status of the error that follows, 0 for none.
type answer struct {
	handler http.HandlerFunc
	kind    string
	status  int
}

// with adds answers to those that usually prove nothing.
func with(answers map[string]answer) map[string]answer {
	out := map[string]answer{
		"400":                 {says(400, notFound), doubt, 400},
		"403":                 {says(403, notFound), doubt, 403},
		"500":                 {says(500, notFound), doubt, 500},
		"502 HTML":            {says(502, "<html>"), doubt, 502},
		"cut":                 {cuts(""), doubt, 0},
		"cut in the middle":   {cuts(envelope(whs1)[:30]), doubt, 0},
		"204":                 {says(204, ""), doubt, 0},
		"200 empty":           {says(200, ""), doubt, 0},
		"200 HTML":            {says(200, "<html>Sign in</html>"), doubt, 0},
		"200 truncated":       {says(200, envelope(whs1)[:30]), doubt, 0},
		"200 ok null":         {says(200, `{"ok":null,"data":`+whs1+`}`), doubt, 0},
		"200 that is not ok":  {says(200, notFound), doubt, 200},
		"200 no data":         {says(200, `{"ok":true,"contractVersion":"v1.0"}`), doubt, 0},
		"200 data null":       {holds("null"), doubt, 0},
		"200 of another list": {holds(`[]`), doubt, 0},
		"200 deliveries null": {holds(`{"deliveries":null}`), doubt, 0},
		"200 other id":        {holds(`{"subscription":{"subscriptionId":"whs_2","active":false}}`), doubt, 0},
		"200 no id":           {holds(`{"subscription":{"label":"ledger","active":false}}`), doubt, 0},
	}
	maps.Copy(out, answers)
	return out
}

// withForeign adds the 404s that do not come from the API itself, too.
func withForeign(answers map[string]answer) map[string]answer {
	out := with(answers)
	for name, body := range foreign {
		out["404 "+name] = answer{says(404, body), doubt, 404}
	}
	return out
}

// reads are answers to the undocumented call.
var reads = with(map[string]answer{
	"200": {holds(whs1), read, 0},
	"200 odd types": {holds(`{"subscription":{"subscriptionId":"whs_1","label":"ledger","createdAt":1,"events":"*","active":{},` +
		`"url":[],"developerId":false,"lastDeliveredAt":{},"secretLastRotatedAt":7}}`), read, 0},
	"404": {says(404, notFound), missing, 404},
	"405": {says(405, notFound), missing, 405},
	"501": {says(501, ""), missing, 501},
})

// proofs are answers to the documented list of deliveries.
var proofs = withForeign(map[string]answer{
	"200":                {holds(emptyPage), alive, 0},
	"200 odd deliveries": {holds(`{"deliveries":[7,{"deliveryId":{}}],"nextCursor":{},"total":"x"}`), alive, 0},
	"404":                {says(404, notFound), gone, 404},
	"404 least":          {says(404, `{"ok":false}`), gone, 404},
	"403":                {says(403, notFound), forbidden, 403},
	"405":                {says(405, notFound), doubt, 405},
	"501":                {says(501, notFound), doubt, 501},
})

// TestFind goes through every pair of answers.
func TestFind(t *testing.T) {
	t.Parallel()
	for readName, first := range reads {
		for proofName, second := range proofs {
			t.Run(readName+", "+proofName, func(t *testing.T) {
				t.Parallel()
				a := serve(t, map[string]http.HandlerFunc{routes["find"]: first.handler, routes["list"]: second.handler})
				want, calls := finding{status: first.status, failed: true}, []string{routes["find"]}
				switch first.kind {
				case read:
					want = finding{found: &enfinitos.Subscription{ID: "whs_1", Settings: enfinitos.Settings{Label: "ledger"}}, presence: enfinitos.Readable}
				case missing:
					want, calls = proven[second.kind], append(calls, routes["list"]+"?limit=1")
					if want.failed {
						want.status = second.status
					}
				}
				compare(t, a, lookFor(t, a.client(t, once)), want, calls)
			})
		}
	}
}

// compare compares what the client returns, and the calls that it makes. A cut connection makes net/http send a GET once more.
func compare[T any](t *testing.T, a *api, got, want T, calls []string) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(*new(T))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(calls, slices.Compact(a.Made())); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// finding is what Find returns.
type finding struct {
	found        *enfinitos.Subscription
	presence     enfinitos.Presence
	failed, gone bool
	status       int
}

// proven is what follows from the list of deliveries.
var proven = map[string]finding{
	alive:     {found: &enfinitos.Subscription{ID: "whs_1"}, presence: enfinitos.Alive},
	forbidden: {found: &enfinitos.Subscription{ID: "whs_1"}, presence: enfinitos.Unproven},
	gone:      {failed: true, gone: true},
	doubt:     {failed: true},
}

func lookFor(t *testing.T, client *enfinitos.Client) finding {
	t.Helper()
	found, presence, err := client.Find(t.Context(), "whs_1", "")
	if err != nil && !strings.HasPrefix(err.Error(), "GET /v1/webhooks/whs_1") {
		t.Errorf("the error is %v", err)
	}
	if err != nil {
		return finding{failed: true, gone: httpapi.IsNotFound(err), status: httpapi.Status(err)}
	}
	return finding{found: found, presence: presence}
}
