package enfinitos

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Overview returns what the page shows.
func (s *Server) Overview() wire.Overview {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := wire.Overview{Pending: s.unsettled, Webhooks: []wire.Webhook{}, Deliveries: []wire.Delivery{}}
	for _, subscription := range s.subscriptions.All() {
		out.Webhooks = append(out.Webhooks, subscription.shown())
	}
	for _, delivery := range slices.Backward(s.deliveries) {
		if len(out.Deliveries) == wire.Shown {
			break
		}
		out.Deliveries = append(out.Deliveries, delivery.shown())
	}
	return out
}

// Pending is how many deliveries are still to be made, retries included.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unsettled
}

// ShowWebhook returns one subscription of the Overview, nil if it is gone.
func (s *Server) ShowWebhook(id string) *wire.Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	subscription := s.subscriptions.Find(id)
	if subscription == nil {
		return nil
	}
	out := subscription.shown()
	return &out
}

// ShowDelivery returns all of one delivery, nil if it is gone.
func (s *Server) ShowDelivery(id string) *wire.Content {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return nil
	}
	out := &wire.Content{Delivery: d.shown(), Payload: d.Payload, Answer: d.Excerpt}
	if d.Signature != "" {
		out.Headers = headers(d.Signature)
	}
	if subscription := s.subscriptions.Find(d.SubscriptionID); subscription != nil {
		out.URL = wire.Harmless(subscription.URL)
	}
	return out
}

func (subscription *Subscription) shown() wire.Webhook {
	state := "paused"
	if subscription.Active {
		state = "active"
	}
	return wire.Webhook{
		ID: subscription.ID, URL: wire.Harmless(subscription.URL), Events: slices.Clone(subscription.Events), State: state,
		Label: subscription.Label,
	}
}

func (d *Delivery) shown() wire.Delivery {
	var payload struct {
		Kind string `json:"kind"`
	}
	_ = json.Unmarshal([]byte(d.Payload), &payload) // one that a test added may be anything
	out := wire.Delivery{
		ID: d.ID, WebhookID: d.SubscriptionID, Kind: payload.Kind, State: d.Status, Error: d.Error, Attempt: d.Attempts,
		Time: timeText(d.Last), Next: timeText(d.NextRetry), Signature: d.Signature,
	}
	if d.HTTPStatus != 0 {
		out.Outcome = strconv.Itoa(d.HTTPStatus)
	}
	return out
}
