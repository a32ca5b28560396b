package simulation

import (
	"cmp"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
)

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

// miss ends a delivery whose webhook is off or gone, unless it waits until that is on.
func (s *Server[T]) miss(d *Delivery) {
	if s.vendor.Deliveries.PartOfWebhook {
		return
	}
	d.Status = DeadLettered
	s.finish(d)
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
		s.finish(d)
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
	d.Status, d.DeliveredAt, d.NextRetry = Delivered, s.Clock(), time.Time{}
	s.finish(d)
	if webhook := s.Find(d.WebhookID); webhook != nil {
		s.mark(s.vendor.View(webhook).Delivered)
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
