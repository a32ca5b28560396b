package dfns_test

import (
	"net/http"
	"slices"
	"testing"
	"time"


	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// post is a fault of the create itself.
func post(effect string, times int, changes ...func(*sandbox.Fault)) sandbox.Fault {
	out := sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: effect, Times: times}
	if effect == sandbox.Status || effect == sandbox.StatusAfter {
		out.Status = 503
	}
	for _, change := range changes {
		change(&out)
	}
	return out
}

func status(code int) func(*sandbox.Fault) { return func(f *sandbox.Fault) { f.Status = code } }
func skip(n int) func(*sandbox.Fault)      { return func(f *sandbox.Fault) { f.Skip = n } }
func ms(n int) func(*sandbox.Fault)        { return func(f *sandbox.Fault) { f.Milliseconds = n } }

func answering(code int, text string) func(*sandbox.Fault) {
	return func(f *sandbox.Fault) { f.Status, f.Body = code, &text }
}

func patch(text string) func(*sandbox.Fault) {
	return func(f *sandbox.Fault) { f.Patch = []byte(text) }
}

// lists makes every list lag.
func lagging(milliseconds int) sandbox.Fault {
	return sandbox.Fault{Method: "GET", Effect: sandbox.Lag, Milliseconds: milliseconds}
}

// outage is what happens to a create, and what the client may say about it at most, alone and beside strangers.
type outage struct {
	faults []sandbox.Fault
	alone  string
	// beside is the outcome if a stranger makes an equal webhook at the moment of the create.
	beside string
}

