package dfns_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

var wanted = dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"key.created", "wallet.created"}, Status: "Enabled"}

// held returns a webhook of the content that the tests create.
func held(status string) state.Webhook {
	return state.Webhook{URL: wanted.URL, Events: []string{"wallet.created", "key.created"}, Status: status}
}

const (
	challenge = "POST /auth/action/init"
	answer    = "POST /auth/action"
	create    = "POST /webhooks"
	listing   = "GET /webhooks?limit=200"
)

// Each way in which an answer to a create can be lost, what is done about it, and what is said.
func TestCreateOnce(t *testing.T) {
	t.Parallel()
	post := func(effect string, times int) sandbox.Fault {
		return sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: effect, Status: 503, Times: times}
	}
	for name, test := range map[string]struct {
		fault    sandbox.Fault
		calls    []string
		recovery dfns.Recovery
	}{
		"nothing lost":        {sandbox.Fault{Path: "/none", Effect: "delay"}, []string{challenge, answer, create}, dfns.Recovery{}},
		"challenge lost":      {sandbox.Fault{Path: "/auth/action/init", Effect: "drop_after", Times: 1}, []string{challenge, challenge, answer, create}, dfns.Recovery{}},
		"token lost":          {sandbox.Fault{Path: "/auth/action", Effect: "drop_after", Times: 1}, []string{challenge, answer, challenge, answer, create}, dfns.Recovery{}},
		"token cut":           {sandbox.Fault{Path: "/auth/action", Effect: "status", Status: 500, Times: 2}, []string{challenge, answer, challenge, answer, challenge, answer, create}, dfns.Recovery{}},
		"limited":             {post("status_429", 2), []string{challenge, answer, create, create, create}, dfns.Recovery{}},
		"lost before":         {post("drop_before", 1), []string{challenge, answer, create, create}, dfns.Recovery{Resent: true}},
		"outage before":       {post("status", 1), []string{challenge, answer, create, create}, dfns.Recovery{Resent: true}},
		"proxy":               {post("html", 1), []string{challenge, answer, create, create}, dfns.Recovery{Resent: true}},
		"lost after":          {post("drop_after", 1), removed, dfns.Recovery{SignedAnew: true, Removed: []string{"orphan"}}},
		"outage after":        {post("status_after", 1), removed, dfns.Recovery{SignedAnew: true, Removed: []string{"orphan"}}},
		"truncated":           {post("truncate", 1), removed, dfns.Recovery{SignedAnew: true, Removed: []string{"orphan"}}},
		"lost before, always": {post("drop_before", 4), append(neverAnswered, listing, listing, challenge, answer, create, listing), dfns.Recovery{SignedAnew: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			if test.fault.Effect == "status_429" {
				test.fault.Effect, test.fault.Status = "status", 429
			}
			fault(t, s, test.fault)
			webhook, err := newClient(t, s).CreateWebhook(t.Context(), wanted)
			if err != nil {
				t.Fatal(err)
			}
			all := s.Dfns.Webhooks()
			if len(all) != 1 || all[0].ID != webhook.ID || all[0].Secret != string(webhook.Secret) {
				t.Errorf("the sandbox holds %+v, the answer is %+v", all, webhook)
			}
			for i, id := range webhook.Recovery.Removed {
				if !strings.HasPrefix(id, "wh-") || id == webhook.ID {
					t.Errorf("removed %s", id)
				}
				webhook.Recovery.Removed[i] = "orphan"
			}
			if diff := cmp.Diff(test.recovery, webhook.Recovery); diff != "" {
				t.Errorf("recovery (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.calls, withoutIDs(journal(s))); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// removed are the calls when the first create was made and its answer lost: the token is used up, the orphan found and
// deleted, and another webhook created.
var removed = []string{
	challenge, answer, create, create, listing, challenge, answer, "DELETE /webhooks/ID", challenge, answer, create, listing,
}

var neverAnswered = []string{challenge, answer, create, create, create, create}

func withoutIDs(calls []string) []string {
	for i, call := range calls {
		if at := strings.Index(call, "/wh-"); at >= 0 {
			calls[i] = call[:at] + "/ID"
		}
	}
	return calls
}

// When answers stay lost, nothing is left behind, and the error says so.
func TestCreateNeverAnswered(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{sandbox.DropBefore, sandbox.DropAfter, sandbox.StatusAfter, sandbox.Truncate, sandbox.HTML} {
		s := start(t)
		fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: effect, Status: 503})
		_, err := newClient(t, s).CreateWebhook(t.Context(), wanted)
		var not *dfns.NotMadeError
		if !errors.As(err, &not) || dfns.OutcomeUnknown(err) || len(s.Dfns.Webhooks()) != 0 {
			t.Errorf("%s: %d webhooks and %v", effect, len(s.Dfns.Webhooks()), err)
		}
	}
}

// What cannot be told apart is left alone and named: webhooks of the same content that are as new, whatever made them.
func TestCreateAmbiguous(t *testing.T) {
	t.Parallel()
	s := start(t)
	other := s.Dfns.Register(held("Enabled"))
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropAfter, Times: 1})
	_, err := newClient(t, s).CreateWebhook(t.Context(), wanted)
	var ambiguous *dfns.AmbiguousError
	if !errors.As(err, &ambiguous) || !dfns.OutcomeUnknown(err) || len(s.Dfns.Webhooks()) != 2 {
		t.Fatalf("%d webhooks and %v", len(s.Dfns.Webhooks()), err)
	}
	if diff := cmp.Diff([]string{other, s.Dfns.Webhooks()[1].ID}, ambiguous.IDs); diff != "" {
		t.Error(diff)
	}
}

// Of the webhooks that are there before, none is touched: not an older one of the same content, not one of another
// content, not one that this client has seen created.
func TestCreateSparesTheOthers(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	s := start(t, func(config *sandbox.Config) {
		config.Clock = func() time.Time { return now.Add(time.Duration(later.Load())) }
	})
	spared := []string{s.Dfns.Register(held("Enabled"))}
	later.Store(int64(2 * time.Second))
	spared = append(spared, s.Dfns.Register(held("Disabled")))
	client := newClient(t, s)
	twin, err := client.CreateWebhook(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropAfter, Times: 1})
	created, err := client.CreateWebhook(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, webhook := range s.Dfns.Webhooks() {
		got = append(got, webhook.ID)
	}
	if diff := cmp.Diff(spared[:1], created.Recovery.Suspects); diff != "" {
		t.Errorf("the one created only just before is not named: %s", diff)
	}
	if diff := cmp.Diff(append(spared, twin.ID, created.ID), got); diff != "" {
		t.Error(diff)
	}
}

// Without the API's clock nobody knows what is new, so nothing is deleted.
func TestCreateWithoutClock(t *testing.T) {
	t.Parallel()
	s := start(t)
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropAfter, Times: 1})
	target, err := url.Parse(s.DfnsURL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(response *http.Response) error {
		response.Header.Set("Date", "yesterday")
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	client := newClient(t, s, func(config *dfns.Config) { config.HTTP.BaseURL = server.URL })
	_, err = client.CreateWebhook(t.Context(), wanted)
	var ambiguous *dfns.AmbiguousError
	if !errors.As(err, &ambiguous) || len(s.Dfns.Webhooks()) != 1 {
		t.Errorf("%d webhooks and %v", len(s.Dfns.Webhooks()), err)
	}
}

// Finding out may fail as well. Then the outcome is unknown.
func TestResolveFails(t *testing.T) {
	t.Parallel()
	s := start(t)
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropAfter, Times: 1})
	fault(t, s, sandbox.Fault{Method: "GET", Path: "/webhooks", Effect: sandbox.Status, Status: 403})
	_, err := newClient(t, s).CreateWebhook(t.Context(), wanted)
	if !dfns.OutcomeUnknown(err) || !strings.Contains(err.Error(), "it is unknown whether the change was made") || len(s.Dfns.Webhooks()) != 1 {
		t.Errorf("%d webhooks and %v", len(s.Dfns.Webhooks()), err)
	}
}

