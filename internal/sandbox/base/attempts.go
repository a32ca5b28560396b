package base

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Rules are how a vendor makes and lists deliveries.
type Rules struct {
	// NewID returns the id of a delivery.
	NewID func(*rand.ChaCha8) string
	// Payload checks the data of an event and returns what is kept of it, as JSON.
	Payload func(kind string, data json.RawMessage) (json.RawMessage, error)
	// Body is what an attempt sends. Nil means the payload.
	Body func(*Delivery) []byte
	// Header is the header with the signature, and Sign makes its value.
	Header string
	Sign   func(secret string, body []byte, at time.Time) string
	// Succeeds is true for the status of an answer with which an event is delivered. Nil means 2xx.
	Succeeds func(status int) bool
	// Waits are those before the attempts after the first, and Due is when such an attempt is due after a wait. Nil means counted from
	// the attempt before.
	Waits []time.Duration
	Due   func(d *Delivery, wait time.Duration) time.Time
	// EachAttempt is true if the vendor lists each attempt by itself, and false if it lists deliveries with their latest attempt.
	EachAttempt bool
	// HoldWhileOff is true if a delivery that is due while its webhook is off waits until that is on, and false if it has no further
	// attempt.
	HoldWhileOff bool
	// ForgetDropped is true if the deliveries to a webhook go with it.
	ForgetDropped bool
}

// Raise sends an event to each webhook that is on and wants its kind, and returns how many those are before their receivers answer.
func (s *Server[T]) Raise(kind string, data json.RawMessage) (deliveries int, err error) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	made, err := s.event(kind, data)
	if err != nil {
		return 0, err
	}
	if s.wait.count >= maxWaiting || s.wait.bytes > maxWaitingBytes {
		return 0, delivery.ErrFull
	}
	for _, d := range made {
		s.queue(d)
	}
	return len(made), nil
}

// RecordEvent lists a delivery to each webhook that is on and wants the kind, as if each had answered 200. Nothing is sent: it is for
// tests of what reads deliveries.
func (s *Server[T]) RecordEvent(kind string, data json.RawMessage) error {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	made, err := s.event(kind, data)
	for _, d := range made {
		d.ID, d.Attempts, d.First, d.Last = s.vendor.Deliveries.NewID(s.Random), 1, d.Raised, d.Raised
		s.note(d, delivery.Result{Status: 200})
		s.record(d)
	}
	return err
}

// event returns the deliveries of an event, which nothing knows of yet.
func (s *Server[T]) event(kind string, data json.RawMessage) (out []*Delivery, err error) {
	if !wire.IsKind(kind) {
		return nil, fmt.Errorf("kind must be one event kind, such as %s", s.vendor.Kinds[0].Name)
	}
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	payload, err := s.vendor.Deliveries.Payload(kind, data)
	if err == nil {
		payload, err = wire.Stringify(payload)
	}
	if err != nil {
		return nil, err
	}
	now, text := s.Clock(), string(payload) // one text for all webhooks
	for _, webhook := range s.all {
		if view := s.vendor.View(webhook); view.On && (slices.Contains(*view.Events, kind) || slices.Contains(*view.Events, "*")) {
			out = append(out, &Delivery{WebhookID: *view.ID, Kind: kind, Payload: text, Raised: now, Status: Queued, Number: s.Count()})
		}
	}
	return out, nil
}

// queue makes the attempts of a new delivery.
func (s *Server[T]) queue(d *Delivery) {
	s.await(d)
	if !s.vendor.Deliveries.EachAttempt {
		d.ID = s.vendor.Deliveries.NewID(s.Random)
		s.record(d)
	}
	s.Engine.Enqueue(&job[T]{server: s, delivery: d})
}

// Resend sends the event of a delivery to its webhook once more, as a new event.
func (s *Server[T]) Resend(_ context.Context, id string) error {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	d := s.Delivery(id)
	if d == nil {
		return fmt.Errorf("there is no delivery %s", id)
	}
	if s.target(d) == nil {
		return fmt.Errorf("the webhook %s is deleted or disabled", d.WebhookID)
	}
	s.queue(&Delivery{
		WebhookID: d.WebhookID, Kind: d.Kind, Payload: d.Payload, Raised: s.Clock(), Status: Queued, Number: s.Count(),
	})
	return nil
}

// Resume takes up the deliveries that a loaded state holds.
func (s *Server[T]) Resume() {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.resume(func(*Delivery) bool { return true })
}

func (s *Server[T]) resume(wanted func(*Delivery) bool) {
	for _, d := range s.Waiting() {
		if wanted(d) && !d.busy {
			s.Schedule(d)
		}
	}
}

// Schedule makes the next attempt of a delivery when it is due.
func (s *Server[T]) Schedule(d *Delivery) {
	s.Engine.Schedule(d.NextRetry, &job[T]{server: s, delivery: d})
}

// target returns the webhook of a delivery, or nil if that is off or gone.
func (s *Server[T]) target(d *Delivery) *T {
	if webhook := s.Find(d.WebhookID); webhook != nil && s.vendor.View(webhook).On {
		return webhook
	}
	return nil
}

// Attempt is an attempt of a delivery that is being made.
type Attempt struct {
	Delivery *Delivery
	Request  delivery.Request
	// made is the delivery as it is with this attempt.
	made Delivery
}

// Claim begins the attempt of a delivery that is due, or returns nil if none must be made now. Conclude or Release ends it.
func (s *Server[T]) Claim(d *Delivery) *Attempt {
	if s.waiting[d.Number] != d || d.busy || d.NextRetry.After(s.Clock()) {
		return nil
	}
	webhook := s.target(d)
	if webhook == nil {
		s.miss(d)
		return nil
	}
	d.busy = true
	return s.Start(webhook, d)
}

