package dfns

import (
	"slices"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Overview returns what the page shows.
func (s *Server) Overview() wire.Overview {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := wire.Overview{Pending: len(s.pending), Webhooks: []wire.Webhook{}, Deliveries: []wire.Delivery{}}
	for _, webhook := range s.webhooks.All() {
		out.Webhooks = append(out.Webhooks, webhook.shown())
	}
	for _, event := range slices.Backward(s.events) {
		if len(out.Deliveries) == wire.Shown {
			break
		}
		out.Deliveries = append(out.Deliveries, event.shown())
	}
	return out
}

// Pending is how many deliveries are still to be made, retries included.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending)
}

// ShowWebhook returns one webhook of the Overview, nil if it is gone.
func (s *Server) ShowWebhook(id string) *wire.Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	webhook := s.webhooks.Find(id)
	if webhook == nil {
		return nil
	}
	out := webhook.shown()
	return &out
}

// ShowDelivery returns all of one delivery, nil if it is gone.
func (s *Server) ShowDelivery(id string) *wire.Content {
	s.mu.Lock()
	defer s.mu.Unlock()
	event := s.event(id)
	if event == nil {
		return nil
	}
	out := &wire.Content{Delivery: event.shown(), Headers: event.headers(), Payload: string(event.payload()), Answer: event.Excerpt}
	if webhook := s.webhooks.Find(event.WebhookID); webhook != nil {
		out.URL = wire.Harmless(webhook.URL)
	}
	return out
}

// event returns a recorded attempt, or nil. Most often it is one of the newest.
func (s *Server) event(id string) *Event {
	for _, event := range slices.Backward(s.events) {
		if event.ID == id {
			return event
		}
	}
	return nil
}

func (webhook *Webhook) shown() wire.Webhook {
	return wire.Webhook{
		ID: webhook.ID, URL: wire.Harmless(webhook.URL), Events: slices.Clone(webhook.Events), State: webhook.Status,
		Label: webhook.Description,
	}
}

func (e *Event) shown() wire.Delivery {
	out := wire.Delivery{
		ID: e.ID, WebhookID: e.WebhookID, Kind: e.Kind, State: "delivered", Outcome: e.Status, Error: e.Error, Attempt: e.Attempt,
		Time: date(e.Sent), Signature: e.Signature,
	}
	if e.Failed {
		out.State = "failed"
	}
	if !e.Next.IsZero() {
		out.Next = date(e.Next)
	}
	return out
}