// Creates of the same content take turns: were they made at once, the orphan of one could not be told from the other.
func TestEqualCreatesTakeTurns(t *testing.T) {
	t.Parallel()
	s := start(t)
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropAfter, Times: 4})
	client := newClient(t, s)
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			if _, err := client.CreateWebhook(t.Context(), wanted); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := len(s.Dfns.Webhooks()); got != 5 {
		t.Errorf("there are %d webhooks, want 5", got)
	}
}

// What makes webhooks that cannot be told apart takes turns, however url and events are written; all else is made at once.
func TestWhichCreatesTakeTurns(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in    dfns.CreateWebhookRequest
		waits bool
	}{
		"the same":             {wanted, true},
		"without status":       {dfns.CreateWebhookRequest{URL: wanted.URL, Events: wanted.Events}, true},
		"another way to write": {dfns.CreateWebhookRequest{URL: "HTTPS://H.example:443/", Events: wanted.Events, Status: wanted.Status}, true},
		"another order": {dfns.CreateWebhookRequest{
			URL: wanted.URL, Events: []string{"wallet.created", "key.created", "wallet.created"}, Status: wanted.Status,
		}, true},
		"another url":         {dfns.CreateWebhookRequest{URL: wanted.URL + "/other", Events: wanted.Events}, false},
		"other events":        {dfns.CreateWebhookRequest{URL: wanted.URL, Events: wanted.Events[:1]}, false},
		"another status":      {dfns.CreateWebhookRequest{URL: wanted.URL, Events: wanted.Events, Status: "Disabled"}, false},
		"another description": {dfns.CreateWebhookRequest{URL: wanted.URL, Events: wanted.Events, Description: "other"}, false},
	}
	for name, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			o := newOrganization(0)
			o.answer(create, 200, `{"id":"wh-1","url":"https://h.example"}`)
			client := o.client(t)
			release := o.hold(create)
			var group sync.WaitGroup
			for _, in := range []dfns.CreateWebhookRequest{wanted, test.in} {
				group.Go(func() {
					if _, err := client.CreateWebhook(t.Context(), in); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				})
				synctest.Wait()
			}
			if waited := len(o.made()) == 3; waited != test.waits {
				t.Errorf("%s: it waited: %t", name, waited)
			}
			release()
			group.Wait()
		})
	}
}

