package dfns_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// signed checks a delivery as the vendor's page says: HMAC-SHA256 of the body with the secret as it was told.
func signed(got sandboxtest.Received, secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, got.Body)
	return got.Header.Get("X-DFNS-WEBHOOK-SIGNATURE") == "sha256="+hex.EncodeToString(mac.Sum(nil))
}

// fields decodes the payload.
func fields(t *testing.T, got sandboxtest.Received) map[string]any {
	t.Helper()
	return sandboxtest.Decode[map[string]any](t, got.Body)
}

// to registers a webhook for a receiver and returns its id and its secret.
func (a *api) to(r *sandboxtest.Receiver, events ...string) (id, secret string) {
	a.t.Helper()
	out := a.change("POST", "/webhooks", sandboxtest.Encode(a.t, map[string]any{"url": r.URL, "events": events})).ok()
	return out["id"].(string), out["secret"].(string)
}

func (a *api) raise(kind, data string) {
	a.t.Helper()
	if r := a.control("/_sandbox/events", `{"kind":"`+kind+`","data":`+data+`}`); r.status != http.StatusOK {
		a.t.Fatalf("raising %s: %d %s", kind, r.status, r.body)
	}
}

// recorded waits until so many attempts are in the books, and returns the latest.
func (a *api) recorded(count int) dfns.Event {
	a.t.Helper()
	for deadline := time.Now().Add(sandboxtest.Patience); time.Now().Before(deadline); <-time.After(time.Millisecond) {
		if events := a.server.Events(); len(events) >= count {
			if len(events) > count {
				a.t.Fatalf("%d attempts are recorded, want %d", len(events), count)
			}
			return events[count-1]
		}
	}
	a.t.Fatalf("%d attempts are recorded, want %d", len(a.server.Events()), count)
	return dfns.Event{}
}

func TestDelivery(t *testing.T) {
	t.Parallel()
	a, r := start(t), sandboxtest.Receive(t, 200)
	id, secret := a.to(r, "wallet.transfer.requested")
	a.raise("wallet.transfer.requested", `{ "transferRequest" : {"id":"xfr-1", "amount": 1.0, "note": "<é & \u2028>"} }`)
	got := r.Next(t)
	event := a.recorded(1)
	sandboxtest.Same(t, got.Body, `{"id":"`+event.ID+`","date":"`+epochText+`","kind":"wallet.transfer.requested","timestampSent":`+
		sandboxtest.Encode(t, epoch.Unix())+`,"deliveryAttempt":1,"data":{"transferRequest":{"id":"xfr-1","amount":1,"note":"<é & `+"\u2028"+`>"}}}`)
	sandboxtest.Same(t, got.Header.Get("Content-Type"), "application/json")
	sandboxtest.Same(t, eventID.MatchString(event.ID), true)
	if !signed(got, secret) || signed(got, secret+"x") {
		t.Errorf("the signature is %q", got.Header.Get("X-DFNS-WEBHOOK-SIGNATURE"))
	}
	sandboxtest.Same(t, a.get("/webhooks/" + id + "/events").ok()["items"], []any{map[string]any{
		"id": event.ID, "date": epochText, "kind": "wallet.transfer.requested", "status": "200", "timestampSent": float64(epoch.Unix()),
		"data":           map[string]any{"transferRequest": map[string]any{"id": "xfr-1", "amount": 1.0, "note": "<é & \u2028>"}},
		"deliveryFailed": false, "deliveryAttempt": 1.0,
	}})
}

