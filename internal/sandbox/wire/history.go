package wire

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// MaxLag is the longest lag of reads: a History forgets older changes.
const MaxLag = time.Minute

type lagKey struct{}

// WithLag returns the request as one whose answer shows what was held some time ago.
func WithLag(r *http.Request, lag time.Duration) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), lagKey{}, lag))
}

// History holds the latest changes of a list, so that the list can be shown as it was. It copies nothing but what has changed.
type History[T any] struct {
	changes []change[T]
}

// change is what undoes one change of the item at an index. An item that was added has no before.
type change[T any] struct {
	at      time.Time
	index   int
	before  *T
	removed bool
}

// Added records that an item was added at an index.
func (h *History[T]) Added(at time.Time, index int) { h.record(change[T]{at: at, index: index}) }

// Changed records what the item at an index was before. Nobody may change it any more.
func (h *History[T]) Changed(at time.Time, index int, before *T) {
	h.record(change[T]{at: at, index: index, before: before})
}

// Removed records what was removed at an index. Nobody may change it any more.
func (h *History[T]) Removed(at time.Time, index int, before *T) {
	h.record(change[T]{at: at, index: index, before: before, removed: true})
}

func (h *History[T]) record(made change[T]) {
	for len(h.changes) > 0 && h.changes[0].at.Before(made.at.Add(-MaxLag)) {
		h.changes[0] = change[T]{}
		h.changes = h.changes[1:]
	}
	h.changes = append(h.changes, made)
}

// Seen returns the items as the answer to a request shows them: as they are now, unless the request lags.
func (h *History[T]) Seen(r *http.Request, now time.Time, items []*T) []*T {
	lag, lags := r.Context().Value(lagKey{}).(time.Duration)
	if !lags {
		return items
	}
	items = slices.Clone(items)
	for _, c := range slices.Backward(h.changes) {
		switch {
		case !c.at.After(now.Add(-lag)):
			return items
		case c.removed:
			items = slices.Insert(items, c.index, c.before)
		case c.before == nil:
			items = slices.Delete(items, c.index, c.index+1)
		default:
			items[c.index] = c.before
		}
	}
	return items
}