// An update and a delete: made or not, lost or not, they end as wanted and are made once.
func TestUpdateAndDeleteOnce(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{sandbox.DropBefore, sandbox.DropAfter, sandbox.Status, sandbox.StatusAfter, sandbox.Truncate, sandbox.HTML} {
		for times, name := range map[int]string{1: "once", 4: "every attempt", 0: "always"} {
			t.Run(effect+" "+name, func(t *testing.T) {
				t.Parallel()
				s := start(t)
				client := newClient(t, s)
				id := s.Dfns.Register(held("Enabled"))
				disabled := "Disabled"
				done := effect == sandbox.DropAfter || effect == sandbox.StatusAfter || effect == sandbox.Truncate

				fault(t, s, sandbox.Fault{Method: "PUT", Path: "/webhooks/*", Effect: effect, Status: 500, Times: times})
				webhook, err := client.UpdateWebhook(t.Context(), id, dfns.UpdateWebhookRequest{Status: &disabled})
				made := s.Dfns.Webhooks()[0].Status == disabled
				if (err == nil) != made || times > 0 && err != nil || made && !webhook.Recovery.Happened() || times == 0 && made != done {
					t.Errorf("update: made %t, %+v, %v", made, webhook, err)
				}

				fault(t, s, sandbox.Fault{Method: "DELETE", Path: "/webhooks/*", Effect: effect, Status: 500, Times: times})
				err = client.DeleteWebhook(t.Context(), id)
				gone := len(s.Dfns.Webhooks()) == 0
				if (err == nil || dfns.IsNotFound(err)) != gone || times > 0 && !gone || times == 0 && gone != done {
					t.Errorf("delete: gone %t, %v", gone, err)
				}
				if dfns.OutcomeUnknown(err) {
					t.Errorf("delete: nothing is unknown about %v", err)
				}
			})
		}
	}
}

