package simulation

import (
	"slices"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Overview returns what the page shows.
func (s *Server[T]) Overview() wire.Overview {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	out := wire.Overview{Pending: len(s.waiting), Webhooks: []wire.Webhook{}, Deliveries: []wire.Delivery{}}
	for _, webhook := range s.all {
		out.Webhooks = append(out.Webhooks, s.shown(webhook))
	}
	for _, d := range slices.Backward(s.listed) {
		if len(out.Deliveries) == wire.Shown {
			break
		}
		out.Deliveries = append(out.Deliveries, d.shown())
	}
	return out
}

// Pending is how many deliveries are still to be made, retries included.
func (s *Server[T]) Pending() int {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	return len(s.waiting)
}

// ShowWebhook returns one webhook of the Overview, nil if it is gone.
func (s *Server[T]) ShowWebhook(id string) *wire.Webhook {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	webhook := s.Find(id)
	if webhook == nil {
		return nil
	}
	out := s.shown(webhook)
	return &out
}

// ShowDelivery returns all of one delivery, nil if it is gone.
func (s *Server[T]) ShowDelivery(id string) *wire.Content {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	d := s.Delivery(id)
	if d == nil {
		return nil
	}
	out := &wire.Content{Delivery: d.shown(), Payload: string(s.body(d)), Answer: d.Excerpt}
	if d.Signature != "" {
		out.Headers = s.headers(d)
	}
	if webhook := s.Find(d.WebhookID); webhook != nil {
		out.URL = wire.Harmless(*s.vendor.View(webhook).URL)
	}
	return out
}

func (s *Server[T]) shown(webhook *T) wire.Webhook {
	view := s.vendor.View(webhook)
	return wire.Webhook{
		ID: *view.ID, URL: wire.Harmless(*view.URL), Events: slices.Clone(*view.Events), State: view.State, Label: view.Label,
	}
}

func (d *Delivery) shown() wire.Delivery {
	return wire.Delivery{
		ID: d.ID, WebhookID: d.WebhookID, Kind: d.Kind, State: d.Status, Outcome: d.Outcome(), Error: d.Error, Attempt: d.Attempts,
		Time: timeText(d.Last), Next: timeText(d.NextRetry), Signature: d.Signature,
	}
}

// timeText is empty before something first happens.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
