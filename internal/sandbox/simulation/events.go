package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Rules are how a vendor makes and lists deliveries.
type Rules struct {
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
	// NewID returns the id of what the vendor lists: each attempt, or deliveries with their latest attempt.
	NewID       func(*rand.ChaCha8) string
	EachAttempt bool
	// PartOfWebhook is true if a delivery waits while its webhook is off, and is forgotten with it. Otherwise a delivery that is due while
	// its webhook is off or gone has no further attempt.
	PartOfWebhook bool
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
	text := string(payload) // one text for all webhooks
	for _, webhook := range s.all {
		if view := s.vendor.View(webhook); view.wants(kind) {
			out = append(out, s.newDelivery(*view.ID, kind, text))
		}
	}
	return out, nil
}

func (s *Server[T]) newDelivery(webhook, kind, payload string) *Delivery {
	return &Delivery{WebhookID: webhook, Kind: kind, Payload: payload, Raised: s.Clock(), Status: Queued, Number: s.Count()}
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
	s.queue(s.newDelivery(d.WebhookID, d.Kind, d.Payload))
	return nil
}
