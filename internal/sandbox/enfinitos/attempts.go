package enfinitos

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// gaps are the vendor's waits before the attempts after the first. Each gets a jitter of a fifth either way.
var gaps = []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}

// Raise sends an event to each active subscription that wants its kind, and returns how many those are before their receivers answer.
func (s *Server) Raise(kind string, data json.RawMessage) (deliveries int, err error) {
	err = s.raise(kind, data, func(_ *Subscription, made Delivery) {
		deliveries++
		s.options.Engine.Enqueue(&attempt{server: s, delivery: s.record(made)})
	})
	return deliveries, err
}

// Resend makes one attempt of a delivery, as a replay does.
func (s *Server) Resend(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return fmt.Errorf("there is no delivery %s", id)
	}
	subscription := s.subscriptions.Find(d.SubscriptionID)
	if !subscription.Active {
		return fmt.Errorf("the subscription %s is paused", subscription.ID)
	}
	_, err := s.replayed(ctx, subscription, d)
	return err
}

// attempt makes the attempts of one delivery that are not made by a call.
type attempt struct {
	server   *Server
	delivery *Delivery
	signed   string
}

// Receiver implements delivery.Job.
func (a *attempt) Receiver() string { return a.delivery.SubscriptionID }

// Attempt implements delivery.Job. Since the attempt was planned, a call may have made it, or the subscription may have been paused:
// resuming it plans the attempt again.
func (a *attempt) Attempt() (delivery.Request, bool) {
	s := a.server
	s.mu.Lock()
	defer s.mu.Unlock()
	subscription := s.subscriptions.Find(a.delivery.SubscriptionID)
	if subscription == nil || !subscription.Active || !s.due(a.delivery) {
		return delivery.Request{}, false
	}
	a.delivery.busy = true
	var request delivery.Request
	request, a.signed = s.request(subscription, a.delivery)
	return request, true
}

// due is true for a delivery whose next attempt may be made now.
func (s *Server) due(d *Delivery) bool {
	return s.byID[d.ID] == d && !d.busy && !d.settled() && !d.NextRetry.After(s.options.Clock())
}

// Done implements delivery.Job.
func (a *attempt) Done(result delivery.Result) time.Time {
	s := a.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conclude(a.delivery, a.signed, result)
	s.options.Changed()
	return a.delivery.NextRetry
}

// request returns the request of an attempt and its signature header.
func (s *Server) request(subscription *Subscription, d *Delivery) (request delivery.Request, signed string) {
	at := fmt.Sprint(s.options.Clock().Unix())
	mac := hmac.New(sha256.New, []byte(subscription.Secret))
	mac.Write([]byte(at + "." + d.Payload))
	signed = "t=" + at + ",v1=" + hex.EncodeToString(mac.Sum(nil))
	return delivery.Request{URL: subscription.URL, Body: []byte(d.Payload), Header: headers(signed)}, signed
}

func headers(signature string) map[string]string {
	return map[string]string{
		"Content-Type":        "application/json",
		"User-Agent":          "webhook-sandbox (EnfinitOS)",
		"Enfinitos-Signature": signature,
	}
}

// conclude records the result of a due attempt, and when the next one is due.
func (s *Server) conclude(d *Delivery, signed string, result delivery.Result) {
	d.busy = false
	if s.byID[d.ID] != d || d.settled() {
		return // forgotten, or a replay was faster
	}
	defer s.options.Touch(d.ID)
	s.note(d, signed, result)
	switch {
	case d.settled():
	case d.Attempts > len(gaps):
		s.count(d, -1)
		d.Status, d.NextRetry = DeadLettered, time.Time{}
		s.count(d, 1)
	default:
		d.Status, d.NextRetry = Failed, d.Last.Add(s.options.Scale.Shorten(s.jitter(gaps[d.Attempts-1])))
	}
}

// note records the result of any attempt.
func (s *Server) note(d *Delivery, signed string, result delivery.Result) {
	d.Attempts++
	d.Last = s.options.Clock()
	if d.First.IsZero() {
		d.First = d.Last
	}
	d.HTTPStatus, d.Excerpt, d.Error, d.Signature = result.Status, result.Excerpt, result.Error, signed
	if !delivered(result) {
		return
	}
	s.count(d, -1)
	d.Status, d.DeliveredAt, d.NextRetry = Delivered, d.Last, time.Time{}
	s.count(d, 1)
	if subscription := s.subscriptions.Find(d.SubscriptionID); subscription != nil {
		subscription.LastDelivered = d.Last
	}
}

func (s *Server) jitter(d time.Duration) time.Duration {
	share := float64(binary.LittleEndian.Uint16(wire.Bytes(s.jitters, 2))) / (1 << 16)
	return time.Duration(float64(d) * (0.8 + 0.4*share))
}

