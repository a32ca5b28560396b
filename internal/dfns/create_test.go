package dfns_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
func ms(n int) func(*sandbox.Fault)        { return func(f *sandbox.Fault) { f.Milliseconds = n } }

func answering(code int, text string) func(*sandbox.Fault) {
	return func(f *sandbox.Fault) { f.Status, f.Body = code, &text }
}

func patch(text string) func(*sandbox.Fault) {
	return func(f *sandbox.Fault) { f.Patch = []byte(text) }
}

// lagging makes every read lag.
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
	"429 twice":             {[]sandbox.Fault{post(sandbox.Status, 2, status(429))}, "created", "created"},
	"cut after once":        {[]sandbox.Fault{post(sandbox.DropAfter, 1)}, "created", "unknown"},
	"truncated once":        {[]sandbox.Fault{post(sandbox.Truncate, 1)}, "created", "unknown"},
	"sent twice on the way": {[]sandbox.Fault{post(sandbox.Twice, 1)}, "created", "unknown"},
	"no id in the answer":   {[]sandbox.Fault{post(sandbox.Patch, 1, patch(`{"id":null}`))}, "created", "unknown"},
	"cut after always":      {[]sandbox.Fault{post(sandbox.DropAfter, 0)}, "unknown", "unknown"},
	"cut before always":     {[]sandbox.Fault{post(sandbox.DropBefore, 0)}, "not made", "unknown"},
	"HTML 502 always":       {[]sandbox.Fault{post(sandbox.HTML, 0)}, "not made", "unknown"},
	"400":                   {[]sandbox.Fault{post(sandbox.Status, 1, status(400))}, "not made", "not made"},
	"HTML 403 always":       {[]sandbox.Fault{post(sandbox.HTML, 0, status(403))}, "not made", "unknown"},
	"maintenance 200":       {[]sandbox.Fault{post(sandbox.Status, 0, answering(200, `{"message":"Service is in maintenance"}`))}, "not made", "unknown"},
	"lost, then 403":        {[]sandbox.Fault{post(sandbox.DropBefore, 1), post(sandbox.Status, 1, status(403))}, "not made", "unknown"},
	"lost, then 429":        {[]sandbox.Fault{post(sandbox.DropBefore, 1), post(sandbox.Status, 1, status(429))}, "created", "created"},
	"made, lost, then 403":  {[]sandbox.Fault{post(sandbox.DropAfter, 1), post(sandbox.Status, 1, status(403))}, "unknown", "unknown"},
	"made, lost, then 202":  {[]sandbox.Fault{post(sandbox.DropAfter, 1), post(sandbox.Status, 1, status(202))}, "unknown", "unknown"},
	"lists are refused":     {[]sandbox.Fault{post(sandbox.DropAfter, 1), {Method: "GET", Path: "/webhooks", Effect: sandbox.Status, Status: 403}}, "unknown", "unknown"},
	"lists have no end":     {[]sandbox.Fault{post(sandbox.DropAfter, 1), {Method: "GET", Path: "/webhooks", Effect: sandbox.Patch, Patch: []byte(`{"nextPageToken":"page-$n"}`)}}, "unknown", "unknown"},
	"lists fail afterwards": {[]sandbox.Fault{post(sandbox.DropAfter, 1), {Method: "GET", Path: "/webhooks", Skip: 1, Effect: sandbox.Status, Status: 500}}, "unknown", "unknown"},
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