// A change that someone else undid is made anew: reading tells what is, not what was sent.
func TestUpdateResolvedByReading(t *testing.T) {
	t.Parallel()
	const put, get = "PUT /webhooks/ID", "GET /webhooks/ID"
	for name, test := range map[string]struct {
		undone   bool
		recovery dfns.Recovery
		calls    []string
	}{
		"as sent": {false, dfns.Recovery{Confirmed: true}, []string{challenge, answer, put, put, get}},
		"undone":  {true, dfns.Recovery{SignedAnew: true}, []string{challenge, answer, put, put, get, challenge, answer, put}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			id := s.Dfns.Register(held("Enabled"))
			fault(t, s, sandbox.Fault{Method: "PUT", Path: "/webhooks/*", Effect: sandbox.DropAfter, Times: 1})
			sent := 0
			client := newClient(t, s, func(config *dfns.Config) {
				config.HTTP.Logger = onCall(func(method, _ string) {
					if method == "PUT" {
						sent++
					}
					if test.undone && sent == 2 {
						_ = s.Dfns.Edit(id, func(webhook *state.Webhook) { webhook.Status = "Enabled" })
					}
				})
			})
			disabled := "Disabled"
			webhook, err := client.UpdateWebhook(t.Context(), id, dfns.UpdateWebhookRequest{Status: &disabled})
			if err != nil {
				t.Fatal(err)
			}
			if webhook.Status != disabled || s.Dfns.Webhooks()[0].Status != disabled {
				t.Errorf("the answer is %+v, the sandbox holds %+v", webhook, s.Dfns.Webhooks())
			}
			if diff := cmp.Diff(test.recovery, webhook.Recovery); diff != "" {
				t.Errorf("recovery (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.calls, withoutIDs(journal(s))); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// A resend that a policy holds back is an answer: the sending before was not made, and this one is not done either.
func TestResendHeldBack(t *testing.T) {
	t.Parallel()
	s := start(t)
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropBefore, Times: 1})
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.Status, Status: 202})
	_, err := newClient(t, s).CreateWebhook(t.Context(), wanted)
	if !errors.Is(err, dfns.ErrPendingApproval) || dfns.OutcomeUnknown(err) {
		t.Errorf("%v, want that it is held back", err)
	}
	if diff := cmp.Diff([]string{challenge, answer, create, create}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// A caller who gives up is told although the API never answers, and that the outcome is unknown when the change has left.
func TestChangeCancelled(t *testing.T) {
	t.Parallel()
	for route, unknown := range map[string]bool{challenge: false, answer: false, create: true} {
		reached := make(chan struct{})
		a := serve(t, map[string]http.HandlerFunc{route: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body) // until then the server does not notice that its caller is gone
			close(reached)
			<-r.Context().Done()
		}})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := a.client(t).CreateWebhook(ctx, wanted)
			ended <- err
		}()
		<-reached
		cancel()
		err := <-ended
		if !errors.Is(err, context.Canceled) || dfns.OutcomeUnknown(err) != unknown {
			t.Errorf("%s: %v", route, err)
		}
	}
}

// A webhook of the same content that someone else creates meanwhile is not taken for what a lost create has made: while the
// token still works, that has made nothing.
func TestCreateLostBesideAnother(t *testing.T) {
	t.Parallel()
	s := start(t)
	others := s.Dfns.Register(held("Enabled"))
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropBefore, Times: 4})
	webhook, err := newClient(t, s).CreateWebhook(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	if all := s.Dfns.Webhooks(); len(all) != 2 || all[0].ID != others || all[1].ID != webhook.ID {
		t.Errorf("the sandbox holds %+v, the answer is %+v", all, webhook)
	}
	if diff := cmp.Diff(dfns.Recovery{Resent: true}, webhook.Recovery); diff != "" {
		t.Errorf("recovery (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append(neverAnswered, listing, create), journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// What someone else creates while a slow signer works is older than the create that is signed.
func TestCreateLostAfterSlowSigning(t *testing.T) {
	t.Parallel()
	vendors := clock.NewManual(now)
	s := start(t, func(config *sandbox.Config) { config.Clock = vendors.Now })
	var others string
	slow := func(config *dfns.Config) {
		signer := config.Signer
		config.Signer = signerFunc(func(message []byte) ([]byte, error) {
			if others == "" {
				others = s.Dfns.Register(held("Enabled"))
			}
			vendors.Move(2 * time.Second)
			return signer.Sign(t.Context(), message)
		})
	}
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.Status, Status: 502})
	_, err := newClient(t, s, slow).CreateWebhook(t.Context(), wanted)
	var not *dfns.NotMadeError
	if all := s.Dfns.Webhooks(); !errors.As(err, &not) || len(all) != 1 || all[0].ID != others {
		t.Errorf("the sandbox holds %+v, %v", all, err)
	}
}

// A resend that is refused for a reason of its own says nothing about the sending before it.
func TestResendRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 409, 429} {
		s := start(t)
		fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropAfter, Times: 1})
		fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.Status, Status: status})
		_, err := newClient(t, s).CreateWebhook(t.Context(), wanted)
		if dfns.Status(err) != status || dfns.OutcomeUnknown(err) || len(s.Dfns.Webhooks()) != 0 ||
			!strings.Contains(err.Error(), "the webhooks that lost creates had made were deleted: wh-") {
			t.Errorf("%d: %d webhooks and %v", status, len(s.Dfns.Webhooks()), err)
		}
	}
}

