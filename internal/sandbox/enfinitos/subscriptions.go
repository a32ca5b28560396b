package enfinitos

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Subscription is a registered webhook as the sandbox keeps it.
type Subscription struct {
	ID            string
	URL           string
	Events        []string
	Label         string
	Active        bool
	Secret        string
	Created       time.Time
	LastDelivered time.Time
	SecretRotated time.Time
}

// Subscriptions returns a copy of what is registered, in order of creation.
func (s *Server) Subscriptions() []Subscription { return s.Webhooks() }

func (subscription *Subscription) view() simulation.Webhook {
	return simulation.Webhook{
		ID: &subscription.ID, URL: &subscription.URL, Secret: &subscription.Secret, Events: &subscription.Events,
		Delivered: &subscription.LastDelivered, On: subscription.Active,
		State: map[bool]string{true: "active", false: "paused"}[subscription.Active], Label: subscription.Label,
	}
}

// assign sets what the API assigns to a new subscription.
func (s *Server) assign(subscription *Subscription) {
	subscription.ID = "whs_" + wire.Text(s.Random, 20)
	subscription.Secret = "whsec_" + wire.Text(s.Random, 40)
	subscription.Active = true
	subscription.Created = s.Clock()
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	subscription, err := decodeSubscription(wire.Body(r))
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	created := s.Add(subscription)
	s.answer(w, http.StatusCreated, map[string]any{
		"subscription": s.describe(created), "signingSecret": created.Secret,
	})
}

func (s *Server) setActive(w http.ResponseWriter, r *http.Request) {
	subscription := s.found(w, r)
	if subscription == nil {
		return
	}
	fields, err := wire.DecodeObject(wire.Body(r), "active")
	active, sent, err2 := wire.Value[bool](fields, "active")
	if err != nil || err2 != nil || !sent {
		s.refuse(w, http.StatusBadRequest, "invalid_request", "active is required and a boolean")
		return
	}
	s.Change(subscription, func(changed *Subscription) { changed.Active = active })
	s.answer(w, http.StatusOK, map[string]any{"subscription": s.describe(subscription)})
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	if subscription := s.found(w, r); subscription != nil {
		s.answer(w, http.StatusOK, map[string]any{"subscription": s.describe(subscription)})
	}
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	all := []any{}
	for _, subscription := range s.Seen(r) {
		all = append(all, s.describe(subscription))
	}
	s.answer(w, http.StatusOK, map[string]any{"subscriptions": all, "nextCursor": nil, "total": len(all)})
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	if subscription := s.found(w, r); subscription != nil {
		s.Drop(subscription.ID)
		s.answer(w, http.StatusOK, map[string]any{"deleted": true})
	}
}

// found returns the subscription a path names, or answers that there is none.
func (s *Server) found(w http.ResponseWriter, r *http.Request) *Subscription {
	subscription := s.Named(r)
	if subscription == nil {
		s.refuse(w, http.StatusNotFound, "not_found", "Subscription not found")
	}
	return subscription
}

// settings are the fields that a create must bring.
func (subscription *Subscription) settings() map[string]any {
	return map[string]any{"url": &subscription.URL, "events": &subscription.Events, "label": &subscription.Label}
}

func (s *Server) describe(subscription *Subscription) map[string]any {
	out := subscription.settings()
	maps.Copy(out, map[string]any{
		"subscriptionId":      subscription.ID,
		"developerId":         s.account.DeveloperID,
		"active":              subscription.Active,
		"createdAt":           optionalTime(subscription.Created),
		"lastDeliveredAt":     optionalTime(subscription.LastDelivered),
		"secretLastRotatedAt": optionalTime(subscription.SecretRotated),
	})
	return out
}

func decodeSubscription(body []byte) (out Subscription, err error) {
	settings := out.settings()
	names := slices.Sorted(maps.Keys(settings))
	fields, err := wire.DecodeObject(body, names...)
	for _, name := range names {
		if err == nil && json.Unmarshal(fields[name], settings[name]) != nil {
			err = fmt.Errorf("%s is required, and must have the documented type", name)
		}
	}
	if err != nil {
		return out, err
	}
	unknown := slices.DeleteFunc(slices.Clone(out.Events), func(kind string) bool { return kind == "*" || kinds.Has(kind) })
	switch {
	case !delivery.IsSecure(out.URL):
		err = errors.New("url must be an absolute https URL")
	case len(out.Events) == 0:
		err = errors.New("events must contain at least one kind")
	case len(unknown) > 0:
		err = fmt.Errorf("events contains %q, which is not an event kind; the nearest is %s", unknown[0], kinds.Nearest(unknown[0]))
	case out.Label == "" || utf8.RuneCountInString(out.Label) > 60:
		err = errors.New("label must have 1 to 60 characters")
	}
	return out, err
}
