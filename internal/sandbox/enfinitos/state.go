package enfinitos

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// saved is what survives a restart.
type saved struct {
	APIKey        string
	DeveloperID   string
	Subscriptions []Subscription
	Deliveries    []Delivery
}

// Save returns the state as JSON for Load. What it holds is copied at one moment and written down afterwards, so that
// calls do not wait for it.
func (s *Server) Save() (json.RawMessage, error) {
	s.mu.Lock()
	out := saved{APIKey: s.apiKey, DeveloperID: s.developerID, Subscriptions: s.subscriptions.Copies()}
	for _, delivery := range s.deliveries {
		out.Deliveries = append(out.Deliveries, *delivery)
	}
	s.mu.Unlock()
	return json.Marshal(out) //nolint:gosec // the key is the sandbox's own, and its file is for the owner alone
}

// Load replaces the state, the account included, by one that Save returned.
func (s *Server) Load(text json.RawMessage) error {
	var in saved
	if err := wire.DecodeStrictly(text, &in); err != nil {
		return err
	}
	if in.APIKey == "" {
		return errors.New("it has no API key")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.apiKey, s.developerID = in.APIKey, in.DeveloperID
	for _, subscription := range in.Subscriptions {
		s.subscriptions.Load(&subscription)
	}
	for _, delivery := range in.Deliveries {
		s.keep(&delivery)
	}
	return nil
}

// Secrets returns the signing secret of every subscription by its id.
func (s *Server) Secrets() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	for _, subscription := range s.subscriptions.All() {
		out[subscription.ID] = subscription.Secret
	}
	return out
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