// What became of removing an orphan says nothing about the create that made it.
func TestOrphanCannotBeRemoved(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]sandbox.Fault{
		"outage":   {Method: "DELETE", Effect: sandbox.Status, Status: 503},
		"approval": {Method: "DELETE", Effect: sandbox.Status, Status: 202},
		"signing":  {Path: "/auth/action/init", Skip: 1, Effect: sandbox.Status, Status: 403},
	} {
		s := start(t)
		fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.StatusAfter, Status: 502, Times: 1})
		fault(t, s, f)
		_, err := newClient(t, s).CreateWebhook(t.Context(), wanted)
		var ambiguous *dfns.AmbiguousError
		if !errors.As(err, &ambiguous) || !dfns.OutcomeUnknown(err) || errors.Is(err, dfns.ErrPendingApproval) ||
			!strings.Contains(err.Error(), s.Dfns.Webhooks()[0].ID+": deleting it failed") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Some proxies send a change again if its answer does not come. The API then refuses a token as used that the client has sent
// once. The outcome of the change is as open as after a lost answer.
func TestChangeSentTwiceOnTheWay(t *testing.T) {
	t.Parallel()
	s := start(t)
	sent := 0
	forward := httputil.NewSingleHostReverseProxy(must(url.Parse(s.Env()["DFNS_API_URL"])))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sent++; r.Header.Get("X-Dfns-Useraction") != "" && sent <= 3 {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			forward.ServeHTTP(httptest.NewRecorder(), r)
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	client := newClient(t, s, func(config *dfns.Config) { config.HTTP.BaseURL = proxy.URL })

	webhook, err := client.CreateWebhook(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	if all := s.Dfns.Webhooks(); len(all) != 1 || all[0].ID != webhook.ID || all[0].Secret != string(webhook.Secret) {
		t.Errorf("the sandbox holds %+v, the answer is %+v", all, webhook)
	}
	if len(webhook.Recovery.Removed) != 1 || !webhook.Recovery.SignedAnew {
		t.Errorf("the first one was not removed: %+v", webhook.Recovery)
	}
	sent = 0
	description := "changed"
	changed, err := client.UpdateWebhook(t.Context(), webhook.ID, dfns.UpdateWebhookRequest{Description: &description})
	if err != nil || changed.Description != description || !changed.Recovery.Confirmed {
		t.Errorf("update: %+v, %v", changed, err)
	}
	sent = 0
	if err := client.DeleteWebhook(t.Context(), webhook.ID); err != nil && !dfns.IsNotFound(err) {
		t.Errorf("delete: %v", err)
	}
}

// A create that the API has taken is looked for longer than one that it may never have seen: it may only be slow to make it.
func TestCreateMadeSlowly(t *testing.T) {
	t.Parallel()
	lost := sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropBefore, Times: 1}
	used := sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.Status, Status: 400, Message: "user action has already been used", Times: 1}
	for name, faults := range map[string][]sandbox.Fault{"sent again": {lost, used}, "sent twice on the way": {used}} {
		s := start(t)
		for _, f := range faults {
			fault(t, s, f)
		}
		looks, slow := 0, ""
		client := newClient(t, s, func(config *dfns.Config) {
			config.HTTP.Logger = onCall(func(method, _ string) {
				if method == "GET" {
					if looks++; looks == 4 {
						slow = s.Dfns.Register(held("Enabled"))
					}
				}
			})
		})
		webhook, err := client.CreateWebhook(t.Context(), wanted)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(dfns.Recovery{SignedAnew: true, Removed: []string{slow}}, webhook.Recovery); diff != "" {
			t.Errorf("%s: recovery (-want +got):\n%s", name, diff)
		}
		if all := s.Dfns.Webhooks(); len(all) != 1 || all[0].ID != webhook.ID {
			t.Errorf("%s: the sandbox holds %+v, the answer is %+v", name, all, webhook)
		}
	}
}

// A create that the API has taken and makes only later is named when it appears.
func TestCreateMadeLate(t *testing.T) {
	t.Parallel()
	s := start(t)
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.DropBefore, Times: 1})
	fault(t, s, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: sandbox.Status, Status: 400, Message: "user action has already been used", Times: 1})
	late, calls := "", 0
	client := newClient(t, s, func(config *dfns.Config) {
		config.HTTP.Logger = onCall(func(method, path string) {
			if method == "POST" && path == "/webhooks" {
				if calls++; calls == 3 { // the create that was signed anew
					late = s.Dfns.Register(held("Enabled"))
				}
			}
		})
	})
	webhook, err := client.CreateWebhook(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{late}, webhook.Recovery.Suspects); diff != "" {
		t.Error(diff)
	}
}

// onCall is a logger that tells of each call that has been made.
type onCall func(method, path string)

func (f onCall) Debug(_ context.Context, _ string, fields map[string]any) {
	f(fields["method"].(string), fields["path"].(string))
}

func (onCall) Trace(context.Context, string, map[string]any) {}
