package enfinitos_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 2 * time.Minute

// subscribe registers a receiver and returns the id and the secret.
func (a *api) subscribe(r *receiver, events string) (id, secret string) {
	a.t.Helper()
	out := a.send("POST /v1/webhooks", `{"url":"`+r.url+`","events":[`+events+`],"label":"x"}`).ok(http.StatusCreated)
	return out["subscription"].(map[string]any)["subscriptionId"].(string), out["signingSecret"].(string)
}

// reached waits until the one delivery of a subscription has a status after so many attempts. It makes no calls, so that
// the ids of later answers do not depend on how long it takes.
func (a *api) reached(id, status string, attempts int) {
	a.t.Helper()
	var got []enfinitos.Delivery
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-time.After(time.Millisecond) {
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

// receiver answers with a status that a test may change, and hands on what it gets.
type receiver struct {
	url    string
	status atomic.Int64
	got    chan delivered
}

type delivered struct{ signature, body string }

func receive(t *testing.T, status int) *receiver {
	t.Helper()
	r := &receiver{got: make(chan delivered, 100)}
	r.status.Store(int64(status))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		w.WriteHeader(int(r.status.Load()))
		_, _ = io.WriteString(w, "so it goes")
		r.got <- delivered{request.Header.Get("Enfinitos-Signature"), string(body)}
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *receiver) next(t *testing.T) delivered {
	t.Helper()
	select {
	case got := <-r.got:
		return got
	case <-time.After(patience):
		t.Fatal("nothing is delivered")
		return delivered{}
	}
}

func (r *receiver) nothingMore(t *testing.T) {
	t.Helper()
	select {
	case got := <-r.got:
		t.Errorf("it also got %s", got.body)
	default:
	}
}

// signedWith checks a delivery as the vendor's page says: t=<unix s>,v1=<hex> with HMAC-SHA256 over <t>.<raw body>.
func (d delivered) signedWith(secret string, at time.Time) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, strconv.FormatInt(at.Unix(), 10)+"."+d.body)
	return d.signature == "t="+strconv.FormatInt(at.Unix(), 10)+",v1="+hex.EncodeToString(mac.Sum(nil))
}

func TestSignedDelivery(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 202, 204} {
		a, r := start(t), receive(t, status)
		id, secret := a.subscribe(r, `"right.issued"`)
		a.issue(`{"right":"<1>"}`)
		got := r.next(t)
		same(t, got.body, `{"data":{"right":"<1>"},"kind":"right.issued","occurredAt":"2026-01-02T03:04:05Z"}`)
		if !got.signedWith(secret, epoch) || got.signedWith(secret+"x", epoch) {
			t.Errorf("the signature is %q", got.signature)
		}
		one := a.listed(id, "delivered", 1)
		same(t, []any{one["httpStatus"], one["payload"], one["signatureHeader"], one["nextRetryAt"], one["deliveredAt"], one["errorMessage"]},
			[]any{float64(status), got.body, got.signature, nil, epochText, nil})
		same(t, a.server.Subscriptions()[0].LastDelivered, epoch)
	}
}

func TestDeliveriesGoToSubscribers(t *testing.T) {
	t.Parallel()
	a := start(t)
	one, all, other, paused := receive(t, 200), receive(t, 200), receive(t, 200), receive(t, 200)
	a.subscribe(one, `"right.issued"`)
	a.subscribe(all, `"*"`)
	a.subscribe(other, `"right.revoked"`)
	id, _ := a.subscribe(paused, `"*"`)
	a.send("POST /v1/webhooks/"+id+"/active", `{"active":false}`).ok()
	a.issue(`{}`)
	one.next(t)
	all.next(t)
	same(t, len(a.server.Deliveries()), 2)
	a.send("POST /v1/webhooks/"+id+"/active", `{"active":true}`).ok()
	for _, r := range []*receiver{one, all, other, paused} {
		r.nothingMore(t)
	}
}

