package dfns_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// Faults that several tests have: the answer to a create is lost once or always, nothing goes wrong, and every read lags.
const (
	lostOnce = `POST /webhooks {"effect":"drop_after","times":1}`
	lost     = `POST /webhooks {"effect":"drop_after"}`
	nothing  = `* /none {"effect":"delay"}`
	lagging  = `GET * {"effect":"lag","ms":15000}`
)

// Whatever happens to a create, what it says is true, no webhook of anybody else is touched, and where only the wire failed it is
// made.
func TestCreateWhateverHappens(t *testing.T) {
	t.Parallel()
	for _, row := range table("testdata/creates.txt") {
		alone, beside, faults := row[1], row[2], row[3:]
		for column, want := range map[string]string{
			"alone": alone, "equal one before": alone, "equal one named by a state": alone,
			"equal one at the same time": beside, "another one at the same time": beside,
		} {
			t.Run(row[0]+"/"+column, func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(w *world) {
					client := w.client()
					switch column {
					case "equal one before":
						w.stranger()
						pass(time.Minute)
					case "equal one at the same time":
						w.duringTheCreate(func() { w.stranger() })
					case "another one at the same time":
						w.duringTheCreate(func() {
							w.strangers = append(w.strangers, w.Dfns.Register(state.Webhook{URL: "https://other.example", Events: []string{"*"}, Status: "Enabled"}))
						})
					case "equal one named by a state":
						w.duringTheCreate(func() { client.RememberID(w.stranger(), true) })
					}
					w.fault(faults...)
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

// The first create of a client lists what exists before. A lost answer costs as many calls as it must. After Ctrl-C, a create that was sent
// gets its answer, and nothing else is sent.
func TestCallsOfACreate(t *testing.T) {
	t.Parallel()
	made := []string{challenge, answer, create}
	for name, test := range map[string]struct {
		fault  string
		cancel bool
		want   string
		calls  []string
	}{
		"nothing lost":   {nothing, false, "created", made},
		"challenge lost": {`* /auth/action/init {"effect":"drop_after","times":1}`, false, "created", append([]string{challenge}, made...)},
		"token lost":     {`* /auth/action {"effect":"drop_after","times":1}`, false, "created", append([]string{challenge, answer}, made...)},
		"not made":       {`POST /webhooks {"effect":"drop_before","times":1}`, false, "created", append(slices.Clone(made), create)},
		"made": {lostOnce, false, "created", slices.Concat(
			made, []string{create, listing, listing, challenge, answer, "DELETE /webhooks/ID"}, made)},
		"made late":                          {lagging, false, "created", made},
		"cancelled while it is sent":         {`POST /webhooks {"effect":"delay","ms":5000}`, true, "created", made},
		"cancelled while it is lost":         {`POST /webhooks {"effect":"late","ms":5000}`, true, "unknown", made},
		"cancelled before its token":         {`* /auth/action {"effect":"delay","ms":5000}`, true, "not made", made[:2]},
		"cancelled while it waits its limit": {`POST /webhooks {"effect":"status","status":429}`, true, "not made", made},
	} {
		inBubble(t, func(w *world) {
			client := w.client()
			w.fault(test.fault)
			ctx, cancel := context.WithCancel(w.operation())
			defer cancel()
			if test.cancel {
				time.AfterFunc(100*time.Millisecond, cancel)
			}
			webhook, err := client.CreateWebhook(ctx, wanted)
			if got := w.judge(webhook, err); got != test.want {
				t.Errorf("%s: the create is %s: %v", name, got, err)
			}
			if diff := cmp.Diff(append([]string{listing}, test.calls...), withoutIDs(journal(w.Sandbox))); diff != "" {
				t.Errorf("%s: calls (-want +got):\n%s", name, diff)
			}
			w.DfnsCalls.ClearFaults()
			if _, err := w.create(client); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(made, journal(w.Sandbox)); diff != "" {
				t.Errorf("%s: calls of the next create (-want +got):\n%s", name, diff)
			}
		})
	}
}

// A create whose answers take long leaves time for the reads that decide.
func TestTimeIsKeptBackForReads(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *world) {
		w.fault(`POST /webhooks {"effect":"delay","ms":40000}`)
		webhook, err := w.create(w.client(func(config *dfns.Config) { config.HTTP.MaxRetries = 20 }))
		if got := w.judge(webhook, err); got == "not made" {
			t.Error(err)
		}
		if calls := journal(w.Sandbox); count(calls, "GET /webhooks") < 2 {
			t.Errorf("the calls are %q", calls)
		}
	})
}

// An import that names what a lost create has made proves nothing about it: it is neither said not to be made nor deleted.
func TestLostCreateThatAnImportNames(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 4} {
		inBubble(t, func(w *world) {
			w.fault(lost)
			client := w.client(func(config *dfns.Config) { config.HTTP.MaxRetries = retries })
			time.AfterFunc(time.Second, func() { client.RememberID(w.ours()[0].ID, false) })
			webhook, err := w.create(client)
			_, ids := httpapi.OutcomeOf(err)
			if got := w.judge(webhook, err); got != "unknown" || len(ids) != 1 {
				t.Errorf("with %d retries: %s, naming %q: %v", retries, got, ids, err)
			}
		})
	}
}

// What cannot be deleted stays, and is named as made. So it is if no time is left to delete it.
func TestOrphanThatStays(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*world) time.Duration{
		"the delete is refused": func(w *world) time.Duration {
			w.fault(`DELETE * {"effect":"status","status":403}`)
			return 5 * time.Minute
		},
		"no time is left": func(*world) time.Duration { return 45 * time.Second },
	} {
		inBubble(t, func(w *world) {
			w.fault(lostOnce)
			ctx, cancel := context.WithTimeout(w.t.Context(), act(w))
			defer cancel()
			webhook, err := w.client().CreateWebhook(ctx, wanted)
			if got := w.judge(webhook, err); got != "made" {
				t.Errorf("%s: the create is %s: %v", name, got, err)
			}
		})
	}
}

// Equal creates of one client take turns, and others do not count as its own, so all of a burst are made in spite of lost answers.
func TestBurstOfLostCreates(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *world) {
		w.fault(`POST /webhooks {"effect":"drop_after","times":6}`)
		client := w.client()
		var group sync.WaitGroup
		for i := range 12 {
			in := wanted
			in.Description = fmt.Sprint(i / 3)
			group.Go(func() {
				if _, err := client.CreateWebhook(w.operation(), in); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if got := len(w.Dfns.Webhooks()); got != 12 {
			t.Errorf("there are %d webhooks", got)
		}
	})
}

// An answer that is about a webhook that was listed before is not adopted.
func TestCreateAnsweredWithAnOlderWebhook(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *world) {
		w.fault(`POST /webhooks {"effect":"patch","patch":{"id":"` + w.stranger() + `"}}`)
		webhook, err := w.create(w.client())
		if outcome, _ := httpapi.OutcomeOf(err); err == nil || webhook != nil || outcome != httpapi.Unknown {
			t.Errorf("the create returned %+v, %v", webhook, err)
		}
		w.ours()
	})
}

