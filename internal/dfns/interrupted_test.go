package dfns_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// interrupted returns a log in which a create of the wanted content was left, and the client of the run after it. The answer to
// that create was lost for good, and so was every list that could have told what became of it.
func interrupted(t *testing.T, s *sandbox.Sandbox, before ...dfns.CreateWebhookRequest) (*intent.Log, *dfns.Client) {
	t.Helper()
	log := intent.NewLog(t.TempDir())
	noting := func(config *dfns.Config) { config.Creates = log }
	client := newClient(t, s, noting)
	for _, in := range before {
		if _, err := client.CreateWebhook(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropAfter, Times: 1})
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropBefore})
	fault(t, s, sandbox.Fault{Method: "GET", Path: "/webhooks", Effect: sandbox.Status, Status: 403})
	if _, err := client.CreateWebhook(t.Context(), wanted); !dfns.OutcomeUnknown(err) {
		t.Fatalf("the outcome is not unknown: %v", err)
	}
	s.DfnsCalls.ClearFaults()
	s.DfnsCalls.ForgetCalls()
	return log, newClient(t, s, noting)
}

// Of the webhooks of the same content those count that the create can have made: not those that another create of that run
// has, and none that are older, or too new.
func TestInterruptedCreate(t *testing.T) {
	t.Parallel()
	s := start(t)
	register := func(created time.Time) string {
		id := s.Dfns.Register(held("Enabled"))
		if err := s.Dfns.Edit(id, func(webhook *state.Webhook) { webhook.Created = created }); err != nil {
			t.Fatal(err)
		}
		return id
	}
	register(now.Add(-3 * time.Second))
	register(now.Add(time.Hour + time.Second))
	other := wanted
	other.Description = "another"
	log, client := interrupted(t, s, wanted, other)
	var want []string
	for _, webhook := range s.Dfns.Webhooks()[4:] {
		want = append(want, webhook.ID)
	}
	want = append(want, register(now.Add(-time.Second)), register(now.Add(time.Hour-time.Second)))

	_, err := client.CreateWebhook(t.Context(), wanted)
	var found *dfns.InterruptedError
	if !errors.As(err, &found) || dfns.OutcomeUnknown(err) || dfns.IsNotFound(err) {
		t.Fatalf("the error is %v", err)
	}
	if diff := cmp.Diff(want, found.IDs); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{listing}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if text, err := os.ReadFile(found.Note); err != nil || !strings.Contains(string(text), wanted.URL) {
		t.Errorf("the note is %s, %v", text, err)
	}

	if _, err := client.CreateWebhook(t.Context(), other); err != nil {
		t.Errorf("another content is held up: %v", err)
	}
	for _, id := range want {
		s.Dfns.Remove(id)
	}
	s.DfnsCalls.ForgetCalls()
	if _, err := client.CreateWebhook(t.Context(), wanted); err != nil {
		t.Errorf("what it made is gone, and yet: %v", err)
	}
	if diff := cmp.Diff([]string{listing, listing, challenge, answer, create}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if left := log.Left(); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

// While it cannot be told what was made, nothing is.
func TestInterruptedCreateCannotBeTold(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 503} {
		s := start(t)
		log, client := interrupted(t, s)
		fault(t, s, sandbox.Fault{Method: "GET", Path: "/webhooks", Effect: sandbox.Status, Status: status})
		_, err := client.CreateWebhook(t.Context(), wanted)
		var found *dfns.InterruptedError
		if !errors.As(err, &found) || found.Err == nil || dfns.OutcomeUnknown(err) || dfns.Status(err) != status {
			t.Errorf("%d: the error is %v", status, err)
		}
		if len(log.Left()) != 1 || len(s.Dfns.Webhooks()) != 1 {
			t.Errorf("%d: %v is left, and %v made", status, log.Left(), s.Dfns.Webhooks())
		}
	}
}

// A webhook that a state names settles the note of the create that can have made it.
func TestResolveInterrupted(t *testing.T) {
	t.Parallel()
	s := start(t)
	log, client := interrupted(t, s, wanted)
	for i, left := range []int{1, 0} { // the first was made by another create of that run
		webhook, err := client.GetWebhook(t.Context(), s.Dfns.Webhooks()[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		disabled := *webhook
		disabled.Status = dfns.StatusDisabled
		client.ResolveInterrupted(t.Context(), &disabled)
		client.ResolveInterrupted(t.Context(), webhook)
		if got := log.Left(); len(got) != left {
			t.Errorf("webhook %d leaves %v", i, got)
		}
	}
}

// What a create makes that is still on its way is waited for, for as long as an answer would have been.
func TestInterruptedCreateUnderWay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		age   time.Duration
		looks int
		found bool
	}{
		"just sent": {0, 4, true},
		"long ago":  {2 * time.Hour, 2, false},
	} {
		log := intent.NewLog(t.TempDir())
		looks := 0
		broken := true
		a := serve(t, map[string]http.HandlerFunc{
			"GET /webhooks": func(w http.ResponseWriter, r *http.Request) {
				looks++
				switch {
				case broken:
					says(403, `{"error":{"message":"no"}}`)(w, r)
				case looks < 4:
					says(200, `{"items":[]}`)(w, r)
				default:
					date := time.Now().UTC().Format(time.RFC3339)
					says(200, `{"items":[{"id":"wh-1","url":"https://h.example","events":["key.created","wallet.created"],"status":"Enabled","dateCreated":"`+date+`"}]}`)(w, r)
				}
			},
			"POST /webhooks": func(w http.ResponseWriter, r *http.Request) {
				if broken {
					panic(http.ErrAbortHandler)
				}
				says(200, `{"id":"wh-2","url":"https://h.example","secret":"whs-2"}`)(w, r)
			},
		})
		client := a.client(t, func(config *dfns.Config) { config.Creates, config.HTTP.RequestTimeout = log, time.Hour })
		if _, err := client.CreateWebhook(t.Context(), wanted); !dfns.OutcomeUnknown(err) {
			t.Fatalf("the outcome is not unknown: %v", err)
		}
		written := time.Now().Add(-test.age)
		if err := os.Chtimes(log.Left()[0].Path, written, written); err != nil {
			t.Fatal(err)
		}
		looks, broken = 0, false
		_, err := client.CreateWebhook(t.Context(), wanted)
		var found *dfns.InterruptedError
		if errors.As(err, &found) != test.found || (err != nil) != test.found || looks != test.looks {
			t.Errorf("%s: %d looks and %v", name, looks, err)
		}
	}
}

// A webhook that somebody knows of settles nothing while there is another that the create can have made.
func TestResolveOneOfTwo(t *testing.T) {
	t.Parallel()
	s := start(t)
	log, client := interrupted(t, s)
	left, known := s.Dfns.Webhooks()[0].ID, s.Dfns.Register(held("Enabled"))
	webhook, err := client.GetWebhook(t.Context(), known)
	if err != nil {
		t.Fatal(err)
	}
	client.ResolveInterrupted(t.Context(), webhook)
	_, err = client.CreateWebhook(t.Context(), wanted)
	var found *dfns.InterruptedError
	if !errors.As(err, &found) || cmp.Diff([]string{left}, found.IDs) != "" || len(log.Left()) != 1 {
		t.Errorf("%v, and %v is left", err, log.Left())
	}
}

// Concurrent reads of webhooks of the same content, which share one list and so end together, do not lose each other's notes.
func TestResolveManyAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	log, client := interrupted(t, s)
	for range 9 {
		s.Dfns.Register(held("Enabled"))
	}
	var reading sync.WaitGroup
	for _, registered := range s.Dfns.Webhooks() {
		webhook, err := client.GetWebhook(t.Context(), registered.ID)
		if err != nil {
			t.Fatal(err)
		}
		reading.Go(func() { client.ResolveInterrupted(t.Context(), webhook) })
	}
	reading.Wait()
	if left := log.Left(); len(left) != 0 {
		t.Errorf("a state names all that the create can have made, and %v is left", left[0].Create)
	}
}