func TestDeliveriesGoToSubscribers(t *testing.T) {
	t.Parallel()
	a := start(t)
	one, all, other, disabled := sandboxtest.Receive(t, 200), sandboxtest.Receive(t, 200), sandboxtest.Receive(t, 200), sandboxtest.Receive(t, 200)
	_, secretOfOne := a.to(one, "wallet.created")
	_, secretOfAll := a.to(all, "*")
	a.to(other, "policy.triggered")
	off, _ := a.to(disabled, "*")
	a.change("PUT", "/webhooks/"+off, `{"status":"Disabled"}`).ok()
	a.raise("wallet.created", `{}`)
	if !signed(one.Next(t), secretOfOne) || !signed(all.Next(t), secretOfAll) {
		t.Error("a delivery is not signed with its webhook's own secret")
	}
	a.recorded(2)
	for _, r := range []*sandboxtest.Receiver{one, all, other, disabled} {
		r.NothingMore(t)
	}
}

// TestSchedule goes through the vendor's attempts: five, at 1 minute, 12 minutes, 2 hours and a day after the first.
func TestSchedule(t *testing.T) {
	t.Parallel()
	a, r := start(t), sandboxtest.Receive(t, 500)
	id, secret := a.to(r, "*")
	a.raise("key.created", `{"n":1}`)
	var first dfns.Event
	seen := map[string]bool{}
	for i, after := range []time.Duration{0, time.Minute, 12 * time.Minute, 2 * time.Hour, 24 * time.Hour} {
		if i > 0 {
			sandboxtest.Same(t, a.recorded(i).Next, epoch.Add(after))
			a.clock.Move(epoch.Add(after).Sub(a.clock.Now()) - 1)
			r.NothingMore(t)
			a.clock.Move(1)
		}
		got, event := r.Next(t), a.recorded(i+1)
		if i == 0 {
			first = event
		}
		payload := fields(t, got)
		retryOf, _ := payload["retryOf"].(string)
		sandboxtest.Same(t, []any{payload["id"], payload["deliveryAttempt"], payload["date"], payload["timestampSent"], payload["data"]},
			[]any{event.ID, float64(i + 1), epochText, float64(epoch.Add(after).Unix()), map[string]any{"n": 1.0}})
		sandboxtest.Same(t, retryOf, map[bool]string{false: first.ID}[i == 0])
		sandboxtest.Same(t, []any{event.Failed, event.Status, event.RetryOf, event.Attempt}, []any{true, "500", retryOf, i + 1})
		if !signed(got, secret) || seen[event.ID] {
			t.Errorf("attempt %d: %+v, event %+v", i+1, got, event)
		}
		seen[event.ID] = true
	}
	sandboxtest.Same(t, a.recorded(5).Next.IsZero(), true)
	last := a.get("/webhooks/" + id + "/events/" + a.recorded(5).ID).ok()
	sandboxtest.Same(t, last["nextAttemptDate"], nil)
	a.clock.Move(30 * 24 * time.Hour)
	a.recorded(5)
	r.NothingMore(t)
	sandboxtest.Same(t, len(a.kinds("/webhooks/"+id+"/events?deliveryFailed=true")), 5)
}

// Anything but exactly 200 is a failure, and the first 200 ends the retries.
func TestOnly200IsSuccess(t *testing.T) {
	t.Parallel()
	for _, status := range []int{201, 202, 204, 302, 400, 404, 410, 503} {
		a, r := start(t), sandboxtest.Receive(t, status)
		id, _ := a.to(r, "*")
		a.raise("key.created", `{}`)
		r.Next(t)
		event := a.recorded(1)
		sandboxtest.Same(t, []any{event.Failed, event.Status}, []any{true, sandboxtest.Encode(t, status)})
		sandboxtest.Same(t, a.get("/webhooks/" + id + "/events/" + event.ID).ok()["nextAttemptDate"], "2026-01-02T03:05:05.678Z")
		r.Status.Store(200)
		a.clock.Move(time.Minute)
		r.Next(t)
		event = a.recorded(2)
		sandboxtest.Same(t, []any{event.Failed, event.Status, event.Next.IsZero()}, []any{false, "200", true})
		a.clock.Move(48 * time.Hour)
		a.recorded(2)
	}
}