// miss ends a delivery whose webhook is off or gone, unless it waits for that.
func (s *Server[T]) miss(d *Delivery) {
	if s.vendor.Deliveries.HoldWhileOff {
		return
	}
	d.Status = DeadLettered
	s.settle(d)
	if latest := s.Delivery(d.ID); latest != nil {
		latest.NextRetry = time.Time{} // it must not promise another one
		s.Touch(latest.ID)
	}
	s.Changed()
}

// Start begins an attempt of a delivery, whatever its status.
func (s *Server[T]) Start(webhook *T, d *Delivery) *Attempt {
	a := &Attempt{Delivery: d, made: *d}
	a.made.Attempts++
	a.made.Last = s.Clock()
	if a.made.First.IsZero() {
		a.made.First = a.made.Last
	}
	if s.vendor.Deliveries.EachAttempt {
		a.made.ID = s.vendor.Deliveries.NewID(s.Late)
	}
	view, body := s.vendor.View(webhook), s.body(&a.made)
	a.made.Signature = s.vendor.Deliveries.Sign(*view.Secret, body, a.made.Last)
	a.Request = delivery.Request{URL: *view.URL, Body: body, Header: s.headers(&a.made)}
	return a
}

func (s *Server[T]) body(d *Delivery) []byte {
	if s.vendor.Deliveries.Body == nil {
		return []byte(d.Payload)
	}
	return s.vendor.Deliveries.Body(d)
}

func (s *Server[T]) headers(d *Delivery) map[string]string {
	return map[string]string{
		"Content-Type": "application/json", "User-Agent": "webhook-sandbox (" + s.vendor.Title + ")",
		s.vendor.Deliveries.Header: d.Signature,
	}
}

// Release ends an attempt that was not made.
func (s *Server[T]) Release(a *Attempt) { a.Delivery.busy = false }

// Conclude records the result of an attempt that was due, and when the next one is.
func (s *Server[T]) Conclude(a *Attempt, result delivery.Result) {
	d := a.Delivery
	d.busy = false
	if s.waiting[d.Number] != d {
		return // forgotten, or another attempt was faster
	}
	s.apply(a, result)
	switch waits := s.vendor.Deliveries.Waits; {
	case d.Status == Delivered:
	case d.Attempts > len(waits):
		d.Status = DeadLettered
		s.settle(d)
	default:
		d.Status, d.NextRetry = Failed, s.due(d, s.Scale.Shorten(waits[d.Attempts-1]))
	}
	if s.vendor.Deliveries.EachAttempt {
		s.recordAttempt(d)
	} else {
		s.Touch(d.ID)
	}
}

func (s *Server[T]) due(d *Delivery, wait time.Duration) time.Time {
	if s.vendor.Deliveries.Due == nil {
		return s.Clock().Add(wait)
	}
	return s.vendor.Deliveries.Due(d, wait)
}

// recordAttempt lists the latest attempt of a delivery.
func (s *Server[T]) recordAttempt(d *Delivery) {
	made := *d
	made.Number, made.Waits = s.Count(), false
	if made.Status == DeadLettered {
		made.Status = Failed
	}
	s.record(&made)
	d.RetryOf = cmp.Or(d.RetryOf, d.ID)
}

// Record records the result of an attempt that changes no schedule unless it succeeds.
func (s *Server[T]) Record(a *Attempt, result delivery.Result) {
	if s.Delivery(a.Delivery.ID) == a.Delivery {
		s.apply(a, result)
		s.Touch(a.Delivery.ID)
	}
}

func (s *Server[T]) apply(a *Attempt, result delivery.Result) {
	d := a.Delivery
	d.Attempts++
	d.ID, d.First, d.Last, d.Signature = a.made.ID, a.made.First, a.made.Last, a.made.Signature
	s.note(d, result)
}

// note notes what came of the latest attempt.
func (s *Server[T]) note(d *Delivery, result delivery.Result) {
	d.HTTPStatus, d.Excerpt, d.Code, d.Error = result.Status, result.Excerpt, result.Code, result.Error
	if !s.Succeeds(result) {
		return
	}
	d.Status, d.DeliveredAt = Delivered, s.Clock()
	d.NextRetry = time.Time{}
	s.settle(d)
	if webhook := s.Find(d.WebhookID); webhook != nil && s.vendor.Delivered != nil {
		s.vendor.Delivered(webhook)
	}
}

// Succeeds is true for the result with which an event is delivered.
func (s *Server[T]) Succeeds(result delivery.Result) bool {
	if s.vendor.Deliveries.Succeeds == nil {
		return result.Status/100 == 2
	}
	return s.vendor.Deliveries.Succeeds(result.Status)
}

// job makes the attempts of a delivery, one after the other.
type job[T any] struct {
	server   *Server[T]
	delivery *Delivery
	attempt  *Attempt
}

// Receiver implements delivery.Job.
func (j *job[T]) Receiver() string { return j.delivery.WebhookID }

// Attempt implements delivery.Job.
func (j *job[T]) Attempt() (delivery.Request, bool) {
	j.server.Lock.Lock()
	defer j.server.Lock.Unlock()
	if j.attempt = j.server.Claim(j.delivery); j.attempt == nil {
		return delivery.Request{}, false
	}
	return j.attempt.Request, true
}

// Done implements delivery.Job.
func (j *job[T]) Done(result delivery.Result) time.Time {
	j.server.Lock.Lock()
	defer j.server.Lock.Unlock()
	j.server.Conclude(j.attempt, result)
	j.server.Changed()
	return j.delivery.NextRetry
}