// TestSchedule goes through the vendor's attempts: gaps of about 30 s, 2 min, 10 min and 1 h, then dead-lettered.
func TestSchedule(t *testing.T) {
	t.Parallel()
	a, r := start(t), receive(t, 500)
	id, secret := a.subscribe(r, `"*"`)
	a.issue(`{}`)
	first := r.next(t)
	for i, gap := range []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour} {
		a.listed(id, "failed", i+1)
		next := a.server.Deliveries()[0].NextRetry
		if got := next.Sub(a.clock.Now()); got < gap*8/10 || got > gap*12/10 {
			t.Errorf("gap %d is %s, want about %s", i+1, got, gap)
		}
		a.clock.Move(next.Sub(a.clock.Now()) - 1)
		r.nothingMore(t)
		a.clock.Move(1)
		got := r.next(t)
		if got.body != first.body || !got.signedWith(secret, a.clock.Now()) {
			t.Errorf("attempt %d is %+v", i+2, got)
		}
	}
	one := a.listed(id, "dead_lettered", 5)
	same(t, []any{one["httpStatus"], one["responseBodyExcerpt"], one["nextRetryAt"], one["deliveredAt"]}, []any{500.0, "so it goes", nil, nil})
	a.clock.Move(48 * time.Hour)
	same(t, a.send("POST /v1/webhooks/deliveries/process-due", `{}`).ok()["processed"], 0.0)
	r.nothingMore(t)

	// A replay by hand is what is left.
	replay := "POST /v1/webhooks/" + id + "/deliveries/" + one["deliveryId"].(string) + "/replay"
	same(t, a.send(replay, "").ok()["replay"], any(map[string]any{"ok": false, "errorMessage": "the receiver answered 500"}))
	r.next(t)
	a.listed(id, "dead_lettered", 6)
	r.status.Store(200)
	same(t, a.send(replay, "").ok()["replay"], any(map[string]any{"ok": true, "errorMessage": nil}))
	r.next(t)
	a.listed(id, "delivered", 7)
	r.nothingMore(t)
}

// process-due makes what is due now, and no attempt is made twice beside the ones the vendor makes by itself.
func TestProcessDueDelivers(t *testing.T) {
	t.Parallel()
	a, good, bad := start(t), receive(t, 200), receive(t, 500)
	to := map[*receiver]string{}
	for _, r := range []*receiver{good, bad} {
		to[r], _ = a.subscribe(r, `"key.rotated"`)
	}
	add := func(r *receiver, attempts int, due time.Duration) {
		a.server.AddDelivery(enfinitos.Delivery{SubscriptionID: to[r], Status: enfinitos.Failed, Attempts: attempts, NextRetry: epoch.Add(due)})
	}
	add(good, 1, -time.Minute)
	add(bad, 1, -time.Minute)
	add(bad, 4, 0)
	add(good, 1, time.Second) // not due
	add(good, 2, -time.Minute)
	same(t, a.send("POST /v1/webhooks/deliveries/process-due", `{"limit":4}`).ok(), map[string]any{
		"processed": 4.0, "delivered": 2.0, "failed": 1.0, "deadLettered": 1.0, "batchLimit": 4.0,
	})
	for _, r := range []*receiver{good, good, bad, bad} {
		r.next(t)
	}
	good.nothingMore(t)
	bad.nothingMore(t)
	// The one that failed goes on by itself.
	bad.status.Store(200)
	a.clock.Move(3 * time.Minute)
	bad.next(t)
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

func TestPausedGetsNothing(t *testing.T) {
	t.Parallel()
	a, r := start(t), receive(t, 500)
	id, _ := a.subscribe(r, `"*"`)
	a.issue(`{}`)
	r.next(t)
	one := a.listed(id, "failed", 1)
	a.send("POST /v1/webhooks/"+id+"/active", `{"active":false}`).ok()
	a.clock.Move(time.Hour)
	same(t, a.send("POST /v1/webhooks/deliveries/process-due", `{}`).ok()["processed"], 0.0)
	replayed := a.send("POST /v1/webhooks/"+id+"/deliveries/"+one["deliveryId"].(string)+"/replay", "").ok()["replay"]
	same(t, replayed, any(map[string]any{"ok": false, "errorMessage": "the subscription is paused"}))
	r.nothingMore(t)
	r.status.Store(200)
	a.send("POST /v1/webhooks/"+id+"/active", `{"active":true}`).ok()
	r.next(t)
	a.listed(id, "delivered", 2)
	r.nothingMore(t)
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
	a, r := start(t), receive(t, 500)
	id, secret := a.subscribe(r, `"*"`)
	a.issue(`{}`)
	r.next(t)
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
	r.status.Store(200)
	a.clock.Move(time.Minute)
	if got := r.next(t); !got.signedWith(secret, a.clock.Now()) {
		t.Errorf("got %+v", got)
	}
	a.listed(id, "delivered", 2)
	for _, text := range []string{`{}`, `[]`, `{"Unknown":1}`} {
		if err := a.server.Load(json.RawMessage(text)); err == nil {
			t.Errorf("%s is loaded", text)
		}
	}
	a.listed(id, "delivered", 2)
}

func TestRemovedSubscriptionGetsNothing(t *testing.T) {
	t.Parallel()
	a, r := start(t), receive(t, 500)
	id, _ := a.subscribe(r, `"*"`)
	a.issue(`{}`)
	r.next(t)
	a.listed(id, "failed", 1)
	a.server.Remove(id)
	a.clock.Move(48 * time.Hour)
	same(t, a.server.Pending(), 0)
	r.nothingMore(t)
}