func TestUnreachableReceiver(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*") // its url is on the internet
	a.raise("key.created", `{}`)
	event := a.get("/webhooks/" + id + "/events/" + a.recorded(1).ID).ok()
	sandboxtest.Same(t, []any{event["status"], event["deliveryFailed"]}, []any{"ENOTLOOPBACK", true})
	if text, _ := event["error"].(string); !strings.Contains(text, "loopback") {
		t.Errorf("the error is %q", text)
	}
}

func TestTimeScale(t *testing.T) {
	t.Parallel()
	a, r := start(t, func(o *dfns.Options) { o.Scale = 86400 }), sandboxtest.Receive(t, 500)
	a.to(r, "*")
	a.raise("key.created", `{}`)
	for range 5 {
		r.Next(t)
		a.clock.Move(time.Second)
	}
	sandboxtest.Same(t, a.recorded(5).Next.IsZero(), true)
}

func TestRetention(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	a.record("key.created", `{}`)
	event := a.server.Events()[0].ID
	a.clock.Move(31 * 24 * time.Hour)
	a.get("/webhooks/" + id + "/events/" + event).ok()
	a.clock.Move(1)
	a.get("/webhooks/"+id+"/events/"+event).refused(404, "event not found")
	sandboxtest.Same(t, a.kinds("/webhooks/"+id+"/events"), []string{})
}

func TestPing(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]map[string]any{
		200: {"status": "200"},
		204: {"status": "204", "error": "the receiver answered 204 and not 200"},
		500: {"status": "500", "error": "the receiver answered 500 and not 200"},
	} {
		a, r := start(t), sandboxtest.Receive(t, status)
		id, secret := a.to(r, "wallet.created")
		sandboxtest.Same(t, a.change("POST", "/webhooks/"+id+"/ping", "").ok(), want)
		got := r.Next(t)
		sandboxtest.Same(t, []any{fields(t, got)["kind"], fields(t, got)["data"], signed(got, secret)}, []any{"webhook.ping", map[string]any{}, true})
		a.clock.Move(time.Hour)
		r.NothingMore(t)
		sandboxtest.Same(t, a.get("/webhooks/"+id+"/events").ok(), map[string]any{"items": []any{}})
	}
}

func TestPingOfAReceiverThatDoesNotListen(t *testing.T) {
	t.Parallel()
	a := start(t)
	gone := httptest.NewServer(nil)
	gone.Close()
	id := a.server.Register(dfns.Webhook{URL: gone.URL, Events: []string{"*"}, Status: "Enabled"})
	out := a.change("POST", "/webhooks/"+id+"/ping", "").ok()
	if text, _ := out["error"].(string); out["status"] != "ECONNREFUSED" || !strings.Contains(text, "refused") {
		t.Errorf("got %v", out)
	}
}

// While a ping waits for its receiver, other calls are answered.
func TestOtherCallsDuringAPing(t *testing.T) {
	t.Parallel()
	a := start(t)
	asked, release := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-release
	}))
	t.Cleanup(server.Close)
	id := a.server.Register(dfns.Webhook{URL: server.URL, Events: []string{"*"}, Status: "Enabled"})
	path := "/webhooks/" + id + "/ping"
	token := a.userAction("POST", path, "")
	pinged := make(chan reply)
	go func() { pinged <- a.withToken(token, "POST", path, "") }()
	<-asked
	a.get("/webhooks/" + id).ok()
	close(release)
	sandboxtest.Same(t, (<-pinged).ok(), map[string]any{"status": "200"})
}

