package enfinitos_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// subscribe registers a receiver and returns the id and the secret.
func (a *api) subscribe(r *sandboxtest.Receiver, events string) (id, secret string) {
	a.t.Helper()
	out := a.send("POST /v1/webhooks", `{"url":"`+r.URL+`","events":[`+events+`],"label":"x"}`).ok(http.StatusCreated)
	return out["subscription"].(map[string]any)["subscriptionId"].(string), out["signingSecret"].(string)
}

// reached waits until the one delivery of a subscription has a status after so many attempts. It makes no calls, so that
// the ids of later answers do not depend on how long it takes.
func (a *api) reached(id, status string, attempts int) {
	a.t.Helper()
	var got []enfinitos.Delivery
	for deadline := time.Now().Add(sandboxtest.Patience); time.Now().Before(deadline); <-time.After(time.Millisecond) {
		got = slices.DeleteFunc(a.server.Deliveries(), func(d enfinitos.Delivery) bool { return d.SubscriptionID != id })
		if len(got) == 1 && got[0].Status == status && got[0].Attempts == attempts {
			return
		}
	}
	a.t.Fatalf("the deliveries are %+v, want one that is %s after %d attempts", got, status, attempts)
}

// listed returns the one delivery of a subscription once it has a status after so many attempts.
func (a *api) listed(id, status string, attempts int) map[string]any {
	a.t.Helper()
	a.reached(id, status, attempts)
	return a.send("GET /v1/webhooks/"+id+"/deliveries", "").ok()["deliveries"].([]any)[0].(map[string]any)
}

// signed checks a delivery as the vendor's page says: t=<unix s>,v1=<hex> with HMAC-SHA256 over <t>.<raw body>.
func signed(got sandboxtest.Received, secret string, at time.Time) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, strconv.FormatInt(at.Unix(), 10)+"."+got.Body)
	return signature(got) == "t="+strconv.FormatInt(at.Unix(), 10)+",v1="+hex.EncodeToString(mac.Sum(nil))
}

func signature(got sandboxtest.Received) string { return got.Header.Get("Enfinitos-Signature") }

func TestSignedDelivery(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 202, 204} {
		a, r := start(t), sandboxtest.Receive(t, status)
		id, secret := a.subscribe(r, `"right.issued"`)
		a.issue(`{"right":"<1>"}`)
		got := r.Next(t)
		sandboxtest.Same(t, got.Body, `{"data":{"right":"<1>"},"kind":"right.issued","occurredAt":"2026-01-02T03:04:05Z"}`)
		if !signed(got, secret, epoch) || signed(got, secret+"x", epoch) {
			t.Errorf("the signature is %q", signature(got))
		}
		one := a.listed(id, "delivered", 1)
		sandboxtest.Same(t, []any{one["httpStatus"], one["payload"], one["signatureHeader"], one["nextRetryAt"], one["deliveredAt"], one["errorMessage"]},
			[]any{float64(status), got.Body, signature(got), nil, epochText, nil})
		sandboxtest.Same(t, a.server.Subscriptions()[0].LastDelivered, epoch)
	}
}

func TestDeliveriesGoToSubscribers(t *testing.T) {
	t.Parallel()
	a := start(t)
	one, all, other, paused := sandboxtest.Receive(t, 200), sandboxtest.Receive(t, 200), sandboxtest.Receive(t, 200), sandboxtest.Receive(t, 200)
	a.subscribe(one, `"right.issued"`)
	a.subscribe(all, `"*"`)
	a.subscribe(other, `"right.revoked"`)
	id, _ := a.subscribe(paused, `"*"`)
	a.send("POST /v1/webhooks/"+id+"/active", `{"active":false}`).ok()
	a.issue(`{}`)
	one.Next(t)
	all.Next(t)
	sandboxtest.Same(t, len(a.server.Deliveries()), 2)
	a.send("POST /v1/webhooks/"+id+"/active", `{"active":true}`).ok()
	for _, r := range []*sandboxtest.Receiver{one, all, other, paused} {
		r.NothingMore(t)
	}
}

// TestSchedule goes through the vendor's attempts: gaps of about 30 s, 2 min, 10 min and 1 h, then dead-lettered.
func TestSchedule(t *testing.T) {
	t.Parallel()
	a, r := start(t), sandboxtest.Receive(t, 500)
	id, secret := a.subscribe(r, `"*"`)
	a.issue(`{}`)
	first := r.Next(t)
	for i, gap := range []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour} {
		a.listed(id, "failed", i+1)
		next := a.server.Deliveries()[0].NextRetry
		if got := next.Sub(a.clock.Now()); got < gap*8/10 || got > gap*12/10 {
			t.Errorf("gap %d is %s, want about %s", i+1, got, gap)
		}
		a.clock.Move(next.Sub(a.clock.Now()) - 1)
		r.NothingMore(t)
		a.clock.Move(1)
		got := r.Next(t)
		if got.Body != first.Body || !signed(got, secret, a.clock.Now()) {
			t.Errorf("attempt %d is %+v", i+2, got)
		}
	}
	one := a.listed(id, "dead_lettered", 5)
	sandboxtest.Same(t, []any{one["httpStatus"], one["responseBodyExcerpt"], one["nextRetryAt"], one["deliveredAt"]}, []any{500.0, "so it goes", nil, nil})
	a.clock.Move(48 * time.Hour)
	sandboxtest.Same(t, a.send("POST /v1/webhooks/deliveries/process-due", `{}`).ok()["processed"], 0.0)
	r.NothingMore(t)

	// A replay by hand is what is left.
	replay := "POST /v1/webhooks/" + id + "/deliveries/" + one["deliveryId"].(string) + "/replay"
	sandboxtest.Same(t, a.send(replay, "").ok()["replay"], any(map[string]any{"ok": false, "errorMessage": "the receiver answered 500"}))
	r.Next(t)
	a.listed(id, "dead_lettered", 6)
	r.Status.Store(200)
	sandboxtest.Same(t, a.send(replay, "").ok()["replay"], any(map[string]any{"ok": true, "errorMessage": nil}))
	r.Next(t)
	a.listed(id, "delivered", 7)
	r.NothingMore(t)
}

