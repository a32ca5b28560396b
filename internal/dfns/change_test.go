package dfns_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// changeOutages are what can happen to an update and to a delete, and what the client says about it at most.
var changeOutages = map[string]struct {
	// fault is of the change itself, reads are of the reads that follow.
	fault, reads   sandbox.Fault
	update, delete string
}{
	"nothing":              {sandbox.Fault{Path: "/none", Effect: sandbox.Delay}, sandbox.Fault{}, "done", "done"},
	"cut before once":      {sandbox.Fault{Effect: sandbox.DropBefore, Times: 1}, sandbox.Fault{}, "done", "done"},
	"429 once":             {sandbox.Fault{Effect: sandbox.Status, Status: 429, Times: 1}, sandbox.Fault{}, "done", "done"},
	"cut after once":       {sandbox.Fault{Effect: sandbox.DropAfter, Times: 1}, sandbox.Fault{}, "done", "done"},
	"truncated once":       {sandbox.Fault{Effect: sandbox.Truncate, Times: 1}, sandbox.Fault{}, "done", "done"},
	"twice":                {sandbox.Fault{Effect: sandbox.Twice, Times: 1}, sandbox.Fault{}, "done", "done"},
	"cut after always":     {sandbox.Fault{Effect: sandbox.DropAfter}, sandbox.Fault{}, "done", "done"},
	"late by 10 s":         {sandbox.Fault{Effect: sandbox.Late, Milliseconds: 10_000}, sandbox.Fault{}, "done", "done"},
	"cut before always":    {sandbox.Fault{Effect: sandbox.DropBefore}, sandbox.Fault{}, "not made", "not made"},
	"400":                  {sandbox.Fault{Effect: sandbox.Status, Status: 400}, sandbox.Fault{}, "not made", "not made"},
	"own 404":              {sandbox.Fault{Effect: sandbox.Status, Status: 404}, sandbox.Fault{}, "not made", "not made"},
	"gateway's 404":        {sandbox.Fault{Effect: sandbox.Status, Status: 404, Body: text(`{"message":"Not Found"}`)}, sandbox.Fault{}, "not made", "not made"},
	"maintenance":          {sandbox.Fault{Effect: sandbox.Status, Status: 200, Body: text(`{"message":"Service is in maintenance"}`)}, sandbox.Fault{}, "not made", "not made"},
	"{} after":             {sandbox.Fault{Effect: sandbox.StatusAfter, Status: 200, Body: text("{}")}, sandbox.Fault{}, "done", "done"},
	"202":                  {sandbox.Fault{Effect: sandbox.Status, Status: 202}, sandbox.Fault{}, "not made", "not made"},
	"another webhook":      {sandbox.Fault{Effect: sandbox.Patch, Patch: []byte(`{"id":"wh-1","deleted":false}`)}, sandbox.Fault{}, "done", "done"},
	"lost, reads lag 15 s": {sandbox.Fault{Effect: sandbox.DropAfter}, sandbox.Fault{Method: "GET", Effect: sandbox.Lag, Milliseconds: 15_000}, "done", "done"},
	"lost, reads fail":     {sandbox.Fault{Effect: sandbox.DropAfter}, sandbox.Fault{Method: "GET", Effect: sandbox.Status, Status: 500}, "unknown", "unknown"},
	"lost, lists fail":     {sandbox.Fault{Effect: sandbox.DropAfter}, sandbox.Fault{Method: "GET", Path: "/webhooks", Effect: sandbox.Status, Status: 403}, "done", "unknown"},
	"lost, gateway's 404":  {sandbox.Fault{Effect: sandbox.DropAfter}, sandbox.Fault{Method: "GET", Effect: sandbox.Status, Status: 404, Body: text(`{"message":"Not Found"}`)}, "unknown", "unknown"},
}

func text(body string) *string { return &body }

// Whatever happens to an update or a delete, what the client says about it is true.
func TestChangeWhateverHappens(t *testing.T) {
	t.Parallel()
	for name, outage := range changeOutages {
		for method, want := range map[string]string{"PUT": outage.update, "DELETE": outage.delete} {
			t.Run(name+"/"+method, func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(w *world) {
					id := w.Dfns.Register(held())
					pass(time.Hour)
					fault := outage.fault
					fault.Method = method
					w.fault(fault)
					if outage.reads.Effect != "" {
						w.fault(outage.reads)
					}
					client := w.client()
					ctx, cancel := w.operation()
					defer cancel()
					var err error
					if method == "PUT" {
						_, err = disable(ctx, client, id)
					} else if err = client.DeleteWebhook(ctx, id, ""); dfns.IsNotFound(err) {
						err = nil // proved to be gone
					}
					pass(time.Minute)
					changed := !slices.ContainsFunc(w.Dfns.Webhooks(), func(webhook state.Webhook) bool { return webhook.Status == "Enabled" })
					got := "done"
					if outcome, _ := httpapi.OutcomeOf(err); err != nil {
						got = outcome.String()
					}
					if got != want || got == "done" && !changed || got == "not made" && changed {
						t.Errorf("the change is %s, want %s, and was made: %t: %v", got, want, changed, err)
					}
					if sent := count(journal(w.Sandbox), method+" /webhooks"); sent > 5 {
						t.Errorf("it was sent %d times", sent)
					}
				})
			})
		}
	}
}

// disable updates the status of a webhook that was registered with held.
func disable(ctx context.Context, client *dfns.Client, id string) (*dfns.Webhook, error) {
	disabled := wanted
	disabled.Status = "Disabled"
	return client.UpdateWebhook(ctx, &dfns.Webhook{ID: id, Settings: wanted}, disabled)
}

