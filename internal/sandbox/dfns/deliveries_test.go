package dfns_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// signed checks a delivery as the vendor's page says: HMAC-SHA256 of the body with the secret as the create returned it.
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
	id = a.server.Register(dfns.Webhook{URL: r.URL, Events: events, Status: "Enabled"})
	return id, a.server.Secrets()[id]
}

// failing raises an event for a webhook whose receiver answers a status.
func (a *api) failing(status int) (r *sandboxtest.Receiver, id, secret string) {
	a.t.Helper()
	r = sandboxtest.Receive(a.t, status)
	id, secret = a.to(r, "*")
	a.raise("key.created", `{"n":1}`)
	return r, id, secret
}

func (a *api) raise(kind, data string) {
	a.t.Helper()
	if _, err := a.server.Raise(kind, json.RawMessage(data)); err != nil {
		a.t.Fatal(err)
	}
}

// recorded waits until so many attempts are in the books, and returns the latest.
func (a *api) recorded(count int) dfns.Event {
	a.t.Helper()
	sandboxtest.Eventually(a.t, "the attempts are recorded", func() bool { return len(a.server.Events()) >= count })
	sandboxtest.Same(a.t, len(a.server.Events()), count)
	return a.server.Events()[count-1]
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

// TestSchedule goes through the vendor's attempts: five, at 1 minute, 12 minutes, 2 hours and a day after the first.
func TestSchedule(t *testing.T) {
	t.Parallel()
	for _, scale := range []delivery.Scale{1, 60} {
		a := start(t, func(o *dfns.Options) { o.Scale = scale })
		r, id, secret := a.failing(500)
		var first dfns.Event
		seen := map[string]bool{}
		for i, after := range []time.Duration{0, time.Minute, 12 * time.Minute, 2 * time.Hour, 24 * time.Hour} {
			after = scale.Shorten(after)
			if i > 0 {
				sandboxtest.Same(t, a.recorded(i).NextRetry, epoch.Add(after))
				a.clock.Move(epoch.Add(after).Sub(a.clock.Now()) - 1)
				r.NothingMore(t)
				a.clock.Move(1)
			}
			got, event := r.Next(t), a.recorded(i+1)
			want := map[string]any{
				"id": event.ID, "kind": "key.created", "deliveryAttempt": float64(i + 1), "date": epochText,
				"timestampSent": float64(epoch.Add(after).Unix()), "data": map[string]any{"n": 1.0},
			}
			if i == 0 {
				first = event
			} else {
				want["retryOf"] = first.ID
			}
			sandboxtest.Same(t, fields(t, got), want)
			sandboxtest.Same(t, []any{event.Status, event.HTTPStatus, event.RetryOf == first.ID, event.Attempts}, []any{simulation.Failed, 500, i > 0, i + 1})
			sandboxtest.Same(t, []bool{signed(got, secret), seen[event.ID]}, []bool{true, false})
			seen[event.ID] = true
		}
		sandboxtest.Same(t, a.get("/webhooks/" + id + "/events/" + a.recorded(5).ID).ok()["nextAttemptDate"], nil)
		a.clock.Move(30 * 24 * time.Hour)
		a.recorded(5)
		r.NothingMore(t)
		failed, _ := a.page("/webhooks/" + id + "/events?deliveryFailed=true")
		sandboxtest.Same(t, len(failed), 5)
	}
}

// Anything but exactly 200 is a failure, and the first 200 ends the retries.
func TestOnly200IsSuccess(t *testing.T) {
	t.Parallel()
	for _, status := range []int{201, 204, 302, 404, 503} {
		a := start(t)
		r, id, _ := a.failing(status)
		event := a.recorded(1)
		sandboxtest.Same(t, []any{event.Status, event.HTTPStatus}, []any{simulation.Failed, status})
		sandboxtest.Same(t, a.get("/webhooks/" + id + "/events/" + event.ID).ok()["nextAttemptDate"], "2026-01-02T03:05:05.678Z")
		r.Status.Store(200)
		a.clock.Move(time.Minute)
		event = a.recorded(2)
		sandboxtest.Same(t, []any{event.Status, event.HTTPStatus, event.NextRetry.IsZero()}, []any{simulation.Delivered, 200, true})
		a.clock.Move(48 * time.Hour)
		a.recorded(2)
	}
}

// The vendor keeps events for 31 days.
func TestRetention(t *testing.T) {
	t.Parallel()
	a := start(t)
	webhook := a.create("*")
	path := "/webhooks/" + webhook + "/events"
	a.raise("key.created", `{}`)
	id := a.recorded(1).ID
	_ = a.server.Edit(webhook, func(w *dfns.Webhook) { w.Status = "Disabled" }) // so that there is no further attempt
	a.clock.Move(31 * 24 * time.Hour)
	event := a.get(path + "/" + id).ok()
	sandboxtest.Same(t, []any{event["status"], event["deliveryFailed"]}, []any{"ENOTLOOPBACK", true})
	sandboxtest.Contains(t, event["error"].(string), "loopback")
	a.clock.Move(1)
	a.get(path+"/"+id).refused(404, "event not found")
	sandboxtest.Same(t, a.get(path).ok(), map[string]any{"items": []any{}})
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
	id := a.server.Register(dfns.Webhook{URL: server.URL})
	pinged := make(chan reply)
	go func() { pinged <- a.change("POST", "/webhooks/"+id+"/ping", "") }()
	<-asked
	a.get("/webhooks/" + id).ok()
	close(release)
	sandboxtest.Same(t, (<-pinged).ok(), map[string]any{"status": "200"})
}

// What is being stopped takes on nothing that it could not deliver.
func TestEventIsRefusedWhenNothingIsTaken(t *testing.T) {
	t.Parallel()
	closed := delivery.New(delivery.Options{})
	closed.Close()
	a := start(t)
	a.create("*")
	got := sandboxtest.Serve(t.Context(), closed.Events(a.server), "POST /_sandbox/events", `{"kind":"wallet.created"}`, nil)
	sandboxtest.Same(t, []int{got.Status, a.server.Pending()}, []int{503, 0})
}
