package dfns_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// Whatever happens to an update or a delete, what the client says about it is true.
func TestChangeWhateverHappens(t *testing.T) {
	t.Parallel()
	for _, row := range table("testdata/changes.txt") {
		for method, want := range map[string]string{"PUT": row[1], "DELETE": row[2]} {
			t.Run(row[0]+"/"+method, func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(w *world) {
					id := w.Dfns.Register(held())
					pass(time.Hour)
					for _, fault := range row[3:] {
						w.fault(strings.Replace(fault, "CHANGE", method, 1))
					}
					client := w.client()
					ctx := w.operation()
					var err error
					if method == "PUT" {
						_, err = disable(ctx, client, id)
					} else if err = client.DeleteWebhook(ctx, id, ""); httpapi.IsNotFound(err) {
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
		fault     string
		meanwhile func(*state.Webhook) // what somebody else does before the read
		outcome   httpapi.Outcome
	}{
		"stored in another form": {`PUT * {"effect":"drop_after","times":1}`, func(*state.Webhook) {}, httpapi.Made},
		"changed by another":     {`PUT * {"effect":"drop_before"}`, func(w *state.Webhook) { w.URL = "https://third.example" }, httpapi.Unknown},
		"undone":                 {`PUT * {"effect":"drop_after","times":1}`, func(w *state.Webhook) { w.URL, w.Events = wanted.URL, wanted.Events }, httpapi.Unknown},
	} {
		inBubble(t, func(w *world) {
			id := w.Dfns.Register(held())
			w.fault(test.fault)
			w.DfnsCalls.Before(func(r *http.Request) {
				if r.Method == http.MethodGet {
					_ = w.Dfns.Edit(id, test.meanwhile)
				}
			})
			ctx := w.operation()
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

// A webhook is gone if the API's own 404 and a list that was read after it agree, and if it is old enough for both.
func TestGone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		exists bool
		fault  string
		age    time.Duration
		want   string
		calls  []string
	}{
		"deleted":                  {false, nothing, time.Hour, "gone", []string{get, listing}},
		"deleted when young":       {false, nothing, time.Second, "gone", []string{get, listing, get, listing}},
		"404 while it is listed":   {true, `GET /webhooks/* {"effect":"status","status":404}`, time.Hour, "error", []string{get, listing}},
		"404 of a gateway":         {false, `GET /webhooks/* {"effect":"status","status":404,"body":"{\"message\":\"Not Found\"}"}`, time.Hour, "error", []string{get}},
		"listing is refused":       {false, `GET /webhooks {"effect":"status","status":403}`, time.Hour, "error", []string{get, listing}},
		"the list has no end":      {false, `GET /webhooks {"effect":"patch","patch":{"nextPageToken":"again"}}`, time.Hour, "error", []string{get, listing}},
		"new, reads lag 15 s":      {true, lagging, 0, "there", []string{get, listing, get}},
		"reads lag, and it is old": {true, lagging, time.Hour, "there", []string{get}},
		"the date cannot be read":  {true, lagging, -1, "there", []string{get, listing, get}},
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
				w.fault(test.fault)
				ctx := w.operation()
				webhook, err := w.client().ReadWebhook(ctx, id, created)
				got := "error"
				switch {
				case err == nil && webhook.ID == id:
					got = "there"
				case httpapi.IsNotFound(err):
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
