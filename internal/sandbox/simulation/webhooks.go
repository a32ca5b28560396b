package simulation

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Webhook is what every vendor's webhook has.
type Webhook struct {
	ID, URL, Secret *string
	Events          *[]string
	// Updated and Delivered are when it was last changed and when it last got an event, nil if the vendor does not tell.
	Updated, Delivered *time.Time
	// On is true for a webhook that gets events.
	On bool
	// State and Label are what the page shows of it.
	State, Label string
}

func (w Webhook) wants(kind string) bool {
	return w.On && (slices.Contains(*w.Events, kind) || slices.Contains(*w.Events, "*"))
}

// webhooks holds the webhooks of a vendor in the order of their creation, as they are and as they were.
type webhooks[T any] struct {
	all     []*T
	history wire.History[T]
}

// All returns the webhooks.
func (s *Server[T]) All() []*T { return s.all }

// Seen returns the webhooks as the answer to a call shows them.
func (s *Server[T]) Seen(call *http.Request) []*T { return s.history.Seen(call, s.Clock(), s.all) }

// Named returns the webhook of Seen whose id is in the path of a call, or nil.
func (s *Server[T]) Named(call *http.Request) *T { return s.find(s.Seen(call), call.PathValue("id")) }

// Find returns the webhook with an id, or nil.
func (s *Server[T]) Find(id string) *T { return s.find(s.all, id) }

func (s *Server[T]) find(all []*T, id string) *T {
	if i := slices.IndexFunc(all, func(webhook *T) bool { return s.id(webhook) == id }); i >= 0 {
		return all[i]
	}
	return nil
}

func (s *Server[T]) id(webhook *T) string { return *s.vendor.View(webhook).ID }

func (s *Server[T]) copy(webhook *T) *T {
	out := *webhook
	events := s.vendor.View(&out).Events
	*events = slices.Clone(*events)
	return &out
}

// copies returns deep copies of the webhooks.
func (s *Server[T]) copies() []T {
	out := make([]T, 0, len(s.all))
	for _, webhook := range s.all {
		out = append(out, *s.copy(webhook))
	}
	return out
}

// Add adds a new webhook.
func (s *Server[T]) Add(webhook T) *T {
	s.vendor.Assign(&webhook)
	s.history.Added(s.Clock(), len(s.all))
	s.all = append(s.all, &webhook)
	s.Touch(s.id(&webhook))
	return &webhook
}

// Change changes a webhook. One that is on again gets what has waited for that.
func (s *Server[T]) Change(webhook *T, change func(*T)) {
	before := s.copy(webhook)
	s.history.Changed(s.Clock(), slices.Index(s.all, webhook), before)
	change(webhook)
	view := s.vendor.View(webhook)
	s.mark(view.Updated)
	s.Touch(*view.ID)
	if view.On && !s.vendor.View(before).On {
		s.resume(func(d *Delivery) bool { return d.WebhookID == *view.ID })
	}
}

// mark sets a time of a webhook to now, if the vendor has it.
func (s *Server[T]) mark(field *time.Time) {
	if field != nil {
		*field = s.Clock()
	}
}

// Drop forgets a webhook.
func (s *Server[T]) Drop(id string) {
	webhook := s.Find(id)
	if webhook == nil {
		return
	}
	index := slices.Index(s.all, webhook)
	s.history.Removed(s.Clock(), index, webhook)
	s.all = slices.Delete(s.all, index, index+1)
	s.Touch(id)
	if s.vendor.Deliveries.PartOfWebhook {
		s.removeDeliveries(id)
	}
}

// Webhooks returns a copy of what is registered, in order of creation.
func (s *Server[T]) Webhooks() []T {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	return s.copies()
}

// Register adds a webhook outside of any client and returns its id.
func (s *Server[T]) Register(webhook T) string {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	return s.id(s.Add(webhook))
}

// Subscribe adds a webhook that gets each event, outside of any client.
func (s *Server[T]) Subscribe(url string) {
	var webhook T
	view := s.vendor.View(&webhook)
	*view.URL, *view.Events = url, []string{"*"}
	s.Register(webhook)
}

// Edit changes a webhook behind the back of whoever manages it, as a user of the vendor's dashboard would.
func (s *Server[T]) Edit(id string, change func(*T)) error {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	webhook := s.Find(id)
	if webhook == nil {
		return fmt.Errorf("there is no webhook %s", id)
	}
	s.Change(webhook, change)
	return nil
}

// Remove deletes a webhook outside of any client.
func (s *Server[T]) Remove(id string) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.Drop(id)
}

// Secrets returns the signing secret of every webhook by its id.
func (s *Server[T]) Secrets() map[string]string {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	out := map[string]string{}
	for _, webhook := range s.all {
		view := s.vendor.View(webhook)
		out[*view.ID] = *view.Secret
	}
	return out
}