// A create that may still make its webhook is not forgotten. If the timeout ends the wait for it, the error does not claim that
// looking for the webhook failed.
func TestInterruptedCreateIsYoung(t *testing.T) {
	t.Parallel()
	s := start(t)
	log, _ := interrupted(t, s)
	client := newClient(t, s, func(config *dfns.Config) {
		config.Creates, config.HTTP.RequestTimeout, config.HTTP.RetryWait = log, time.Hour, time.Hour
	})
	webhook, err := client.GetWebhook(t.Context(), s.Dfns.Webhooks()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	client.ResolveInterrupted(t.Context(), webhook)
	if len(log.Left()) != 1 {
		t.Fatal("a create that may still make its webhook was forgotten")
	}
	s.Dfns.Remove(webhook.ID)
	// A slow machine may need a longer time limit for the first list.
	for limit := 50 * time.Millisecond; limit < time.Minute && !strings.Contains(fmt.Sprint(err), "so far"); limit *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		_, err = client.CreateWebhook(ctx, wanted)
		cancel()
	}
	var found *dfns.InterruptedError
	if !errors.As(err, &found) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "may still do so until request_timeout has passed") {
		t.Errorf("the error is %v", err)
	}
	if len(log.Left()) != 1 {
		t.Errorf("%v is left", log.Left())
	}
}