// The first create of a client lists what exists before. A lost answer costs as many calls as it must.
func TestCallsOfACreate(t *testing.T) {
	t.Parallel()
	made := []string{challenge, answer, create}
	for name, test := range map[string]struct {
		fault sandbox.Fault
		calls []string
	}{
		"nothing lost":   {sandbox.Fault{Path: "/none", Effect: sandbox.Delay}, made},
		"challenge lost": {sandbox.Fault{Path: "/auth/action/init", Effect: sandbox.DropAfter, Times: 1}, append([]string{challenge}, made...)},
		"token lost":     {sandbox.Fault{Path: "/auth/action", Effect: sandbox.DropAfter, Times: 1}, append([]string{challenge, answer}, made...)},
		"not made":       {post(sandbox.DropBefore, 1), append(slices.Clone(made), create)},
		"made": {post(sandbox.DropAfter, 1), slices.Concat(
			made, []string{create, listing, listing, challenge, answer, "DELETE /webhooks/ID"}, made)},
		"made late": {lagging(15_000), made},
	} {
		inBubble(t, func(w *world) {
			client := w.client()
			w.fault(test.fault)
			webhook, err := w.create(client)
			w.judge(webhook, err)
			if diff := cmp.Diff(append([]string{listing}, test.calls...), withoutIDs(journal(w.Sandbox))); diff != "" {
				t.Errorf("%s: calls (-want +got):\n%s", name, diff)
			}
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
		w.fault(post(sandbox.Delay, 0, ms(40_000)))
		webhook, err := w.create(w.client(func(config *dfns.Config) { config.HTTP.MaxRetries = 20 }))
		if got := w.judge(webhook, err); got == "not made" {
			t.Error(err)
		}
		if calls := journal(w.Sandbox); count(calls, "GET /webhooks") < 2 {
			t.Errorf("the calls are %q", calls)
		}
	})
}

// What cannot be deleted stays, and is named as made. So it is if no time is left to delete it.
func TestOrphanThatStays(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*world) time.Duration{
		"the delete is refused": func(w *world) time.Duration {
			w.fault(sandbox.Fault{Method: "DELETE", Effect: sandbox.Status, Status: 403})
			return 5 * time.Minute
		},
		"no time is left": func(*world) time.Duration { return 45 * time.Second },
	} {
		inBubble(t, func(w *world) {
			w.fault(post(sandbox.DropAfter, 1))
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
		w.fault(post(sandbox.DropAfter, 6))
		client := w.client()
		var group sync.WaitGroup
		for i := range 12 {
			in := wanted
			in.Description = fmt.Sprint(i / 3)
			group.Go(func() {
				ctx, cancel := w.operation()
				defer cancel()
				if _, err := client.CreateWebhook(ctx, in); err != nil {
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

// An answer that is about a webhook that existed before is not adopted.
func TestCreateAnsweredWithAnOlderWebhook(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]func(*world, *dfns.Client) string{
		"listed before":    func(w *world, _ *dfns.Client) string { return w.stranger() },
		"named by a state": func(_ *world, client *dfns.Client) string { client.RememberID("wh-1", true); return "wh-1" },
	} {
		inBubble(t, func(w *world) {
			client := w.client()
			w.fault(post(sandbox.Status, 1, answering(200, `{"id":"`+known(w, client)+`","url":"https://h.example","secret":"whs-1"}`)))
			webhook, err := w.create(client)
			if outcome, _ := httpapi.OutcomeOf(err); err == nil || webhook != nil || outcome != httpapi.Unknown {
				t.Errorf("%s: the create returned %+v, %v", name, webhook, err)
			}
			w.ours()
		})
	}
}

// After Ctrl-C, a create that was sent gets its answer, and nothing else is sent.
func TestCreateCancelled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault sandbox.Fault
		want  string
		calls []string
	}{
		"while it is sent":         {post(sandbox.Delay, 1, ms(5_000)), "created", []string{listing, challenge, answer, create}},
		"while it is lost":         {post(sandbox.Late, 1, ms(5_000)), "unknown", []string{listing, challenge, answer, create}},
		"while it gets its token":  {sandbox.Fault{Path: "/auth/action", Effect: sandbox.Delay, Milliseconds: 5_000}, "not made", []string{listing, challenge, answer}},
		"while it waits its limit": {post(sandbox.Status, 0, status(429)), "not made", []string{listing, challenge, answer, create}},
	} {
		inBubble(t, func(w *world) {
			ctx, cancel := w.operation()
			defer cancel()
			w.fault(test.fault)
			time.AfterFunc(100*time.Millisecond, cancel)
			webhook, err := w.client().CreateWebhook(ctx, wanted)
			if got := w.judge(webhook, err); got != test.want {
				t.Errorf("%s: the create is %s: %v", name, got, err)
			}
			if diff := cmp.Diff(test.calls, journal(w.Sandbox)); diff != "" {
				t.Errorf("%s: calls (-want +got):\n%s", name, diff)
			}
		})
	}
}

// What a note of an earlier process does to the next create of the same content.
func TestCreateAfterAnEarlierOne(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults []sandbox.Fault
		// between happens before the next process begins; made is what the earlier one has made.
		between func(w *world, next *dfns.Client, made string)
		want    string // the outcome, or the reason why the next create is not sent
	}{
		"answered, not saved":           {nil, nil, "exists"},
		"answered and saved":            {nil, func(_ *world, next *dfns.Client, made string) { next.RememberID(made, true) }, "created"},
		"answered, named by an import":  {nil, func(_ *world, next *dfns.Client, made string) { next.RememberID(made, false) }, "exists"},
		"answered, deleted since":       {nil, func(w *world, _ *dfns.Client, made string) { w.Dfns.Remove(made) }, "created"},
		"lost and made":                 {[]sandbox.Fault{post(sandbox.DropAfter, 0)}, nil, "may exist"},
		"lost and made, imported since": {[]sandbox.Fault{post(sandbox.DropAfter, 0)}, func(_ *world, next *dfns.Client, made string) { next.RememberID(made, true) }, "created"},
		"lost and made, deleted since":  {[]sandbox.Fault{post(sandbox.DropAfter, 0)}, func(w *world, _ *dfns.Client, made string) { w.Dfns.Remove(made) }, "created"},
		"outage, nothing new":           {[]sandbox.Fault{post(sandbox.DropBefore, 0)}, nil, "created"},
		"approval is pending":           {[]sandbox.Fault{post(sandbox.Status, 1, status(202))}, nil, "pending"},
		"lost, and listing fails": {[]sandbox.Fault{post(sandbox.DropAfter, 0)}, func(w *world, _ *dfns.Client, _ string) {
			w.fault(sandbox.Fault{Method: "GET", Skip: 1, Effect: sandbox.Status, Status: 500})
		}, "unclear"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(w *world) {
				dir := filepath.Join(t.TempDir(), "notes")
				noted := func(config *dfns.Config) { config.Notes = intent.NewLog(dir) }
				w.stranger()
				w.fault(test.faults...)
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
			client := w.client(func(config *dfns.Config) { config.Notes = intent.NewLog(dir) })
			created, err := w.create(client)
			if notes := must(os.ReadDir(dir)); err != nil || len(notes) == 0 {
				t.Fatalf("no note: %v", err)
			}
			pass(time.Hour)
			if !answered {
				w.fault(sandbox.Fault{Method: "DELETE", Effect: sandbox.DropAfter})
			}
			err = client.DeleteWebhook(w.t.Context(), created.ID, created.DateCreated)
			if notes := must(os.ReadDir(dir)); len(notes) != 0 || err != nil && !dfns.IsNotFound(err) {
				t.Errorf("%d files are left: %v", len(notes), err)
			}
		})
	}
}
