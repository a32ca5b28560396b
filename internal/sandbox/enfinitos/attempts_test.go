package enfinitos_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// failing issues an event to a subscription whose receiver answers a status.
func (a *api) failing(status int) (r *sandboxtest.Receiver, id, secret string) {
	a.t.Helper()
	r = sandboxtest.Receive(a.t, status)
	id = a.create(r.URL)
	a.issue(`{"right":"<1>"}`)
	return r, id, a.server.Secrets()[id]
}

// listed returns the one delivery of a subscription once it has a status after so many attempts.
func (a *api) listed(id, status string, attempts int) map[string]any {
	a.t.Helper()
	sandboxtest.Eventually(a.t, "the delivery is "+status, func() bool {
		return slices.ContainsFunc(a.server.Deliveries(), func(d enfinitos.Delivery) bool {
			return d.WebhookID == id && d.Status == status && d.Attempts == attempts
		})
	})
	data := a.send("GET /v1/webhooks/"+id+"/deliveries", "").ok()
	sandboxtest.Same(a.t, data["total"], any(1.0))
	return data["deliveries"].([]any)[0].(map[string]any)
}

func (a *api) setActive(id string, active bool) {
	a.t.Helper()
	a.send("POST /v1/webhooks/"+id+"/active", sandboxtest.Encode(a.t, map[string]bool{"active": active})).ok()
}

// signed checks a delivery as the vendor's page says: t=<unix s>,v1=<hex> with HMAC-SHA256 over <t>.<raw body>.
func signed(got sandboxtest.Received, secret string, at time.Time) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, strconv.FormatInt(at.Unix(), 10)+"."+got.Body)
	return signature(got) == "t="+strconv.FormatInt(at.Unix(), 10)+",v1="+hex.EncodeToString(mac.Sum(nil))
}

func signature(got sandboxtest.Received) string { return got.Header.Get("Enfinitos-Signature") }

// Any 2xx is a success.
func TestSignedDelivery(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 204, 299} {
		a := start(t)
		r, id, secret := a.failing(status)
		got := r.Next(t)
		sandboxtest.Same(t, got.Body, `{"data":{"right":"<1>"},"kind":"right.issued","occurredAt":"2026-01-02T03:04:05Z"}`)
		if !signed(got, secret, epoch) || signed(got, secret+"x", epoch) {
			t.Errorf("the signature is %q", signature(got))
		}
		sandboxtest.Same(t, a.listed(id, "delivered", 1)["httpStatus"], any(float64(status)))
	}
}

// TestSchedule goes through the vendor's attempts: gaps of about 30 s, 2 min, 10 min and 1 h, then dead-lettered.
func TestSchedule(t *testing.T) {
	t.Parallel()
	a := start(t)
	r, id, secret := a.failing(500)
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
	sandboxtest.Same(t, a.send(processDue, `{}`).ok()["processed"], 0.0)
	r.NothingMore(t)

	// A replay by hand is what is left.
	replay := a.replay(id, one["deliveryId"].(string))
	sandboxtest.Same(t, a.send(replay, "").ok()["replay"], any(map[string]any{"ok": false, "errorMessage": "the receiver answered 500"}))
	r.Next(t)
	a.listed(id, "dead_lettered", 6)
	r.Status.Store(200)
	sandboxtest.Same(t, a.send(replay, "").ok()["replay"], any(map[string]any{"ok": true, "errorMessage": nil}))
	r.Next(t)
	a.listed(id, "delivered", 7)
	r.NothingMore(t)
}

const processDue = "POST /v1/webhooks/deliveries/process-due"