// Once nothing is on its way any more, the next read of what somebody knows of settles the note.
func TestResolveOnceItIsOld(t *testing.T) {
	t.Parallel()
	s := start(t)
	log, _ := interrupted(t, s)
	client := newClient(t, s, func(config *dfns.Config) { config.Creates, config.HTTP.RequestTimeout = log, time.Hour })
	webhook, err := client.GetWebhook(t.Context(), s.Dfns.Webhooks()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	client.ResolveInterrupted(t.Context(), webhook)
	written := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(log.Left()[0].Path, written, written); err != nil {
		t.Fatal(err)
	}
	client.ResolveInterrupted(t.Context(), webhook)
	if left := log.Left(); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

// Where the API does not tell its time, every webhook of the content counts, however old.
func TestInterruptedCreateWithoutClock(t *testing.T) {
	t.Parallel()
	log := intent.NewLog(t.TempDir())
	old := `{"id":"wh-1","url":"https://h.example","events":["key.created","wallet.created"],"status":"Enabled","dateCreated":"2020-01-01T00:00:00Z"}`
	lists := says(403, `{"error":{"message":"no"}}`)
	a := serve(t, map[string]http.HandlerFunc{
		"POST /auth/action": func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Date"] = nil
			says(200, `{"userAction":"token"}`)(w, r)
		},
		"POST /webhooks": cuts(""),
		"GET /webhooks":  func(w http.ResponseWriter, r *http.Request) { lists(w, r) },
	})
	client := a.client(t, func(config *dfns.Config) { config.Creates = log })
	if _, err := client.CreateWebhook(t.Context(), wanted); !dfns.OutcomeUnknown(err) {
		t.Fatalf("the outcome is not unknown: %v", err)
	}
	lists = says(200, `{"items":[`+old+`]}`)
	_, err := client.CreateWebhook(t.Context(), wanted)
	var found *dfns.InterruptedError
	if !errors.As(err, &found) || cmp.Diff([]string{"wh-1"}, found.IDs) != "" {
		t.Errorf("the error is %v", err)
	}
}

// What cannot be noted is created all the same, and a create that is refused or answered leaves no note.
func TestNotedCreate(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]sandbox.Fault{
		"answered": {Path: "/none", Effect: sandbox.DropBefore},
		"refused":  {Method: "POST", Path: "/webhooks", Effect: sandbox.Status, Status: 400},
		"signing":  {Path: "/auth/action", Effect: sandbox.Status, Status: 403},
		"not made": {Method: "POST", Path: "/webhooks", Effect: sandbox.DropAfter},
	} {
		s := start(t)
		fault(t, s, f)
		log := intent.NewLog(t.TempDir())
		_, err := newClient(t, s, func(config *dfns.Config) { config.Creates = log }).CreateWebhook(t.Context(), wanted)
		if left := log.Left(); (err == nil) != (name == "answered") || len(left) != 0 {
			t.Errorf("%s: %v, and %v is left", name, err, left)
		}
	}
	s := start(t)
	nowhere := func(config *dfns.Config) { config.Creates = intent.NewLog(os.DevNull) }
	if _, err := newClient(t, s, nowhere).CreateWebhook(t.Context(), wanted); err != nil {
		t.Error(err)
	}
}
