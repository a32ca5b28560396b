package wire

import (
	"net/http"
	"slices"
	"time"
)

// Registry holds the webhooks of a simulated API in the order of their creation, as they are and as they were. The server that has it
// locks.
type Registry[T any] struct {
	// ID and Copy return the id and a deep copy of a webhook.
	ID   func(*T) string
	Copy func(*T) *T
	// Clock tells the time, and Touch is called with the id of what has changed.
	Clock func() time.Time
	Touch func(id string)

	all     []*T
	history History[T]
}

// All returns the webhooks.
func (r *Registry[T]) All() []*T { return r.all }

// Copies returns deep copies of the webhooks.
func (r *Registry[T]) Copies() []T {
	out := make([]T, 0, len(r.all))
	for _, webhook := range r.all {
		out = append(out, *r.Copy(webhook))
	}
	return out
}

// Clear forgets every webhook.
func (r *Registry[T]) Clear() { r.all, r.history = nil, History[T]{} }

// Seen returns the webhooks as the answer to a call shows them.
func (r *Registry[T]) Seen(call *http.Request) []*T { return r.history.Seen(call, r.Clock(), r.all) }

// Named returns the webhook of Seen whose id is in the path of a call, or nil.
func (r *Registry[T]) Named(call *http.Request) *T { return r.find(r.Seen(call), call.PathValue("id")) }

// Find returns the webhook with an id, or nil.
func (r *Registry[T]) Find(id string) *T { return r.find(r.all, id) }

func (r *Registry[T]) find(all []*T, id string) *T {
	if i := slices.IndexFunc(all, func(webhook *T) bool { return r.ID(webhook) == id }); i >= 0 {
		return all[i]
	}
	return nil
}

// Load adds a webhook that has always been there, as that of a state file.
func (r *Registry[T]) Load(webhook *T) { r.all = append(r.all, webhook) }

// Add adds a new webhook.
func (r *Registry[T]) Add(webhook *T) {
	r.history.Added(r.Clock(), len(r.all))
	r.Load(webhook)
	r.Touch(r.ID(webhook))
}

// Change changes a webhook, and returns a copy of what it was.
func (r *Registry[T]) Change(webhook *T, change func(*T)) (before *T) {
	before = r.Copy(webhook)
	r.history.Changed(r.Clock(), slices.Index(r.all, webhook), before)
	change(webhook)
	r.Touch(r.ID(webhook))
	return before
}

// Drop removes the webhook with an id, and reports whether there was one.
func (r *Registry[T]) Drop(id string) bool {
	webhook := r.Find(id)
	if webhook == nil {
		return false
	}
	index := slices.Index(r.all, webhook)
	r.history.Removed(r.Clock(), index, webhook)
	r.all = slices.Delete(r.all, index, index+1)
	r.Touch(id)
	return true
}