// An update without an answer that a read shows in neither its old nor its new form is unknown, unless it is known to be carried out. One
// that was carried out and undone since is not claimed to stand.
func TestUpdateReadBack(t *testing.T) {
	t.Parallel()
	wide := wanted
	wide.URL, wide.Events = "https://other.example/path", []string{"*"}
	for name, test := range map[string]struct {
		fault     sandbox.Fault
		meanwhile func(*state.Webhook) // what somebody else does before the read
		outcome   httpapi.Outcome
	}{
		"stored in another form": {sandbox.Fault{Effect: sandbox.DropAfter, Times: 1}, func(*state.Webhook) {}, httpapi.Made},
		"changed by another":     {sandbox.Fault{Effect: sandbox.DropBefore}, func(w *state.Webhook) { w.URL = "https://third.example" }, httpapi.Unknown},
		"undone":                 {sandbox.Fault{Effect: sandbox.DropAfter, Times: 1}, func(w *state.Webhook) { w.URL, w.Events = wanted.URL, wanted.Events }, httpapi.Unknown},
	} {
		inBubble(t, func(w *world) {
			id := w.Dfns.Register(held())
			test.fault.Method = "PUT"
			w.fault(test.fault)
			w.DfnsCalls.Before(func(r *http.Request) {
				if r.Method == http.MethodGet {
					_ = w.Dfns.Edit(id, test.meanwhile)
				}
			})
			ctx, cancel := w.operation()
			defer cancel()
			webhook, err := w.client().UpdateWebhook(ctx, &dfns.Webhook{ID: id, Settings: wanted}, wide)
			made := err == nil && webhook.URL == wide.URL+"/" && webhook.Recovery.Confirmed
			if made != (test.outcome == httpapi.Made) || !made && outcome(err) != test.outcome {
				t.Errorf("%s: %+v, %v", name, webhook, err)
			}
		}, func(config *sandbox.Config) {
			config.DfnsNormalize = func(webhook *state.Webhook) { webhook.URL += "/" }
		})
	}
}

// A change of a webhook that is proved to be gone says so. A delete of it is done.
func TestChangeOfWhatIsGone(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *world) {
		ctx, cancel := w.operation()
		defer cancel()
		client := w.client()
		if _, err := disable(ctx, client, "wh-1"); !dfns.IsNotFound(err) {
			t.Errorf("the update: %v", err)
		}
		if err := client.DeleteWebhook(ctx, "wh-1", ""); !dfns.IsNotFound(err) {
			t.Errorf("the delete: %v", err)
		}
	})
}

// A webhook is gone if the API's own 404 and a list that was read after it agree, and if it is old enough for both.
func TestGone(t *testing.T) {
	t.Parallel()
	const own = `{"error":{"message":"Webhook not found"}}`
	get := func(code int, body string) sandbox.Fault {
		return sandbox.Fault{Method: "GET", Path: "/webhooks/*", Effect: sandbox.Status, Status: code, Body: &body}
	}
	const one, list = "GET /webhooks/ID", "GET /webhooks?limit=200"
	for name, test := range map[string]struct {
		exists bool
		faults []sandbox.Fault
		age    time.Duration
		want   string
		calls  []string
	}{
		"deleted":                  {false, nil, time.Hour, "gone", []string{one, list}},
		"deleted when young":       {false, nil, time.Second, "gone", []string{one, list, one, list}},
		"404 while it is listed":   {true, []sandbox.Fault{get(404, own)}, time.Hour, "error", []string{one, list}},
		"404 of a gateway":         {false, []sandbox.Fault{get(404, `{"message":"Not Found"}`)}, time.Hour, "error", []string{one}},
		"listing is refused":       {false, []sandbox.Fault{{Method: "GET", Path: "/webhooks", Effect: sandbox.Status, Status: 403}}, time.Hour, "error", []string{one, list}},
		"the list has no end":      {false, []sandbox.Fault{{Method: "GET", Path: "/webhooks", Effect: sandbox.Patch, Patch: []byte(`{"nextPageToken":"again"}`)}}, time.Hour, "error", []string{one, list}},
		"new, reads lag 15 s":      {true, []sandbox.Fault{lagging(15_000)}, 0, "there", []string{one, list, one}},
		"reads lag, and it is old": {true, []sandbox.Fault{lagging(15_000)}, time.Hour, "there", []string{one}},
		"the date cannot be read":  {true, []sandbox.Fault{lagging(15_000)}, -1, "there", []string{one, list, one}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(w *world) {
				id := "wh-1"
				created := time.Now().UTC().Format(time.RFC3339)
				if test.exists {
					id = w.Dfns.Register(held())
				}
				pass(max(0, test.age))
				if test.age < 0 {
					created = "yesterday"
				}
				w.fault(test.faults...)
				ctx, cancel := w.operation()
				defer cancel()
				webhook, err := w.client().ReadWebhook(ctx, id, created)
				got := "error"
				switch {
				case err == nil && webhook.ID == id:
					got = "there"
				case dfns.IsNotFound(err):
					got = "gone"
				}
				if got != test.want {
					t.Errorf("it is %s, want %s: %v", got, test.want, err)
				}
				calls := withoutIDs(journal(w.Sandbox))
				if diff := cmp.Diff(test.calls, calls[:min(len(calls), len(test.calls))]); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
			})
		})
	}
}