// process-due makes what is due now, in batches, and no attempt is made twice beside the ones the vendor makes by itself.
func TestProcessDue(t *testing.T) {
	t.Parallel()
	a, good, bad := start(t), sandboxtest.Receive(t, 200), sandboxtest.Receive(t, 500)
	toGood, toBad := a.create(good.URL), a.create(bad.URL)
	for range 12 {
		a.add(toGood, enfinitos.Delivery{Attempts: 1, NextRetry: epoch})
	}
	a.add(toGood, enfinitos.Delivery{Attempts: 1, NextRetry: epoch.Add(time.Second)})
	for _, status := range []string{enfinitos.Queued, enfinitos.Delivered, enfinitos.DeadLettered} {
		a.add(toGood, enfinitos.Delivery{Status: status, Attempts: 1, NextRetry: epoch})
	}
	a.add(toBad, enfinitos.Delivery{Attempts: 1, NextRetry: epoch.Add(-time.Minute)})
	a.add(toBad, enfinitos.Delivery{Attempts: 4, NextRetry: epoch})
	process := func(body string, processed, delivered, limit float64) {
		t.Helper()
		sandboxtest.Same(t, a.send(processDue, body).ok(), map[string]any{
			"processed": processed, "delivered": delivered, "failed": (processed - delivered) / 2, "deadLettered": (processed - delivered) / 2,
			"batchLimit": limit,
		})
	}
	process(`{"limit":1}`, 1, 1, 1)
	process(``, 10, 10, 10)
	process(`{}`, 3, 1, 10)
	process(`{"limit":50}`, 0, 0, 50)
	a.clock.Move(time.Second)
	process(``, 1, 1, 10)
	counts := map[string]int{}
	for _, delivery := range a.server.Deliveries() {
		counts[fmt.Sprintf("%s %d %t", delivery.Status, delivery.Attempts, delivery.NextRetry.IsZero())]++
	}
	sandboxtest.Same(t, counts, map[string]int{
		"delivered 2 true": 13, "queued 1 false": 1, "delivered 1 false": 1, "dead_lettered 1 false": 1, "failed 2 false": 1, "dead_lettered 5 true": 1,
	})
	for range 13 {
		good.Next(t)
	}
	bad.Next(t)
	bad.Next(t)
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
	id := a.create(server.URL)
	a.add(id, enfinitos.Delivery{Attempts: 1})
	got := sandboxtest.Serve(ctx, a.server, processDue, "", http.Header{"Authorization": {"Bearer " + a.key}})
	sandboxtest.Same(t, got.Status, http.StatusServiceUnavailable)
	a.listed(id, "delivered", 2)
}

func TestNoDeliveryWhilePaused(t *testing.T) {
	t.Parallel()
	a := start(t)
	other := a.create(sandboxtest.Receive(t, 500).URL)
	r, id, _ := a.failing(500)
	one := a.listed(id, "failed", 1)
	a.listed(other, "failed", 1)
	a.setActive(id, false)
	a.clock.Move(time.Hour)
	a.listed(other, "failed", 2) // whatever was due has had its turn
	sandboxtest.Same(t, a.send(processDue, `{}`).ok()["processed"], any(0.0))
	replayed := a.send(a.replay(id, one["deliveryId"].(string)), "").ok()["replay"]
	sandboxtest.Same(t, replayed, any(map[string]any{"ok": false, "errorMessage": "the subscription is paused"}))
	r.Next(t)
	r.NothingMore(t)
	r.Status.Store(200)
	a.setActive(id, true)
	a.listed(id, "delivered", 2)
	r.Next(t)
	r.NothingMore(t)
}

func TestNoDeliveryAfterRemove(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, kept := a.create("https://hooks.example.com/"), a.create("https://hooks.example.com/") // not on this machine
	a.issue(`{}`)
	one := a.listed(id, "failed", 1)
	sandboxtest.Same(t, one["httpStatus"], nil)
	sandboxtest.Contains(t, one["errorMessage"].(string), "loopback")
	a.server.Remove(id)
	sandboxtest.Same(t, []int{a.server.Pending(), len(a.server.Deliveries())}, []int{1, 1})
	a.listed(kept, "failed", 1)
}