// A state that is loaded elsewhere goes on where it stopped, the retries included.
func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	a, r := start(t), sandboxtest.Receive(t, 500)
	id, secret := a.to(r, "*")
	a.raise("key.created", `{"n":1}`)
	r.Next(t)
	first := a.recorded(1)
	text, err := a.server.Save()
	if err != nil {
		t.Fatal(err)
	}

	engine := delivery.New(delivery.Options{Now: a.clock.Now, Wait: a.clock.Wait, Timeout: time.Hour})
	t.Cleanup(engine.Close)
	b := &api{t: t, clock: a.clock, token: a.token, signer: a.signer}
	b.server = dfns.New(dfns.Options{Clock: a.clock.Now, Random: newRandom(2), Engine: engine})
	if err := b.server.Load(text); err != nil {
		t.Fatal(err)
	}
	b.server.Resume()
	b.listen()
	sandboxtest.Same(t, b.server.Env("u"), a.server.Env("u"))
	sandboxtest.Same(t, b.get("/webhooks/"+id).ok(), a.get("/webhooks/"+id).ok())
	sandboxtest.Same(t, b.get("/webhooks/"+id+"/events").ok(), a.get("/webhooks/"+id+"/events").ok())
	b.change("PUT", "/webhooks/"+id, `{"description":"it can still sign"}`).ok()

	a.server.Reset() // so that only the other one retries
	r.Status.Store(200)
	a.clock.Move(time.Minute)
	got := r.Next(t)
	sandboxtest.Same(t, []any{fields(t, got)["retryOf"], fields(t, got)["deliveryAttempt"], signed(got, secret)}, []any{first.ID, 2.0, true})
	sandboxtest.Same(t, b.recorded(2).Failed, false)
	sandboxtest.Same(t, b.server.Events()[0].Next, first.Next)
}

func newRandom(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func TestResetEndsRetries(t *testing.T) {
	t.Parallel()
	a, r := start(t), sandboxtest.Receive(t, 500)
	a.to(r, "*")
	a.raise("key.created", `{}`)
	r.Next(t)
	a.recorded(1)
	a.server.Reset()
	a.clock.Move(48 * time.Hour)
	sandboxtest.Same(t, len(a.server.Events()), 0)
	r.NothingMore(t)
}

// What is being stopped takes on nothing that it could not deliver.
func TestEventIsRefusedWhenNothingIsTaken(t *testing.T) {
	t.Parallel()
	closed := delivery.New(delivery.Options{})
	closed.Close()
	a := start(t, func(o *dfns.Options) { o.Engine = closed })
	a.create("*")
	sandboxtest.Same(t, a.control("/_sandbox/events", `{"kind":"wallet.created"}`).status, 503)
	sandboxtest.Same(t, a.server.Pending(), 0)
}

// What counts is whether the webhook is enabled when a retry is due.
func TestDisabledWhenARetryIsDue(t *testing.T) {
	t.Parallel()
	status := func(status string) func(*api, string) {
		return func(a *api, id string) { a.change("PUT", "/webhooks/"+id, `{"status":"`+status+`"}`).ok() }
	}
	for name, c := range map[string]struct {
		early, late func(a *api, id string)
		attempts    int
	}{
		"disabled":        {status("Disabled"), status("Enabled"), 1}, // too late
		"deleted":         {func(a *api, id string) { a.change("DELETE", "/webhooks/"+id, "").ok() }, func(*api, string) {}, 1},
		"enabled in time": {func(a *api, id string) { status("Disabled")(a, id); status("Enabled")(a, id) }, func(*api, string) {}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, r := start(t), sandboxtest.Receive(t, 500)
			id, _ := a.to(r, "*")
			a.raise("key.created", `{}`)
			r.Next(t)
			a.recorded(1)
			r.Status.Store(200)
			c.early(a, id)
			a.clock.Move(time.Minute)
			sandboxtest.Eventually(t, "nothing is pending", func() bool { return a.server.Pending() == 0 })
			c.late(a, id)
			a.clock.Move(48 * time.Hour)
			sandboxtest.Same(t, a.recorded(c.attempts).Next.IsZero(), true)
			if c.attempts == 2 {
				sandboxtest.Same(t, fields(t, r.Next(t))["deliveryAttempt"], 2.0)
			}
			r.NothingMore(t)
		})
	}
}