// process-due makes what is due now, and no attempt is made twice beside the ones the vendor makes by itself.
func TestProcessDueDelivers(t *testing.T) {
	t.Parallel()
	a, good, bad := start(t), sandboxtest.Receive(t, 200), sandboxtest.Receive(t, 500)
	to := map[*sandboxtest.Receiver]string{}
	for _, r := range []*sandboxtest.Receiver{good, bad} {
		to[r], _ = a.subscribe(r, `"key.rotated"`)
	}
	add := func(r *sandboxtest.Receiver, attempts int, due time.Duration) {
		a.server.AddDelivery(enfinitos.Delivery{SubscriptionID: to[r], Status: enfinitos.Failed, Attempts: attempts, NextRetry: epoch.Add(due)})
	}
	add(good, 1, -time.Minute)
	add(bad, 1, -time.Minute)
	add(bad, 4, 0)
	add(good, 1, time.Second) // not due
	add(good, 2, -time.Minute)
	sandboxtest.Same(t, a.send("POST /v1/webhooks/deliveries/process-due", `{"limit":4}`).ok(), map[string]any{
		"processed": 4.0, "delivered": 2.0, "failed": 1.0, "deadLettered": 1.0, "batchLimit": 4.0,
	})
	for _, r := range []*sandboxtest.Receiver{good, good, bad, bad} {
		r.Next(t)
	}
	good.NothingMore(t)
	bad.NothingMore(t)
	// The one that failed goes on by itself.
	bad.Status.Store(200)
	a.clock.Move(3 * time.Minute)
	bad.Next(t)
}

// A caller that has gone leaves the attempt to be made, and it is made.
func TestProcessDueWithoutCaller(t *testing.T) {
	t.Parallel()
	a := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if calls.Add(1) == 1 {
			cancel()
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close)
	id := a.server.Register(enfinitos.Subscription{URL: server.URL, Events: []string{"*"}, Label: "x"})
	a.server.AddDelivery(enfinitos.Delivery{SubscriptionID: id, Status: enfinitos.Failed, Attempts: 1})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+"/v1/webhooks/deliveries/process-due", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+a.key)
	if response, err := http.DefaultClient.Do(request); err == nil {
		t.Errorf("it is answered %d", response.StatusCode)
	}
	a.listed(id, "delivered", 2)
}

func TestNoDeliveryWhilePaused(t *testing.T) {
	t.Parallel()
	a, r := start(t), sandboxtest.Receive(t, 500)
	id, _ := a.subscribe(r, `"*"`)
	a.issue(`{}`)
	r.Next(t)
	one := a.listed(id, "failed", 1)
	a.send("POST /v1/webhooks/"+id+"/active", `{"active":false}`).ok()
	a.clock.Move(time.Hour)
	sandboxtest.Same(t, a.send("POST /v1/webhooks/deliveries/process-due", `{}`).ok()["processed"], 0.0)
	replayed := a.send("POST /v1/webhooks/"+id+"/deliveries/"+one["deliveryId"].(string)+"/replay", "").ok()["replay"]
	sandboxtest.Same(t, replayed, any(map[string]any{"ok": false, "errorMessage": "the subscription is paused"}))
	r.NothingMore(t)
	r.Status.Store(200)
	a.send("POST /v1/webhooks/"+id+"/active", `{"active":true}`).ok()
	r.Next(t)
	a.listed(id, "delivered", 2)
	r.NothingMore(t)
}

func TestUnreachableReceiver(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.server.Register(enfinitos.Subscription{URL: "https://hooks.example.com/", Events: []string{"*"}, Label: "x"})
	a.issue(`{}`)
	one := a.listed(id, "failed", 1)
	if text, _ := one["errorMessage"].(string); one["httpStatus"] != nil || !strings.Contains(text, "loopback") {
		t.Errorf("the delivery is %v", one)
	}
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	a, r := start(t), sandboxtest.Receive(t, 500)
	id, secret := a.subscribe(r, `"*"`)
	a.issue(`{}`)
	r.Next(t)
	a.listed(id, "failed", 1)
	text, err := a.server.Save()
	if err != nil {
		t.Fatal(err)
	}
	a.server.Reset()
	if err := a.server.Load(text); err != nil {
		t.Fatal(err)
	}
	a.server.Resume()
	r.Status.Store(200)
	a.clock.Move(time.Minute)
	if got := r.Next(t); !signed(got, secret, a.clock.Now()) {
		t.Errorf("got %+v", got)
	}
	a.listed(id, "delivered", 2)
}

func TestNoDeliveryAfterRemove(t *testing.T) {
	t.Parallel()
	a, r := start(t), sandboxtest.Receive(t, 500)
	id, _ := a.subscribe(r, `"*"`)
	a.issue(`{}`)
	r.Next(t)
	a.listed(id, "failed", 1)
	a.server.Remove(id)
	a.clock.Move(48 * time.Hour)
	sandboxtest.Same(t, a.server.Pending(), 0)
	r.NothingMore(t)
}