// What a note of an earlier process does to the next create of the same content.
func TestCreateAfterAnEarlierOne(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault string
		// between happens before the next process begins; made is what the earlier one has made.
		between func(w *world, next *dfns.Client, made string)
		want    string // the outcome, or the reason why the next create is not sent
	}{
		"answered, not saved":               {nothing, nil, "exists"},
		"answered and saved":                {nothing, func(_ *world, next *dfns.Client, made string) { next.RememberID(made, true) }, "created"},
		"answered, named by an import":      {nothing, func(_ *world, next *dfns.Client, made string) { next.RememberID(made, false) }, "exists"},
		"answered, deleted since":           {nothing, func(w *world, _ *dfns.Client, made string) { w.Dfns.Remove(made) }, "created"},
		"lost and made":                     {lost, nil, "may exist"},
		"lost and made, imported since":     {lost, func(_ *world, next *dfns.Client, made string) { next.RememberID(made, true) }, "created"},
		"lost and made, named by an import": {lost, func(_ *world, next *dfns.Client, made string) { next.RememberID(made, false) }, "may exist"},
		"lost and made, deleted since":      {lost, func(w *world, _ *dfns.Client, made string) { w.Dfns.Remove(made) }, "created"},
		"outage, nothing new":               {`POST /webhooks {"effect":"drop_before"}`, nil, "created"},
		"approval is pending":               {`POST /webhooks {"effect":"status","status":202}`, nil, "pending"},
		"lost, and listing fails": {lost, func(w *world, _ *dfns.Client, _ string) {
			w.fault(`GET * {"effect":"status","status":500,"skip":1}`)
		}, "unclear"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(w *world) {
				dir := filepath.Join(t.TempDir(), "notes")
				noted := func(config *dfns.Config) { config.HTTP.Notes = intent.NewLog(dir) }
				w.stranger()
				w.fault(test.fault)
				_, first := w.create(w.client(noted))
				made := ""
				if ours := w.ours(); len(ours) > 0 {
					made = ours[0].ID
				}
				w.DfnsCalls.ClearFaults()
				next := w.client(noted)
				if test.between != nil {
					test.between(w, next, made)
				}
				w.DfnsCalls.ForgetCalls()
				_, err := w.create(next)
				unfinished, stopped := errors.AsType[*intent.UnfinishedError](err)
				got := "created"
				if stopped {
					got = map[intent.Reason]string{
						intent.Exists: "exists", intent.MayExist: "may exist", intent.Pending: "pending", intent.Unclear: "unclear",
					}[unfinished.Reason]
				} else if err != nil {
					got = err.Error()
				}
				if got != test.want || stopped == (count(journal(w.Sandbox), create) > 0) {
					t.Errorf("the next create: %s, want %s: %v, after %v", got, test.want, err, first)
				}
				if stopped && (test.want == "exists" || test.want == "may exist") && !slices.Equal(unfinished.IDs, []string{made}) {
					t.Errorf("it names %q, want %s", unfinished.IDs, made)
				}
				w.ours()
			})
		})
	}
}

// A delete ends the note of what it deletes, whether it is answered or read back.
func TestDeleteRemovesTheNote(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{true, false} {
		inBubble(t, func(w *world) {
			dir := t.TempDir()
			client := w.client(func(config *dfns.Config) { config.HTTP.Notes = intent.NewLog(dir) })
			created, err := w.create(client)
			if notes := must(os.ReadDir(dir)); err != nil || len(notes) == 0 {
				t.Fatalf("no note: %v", err)
			}
			pass(time.Hour)
			if !answered {
				w.fault(`DELETE * {"effect":"drop_after"}`)
			}
			err = client.DeleteWebhook(w.t.Context(), created.ID, created.DateCreated)
			if notes := must(os.ReadDir(dir)); len(notes) != 0 || err != nil && !httpapi.IsNotFound(err) {
				t.Errorf("%d files are left: %v", len(notes), err)
			}
		})
	}
}
