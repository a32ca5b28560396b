package dfns

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// saved is what survives a restart: everything but challenges and tokens, which live for minutes.
type saved struct {
	Account     account
	Credentials []savedCredential
	Webhooks    []savedWebhook
	Events      []savedEvent
	Pending     []pending
	Created     int
}

type savedCredential struct {
	ID, PublicKey string
}

type savedWebhook struct {
	Webhook

	Number int
}

type savedEvent struct {
	Event

	Number int
}

// Save returns the state as JSON for Load. What it holds is copied at one moment and written down afterwards, so that
// calls do not wait for it.
func (s *Server) Save() (json.RawMessage, error) {
	return json.Marshal(s.copyState())
}

func (s *Server) copyState() saved {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := saved{Account: s.account, Created: s.created}
	for _, known := range s.credentials {
		out.Credentials = append(out.Credentials, savedCredential{ID: known.id, PublicKey: known.pem})
	}
	for _, webhook := range s.webhooks.All() {
		out.Webhooks = append(out.Webhooks, savedWebhook{Webhook: *webhook, Number: webhook.number})
	}
	for _, event := range s.events {
		out.Events = append(out.Events, savedEvent{Event: *event, Number: event.number})
	}
	for _, number := range slices.Sorted(maps.Keys(s.pending)) {
		out.Pending = append(out.Pending, *s.pending[number])
	}
	return out
}

// Load replaces the state, the account included, by one that Save returned.
func (s *Server) Load(text json.RawMessage) error {
	var in saved
	if err := wire.DecodeStrictly(text, &in); err != nil {
		return err
	}
	var credentials []credential
	for _, known := range in.Credentials {
		key, err := parsePublicKey(known.PublicKey)
		if err != nil {
			return fmt.Errorf("credential %s: %w", known.ID, err)
		}
		credentials = append(credentials, credential{id: known.ID, key: key, pem: known.PublicKey})
	}
	if len(credentials) == 0 || in.Account.Token == "" {
		return errors.New("it has no account")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credentials = credentials
	s.clear()
	s.account, s.credentials, s.created = in.Account, credentials, in.Created
	for _, webhook := range in.Webhooks {
		webhook.number = webhook.Number
		s.webhooks.Load(&webhook.Webhook)
	}
	byID := map[string]*Event{}
	for _, event := range in.Events {
		event.number = event.Number
		s.events = append(s.events, &event.Event)
		s.eventBytes += len(event.Data)
		byID[event.ID] = &event.Event
	}
	for _, p := range in.Pending {
		p.last = byID[p.Last]
		s.await(&p)
	}
	return nil
}

// Secrets returns the signing secret of every webhook by its id.
func (s *Server) Secrets() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	for _, webhook := range s.webhooks.All() {
		out[webhook.ID] = webhook.Secret
	}
	return out
}