// resume plans the attempts that a resumed subscription has missed.
func (s *Server) resume(subscription *Subscription) {
	if !subscription.Active {
		return
	}
	for _, d := range s.deliveries {
		if d.SubscriptionID == subscription.ID && !d.settled() && !d.busy {
			s.options.Engine.Schedule(d.NextRetry, &attempt{server: s, delivery: d})
		}
	}
}

// Resume takes up the deliveries that a loaded state holds.
func (s *Server) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, subscription := range s.subscriptions.All() {
		s.resume(subscription)
	}
}

// replay makes one attempt of a delivery, whatever its status, and answers with its result.
func (s *Server) replay(w http.ResponseWriter, r *http.Request) {
	subscription := s.found(w, r)
	if subscription == nil {
		return
	}
	d := s.byID[r.PathValue("delivery")]
	if d == nil || d.SubscriptionID != subscription.ID {
		s.refuse(w, http.StatusNotFound, "not_found", "Delivery not found")
		return
	}
	failure, err := s.replayed(r.Context(), subscription, d)
	if err != nil {
		s.refuse(w, http.StatusServiceUnavailable, "unavailable", err.Error())
		return
	}
	s.answer(w, http.StatusOK, map[string]any{
		"replay":   map[string]any{"ok": failure == "", "errorMessage": optionalText(failure)},
		"delivery": s.describeDelivery(d),
	})
}

// replayed makes the attempt of a replay and returns why it failed, or "" if it succeeded.
func (s *Server) replayed(ctx context.Context, subscription *Subscription, d *Delivery) (failure string, err error) {
	if s.replayError != "" {
		d.Attempts++
		d.Last, d.Error = s.options.Clock(), s.replayError
		s.options.Touch(d.ID)
		return s.replayError, nil
	}
	if !subscription.Active {
		return "the subscription is paused", nil
	}
	request, signed := s.request(subscription, d)
	var result delivery.Result
	s.unlocked(func() { result, err = s.options.Engine.Post(ctx, request) })
	if err != nil {
		return "", err
	}
	if s.byID[d.ID] == d {
		s.note(d, signed, result)
		s.options.Touch(d.ID)
	}
	return failed(result), nil
}

// delivered reports whether the vendor counts a result as delivered: any 2xx.
func delivered(result delivery.Result) bool { return result.Status/100 == 2 }

// failed says why a result is a failure, or returns "" if it is none.
func failed(result delivery.Result) string {
	switch {
	case delivered(result):
		return ""
	case result.Status == 0:
		return result.Error
	}
	return "the receiver answered " + result.Outcome()
}

// claimed is a delivery whose attempt is made by process-due.
type claimed struct {
	delivery *Delivery
	request  delivery.Request
	signed   string
	result   delivery.Result
	err      error
}

// processDue makes the attempts that are due now, concurrently, and answers with the counts of their results.
func (s *Server) processDue(w http.ResponseWriter, r *http.Request) {
	fields, err := wire.DecodeObject(wire.Body(r), "limit")
	limit, sent, err2 := wire.Value[int](fields, "limit")
	if !sent {
		limit = 10
	}
	if err := errors.Join(err, err2); err != nil || limit < 1 || limit > 50 {
		s.refuse(w, http.StatusBadRequest, "invalid_request", "limit must be between 1 and 50")
		return
	}
	batch := s.claim(limit)
	s.unlocked(func() { s.post(r.Context(), batch) }) //nolint:contextcheck // it is the call's own context
	count := map[string]int{"processed": len(batch), "delivered": 0, "failed": 0, "deadLettered": 0, "batchLimit": limit}
	names := map[string]string{Delivered: "delivered", Failed: "failed", DeadLettered: "deadLettered"}
	for _, c := range batch {
		if c.err != nil { // the caller has gone, and the attempt is still to be made
			c.delivery.busy = false
			err = c.err
		} else {
			s.conclude(c.delivery, c.signed, c.result)
			count[names[c.delivery.Status]]++
		}
		if !c.delivery.settled() {
			s.options.Engine.Schedule(c.delivery.NextRetry, &attempt{server: s, delivery: c.delivery})
		}
	}
	if err != nil {
		s.refuse(w, http.StatusServiceUnavailable, "unavailable", err.Error())
		return
	}
	s.answer(w, http.StatusOK, count)
}

// claim reserves failed deliveries that are due, so that nothing else attempts them at the same time.
func (s *Server) claim(limit int) (batch []*claimed) {
	for _, d := range s.deliveries {
		subscription := s.subscriptions.Find(d.SubscriptionID)
		if len(batch) < limit && d.Status == Failed && s.due(d) && subscription != nil && subscription.Active {
			d.busy = true
			c := &claimed{delivery: d}
			c.request, c.signed = s.request(subscription, d)
			batch = append(batch, c)
		}
	}
	return batch
}

func (s *Server) post(ctx context.Context, batch []*claimed) {
	var posting sync.WaitGroup
	for _, c := range batch {
		posting.Go(func() { c.result, c.err = s.options.Engine.Post(ctx, c.request) })
	}
	posting.Wait()
}