// outages are the rows of the table "What proves what" about creates.
var outages = map[string]outage{
	"nothing":               {nil, "created", "created"},
	"cut before once":       {[]sandbox.Fault{post(sandbox.DropBefore, 1)}, "created", "created"},
	"503 once":              {[]sandbox.Fault{post(sandbox.Status, 1)}, "created", "created"},
	"HTML once":             {[]sandbox.Fault{post(sandbox.HTML, 1)}, "created", "created"},
	"429 twice":             {[]sandbox.Fault{post(sandbox.Status, 2, status(429))}, "created", "created"},
	"cut after once":        {[]sandbox.Fault{post(sandbox.DropAfter, 1)}, "created", "unknown"},
	"500 after once":        {[]sandbox.Fault{post(sandbox.StatusAfter, 1, status(500))}, "created", "unknown"},
	"truncated once":        {[]sandbox.Fault{post(sandbox.Truncate, 1)}, "created", "unknown"},
	"sent twice on the way": {[]sandbox.Fault{post(sandbox.Twice, 1)}, "created", "unknown"},
	"no id in the answer":   {[]sandbox.Fault{post(sandbox.Patch, 1, patch(`{"id":null}`))}, "created", "unknown"},
	"cut after always":      {[]sandbox.Fault{post(sandbox.DropAfter, 0)}, "unknown", "unknown"},
	"cut before always":     {[]sandbox.Fault{post(sandbox.DropBefore, 0)}, "not made", "unknown"},
	"503 always":            {[]sandbox.Fault{post(sandbox.Status, 0)}, "not made", "unknown"},
	"HTML 502 always":       {[]sandbox.Fault{post(sandbox.HTML, 0)}, "not made", "unknown"},
	"400":                   {[]sandbox.Fault{post(sandbox.Status, 1, status(400))}, "not made", "not made"},
	"HTML 403 once":         {[]sandbox.Fault{post(sandbox.HTML, 1, status(403))}, "created", "created"},
	"HTML 403 always":       {[]sandbox.Fault{post(sandbox.HTML, 0, status(403))}, "not made", "unknown"},
	"gateway's 404 always":  {[]sandbox.Fault{post(sandbox.Status, 0, answering(404, `{"message":"Not Found"}`))}, "not made", "unknown"},
	"maintenance 200":       {[]sandbox.Fault{post(sandbox.Status, 0, answering(200, `{"message":"Service is in maintenance"}`))}, "not made", "unknown"},
	"lost, then 401":        {[]sandbox.Fault{post(sandbox.DropBefore, 1), post(sandbox.Status, 1, status(401))}, "not made", "unknown"},
	"lost, then 403":        {[]sandbox.Fault{post(sandbox.DropBefore, 1), post(sandbox.Status, 1, status(403))}, "not made", "unknown"},
	"lost, then 404":        {[]sandbox.Fault{post(sandbox.DropBefore, 1), post(sandbox.Status, 1, status(404))}, "not made", "unknown"},
	"lost, then 409":        {[]sandbox.Fault{post(sandbox.DropBefore, 1), post(sandbox.Status, 1, status(409))}, "not made", "unknown"},
	"lost, then 422":        {[]sandbox.Fault{post(sandbox.DropBefore, 1), post(sandbox.Status, 1, status(422))}, "not made", "unknown"},
	"lost, then 429":        {[]sandbox.Fault{post(sandbox.DropBefore, 1), post(sandbox.Status, 1, status(429))}, "created", "created"},
	"made, lost, then 403":  {[]sandbox.Fault{post(sandbox.DropAfter, 1), post(sandbox.Status, 1, status(403))}, "unknown", "unknown"},
	"made, lost, then 202":  {[]sandbox.Fault{post(sandbox.DropAfter, 1), post(sandbox.Status, 1, status(202))}, "unknown", "unknown"},
	"lists are refused":     {[]sandbox.Fault{post(sandbox.DropAfter, 1), {Method: "GET", Path: "/webhooks", Effect: sandbox.Status, Status: 403}}, "unknown", "unknown"},
	"lists have no end":     {[]sandbox.Fault{post(sandbox.DropAfter, 1), {Method: "GET", Path: "/webhooks", Effect: sandbox.Patch, Patch: []byte(`{"nextPageToken":"page-$n"}`)}}, "unknown", "unknown"},
	"lists fail afterwards": {[]sandbox.Fault{post(sandbox.DropAfter, 1), {Method: "GET", Path: "/webhooks", Skip: 1, Effect: sandbox.Status, Status: 500}}, "unknown", "unknown"},
	"lists lag 5 s":         {[]sandbox.Fault{post(sandbox.DropAfter, 1), lagging(5_000)}, "created", "unknown"},
	"lists lag 15 s":        {[]sandbox.Fault{post(sandbox.DropAfter, 1), lagging(15_000)}, "created", "unknown"},
	"late by 10 s":          {[]sandbox.Fault{post(sandbox.Late, 1, ms(10_000))}, "created", "created"},
	"all late by 10 s":      {[]sandbox.Fault{post(sandbox.Late, 0, ms(10_000))}, "unknown", "unknown"},
	"Date is 15 s ahead":    {[]sandbox.Fault{post(sandbox.DropAfter, 1), {Effect: sandbox.Patch, Headers: map[string]string{"Date": time.Now().Add(15 * time.Second).UTC().Format(http.TimeFormat)}}}, "created", "unknown"},
}

// Whatever happens to a create, what it says is true, no webhook of anybody else is touched, and where only the wire failed it is
// made.
func TestCreateWhateverHappens(t *testing.T) {
	t.Parallel()
	for name, outage := range outages {
		for column, want := range map[string]string{
			"alone": outage.alone, "equal one before": outage.alone, "equal one at the same time": outage.beside,
			"another one at the same time": outage.beside, "equal one named by a state": outage.alone,
		} {
			t.Run(name+"/"+column, func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(w *world) {
					client := w.client()
					switch column {
					case "equal one before":
						w.stranger()
					case "equal one at the same time":
						w.duringTheCreate(func() { w.stranger() })
					case "another one at the same time":
						w.duringTheCreate(func() {
							w.strangers = append(w.strangers, w.Dfns.Register(state.Webhook{URL: "https://other.example", Events: []string{"*"}, Status: "Enabled"}))
						})
					case "equal one named by a state":
						w.duringTheCreate(func() { client.Claim(w.stranger(), true) })
					}
					w.fault(outage.faults...)
					webhook, err := w.create(client)
					if got := w.judge(webhook, err); got != want {
						t.Errorf("the create is %s, want %s: %v", got, want, err)
					}
					_, ids := httpapi.OutcomeOf(err)
					if slices.ContainsFunc(ids, func(id string) bool { return column == "equal one before" && id == w.strangers[0] }) {
						t.Errorf("a webhook that existed before is named: %v", err)
					}
				})
			})
		}
	}
}
