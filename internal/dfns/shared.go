package dfns

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// shared is the list that many reads use, so that they take one call per 200 webhooks instead of one per webhook. It serves each
// webhook once: whoever reads one again wants to know what it is now. A change drops it. It never shows that a webhook is gone.
type shared struct {
	flights  singleflight.Group
	checking turns // lists that are fetched after a 404 take turns

	mu       sync.Mutex
	many     bool                // a read has begun since the latest change
	changes  int                 // raised by every change, so that a flight that began before it leaves no list
	webhooks map[string]*Webhook // nil while there is no list
	refused  bool                // the API refuses to list
	checks   int                 // counts the lists that were fetched after a 404
}

// drop drops the list, because a change has begun or is done.
func (s *shared) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.many, s.changes, s.webhooks = false, s.changes+1, nil
}

// ReadWebhook returns a webhook as GetWebhook does, for callers that may read many. The first read takes one call. All further ones
// share a list, which takes one call per 200 webhooks. created is the date of the webhook as the caller knows it.
//
// https://docs.dfns.co/api-reference/webhooks/list-webhooks
// https://docs.dfns.co/api-reference/webhooks/get-webhook
func (c *Client) ReadWebhook(ctx context.Context, id, created string) (*Webhook, error) {
	webhook, err := c.shared.take(ctx, c, id)
	if err != nil || webhook != nil {
		return webhook, err
	}
	return c.getWebhook(ctx, id, created)
}

// take returns a webhook from the list, which it fetches if there is none. It returns nil if the caller must read the webhook.
func (s *shared) take(ctx context.Context, c *Client, id string) (*Webhook, error) {
	s.mu.Lock()
	first := !s.many
	s.many = true
	webhook, listed := s.webhooks[id], s.webhooks != nil
	delete(s.webhooks, id)
	flight := "list " + strconv.Itoa(s.changes)
	skip := first || s.refused || listed
	s.mu.Unlock()
	if skip {
		return webhook, nil
	}
	webhooks, err := s.fly(ctx, flight, func(ctx context.Context) (map[string]*Webhook, error) { return s.fetch(ctx, c) })
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.webhooks, id)
	return webhooks[id], nil
}

// fly fetches a list together with all callers that name the same flight. A list that the API refuses is nil.
func (s *shared) fly(
	ctx context.Context, flight string, fetch func(context.Context) (map[string]*Webhook, error),
) (map[string]*Webhook, error) {
	for {
		mine := false
		result := s.flights.DoChan(flight, func() (any, error) {
			mine = true
			return fetch(ctx)
		})
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case got := <-result:
			webhooks, _ := got.Val.(map[string]*Webhook)
			gaveUp := errors.Is(got.Err, context.Canceled) || errors.Is(got.Err, context.DeadlineExceeded)
			if mine || !gaveUp || ctx.Err() != nil {
				return webhooks, got.Err
			} // whoever began the flight had less time than this caller
		}
	}
}

// fetch fetches the list, and keeps it unless a change has begun or ended meanwhile. A caller that has just missed the end of a
// flight gets what the flight has left: its list, or that the API refuses to list.
func (s *shared) fetch(ctx context.Context, c *Client) (map[string]*Webhook, error) {
	s.mu.Lock()
	changes, left, refused := s.changes, maps.Clone(s.webhooks), s.refused
	s.mu.Unlock()
	if left != nil || refused {
		return left, nil
	}
	out, err := c.webhooksByID(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if refusesList(err) {
		s.refused = true
		return nil, nil
	}
	if err == nil && changes == s.changes {
		s.webhooks = maps.Clone(out)
	}
	return out, err
}

// lists reports whether a list that begins after this call contains a webhook. Callers that come while one is being fetched share
// the next one.
func (c *Client) lists(ctx context.Context, id string) (bool, error) {
	s := &c.shared
	s.mu.Lock()
	next := s.checks + 1
	s.mu.Unlock()
	webhooks, err := s.fly(ctx, "check "+strconv.Itoa(next), func(ctx context.Context) (map[string]*Webhook, error) {
		done, err := s.checking.take(ctx, "list")
		if err != nil {
			return nil, err
		}
		defer done()
		s.mu.Lock()
		s.checks = next
		s.mu.Unlock()
		return c.webhooksByID(ctx)
	})
	return webhooks[id] != nil, err
}

func (c *Client) webhooksByID(ctx context.Context) (map[string]*Webhook, error) {
	out := map[string]*Webhook{}
	for webhook, err := range c.ListWebhooks(ctx, MaxPage) {
		if err != nil {
			return nil, err
		}
		out[webhook.ID] = webhook
	}
	return out, nil
}

// refusesList reports an answer after which reading single webhooks may still work: listing is forbidden, the route does not
// exist, or the answer is no complete list. An API that fails or is unreachable must not get a thousand calls instead.
func refusesList(err error) bool {
	answered, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return errors.Is(err, ErrPendingApproval)
	}
	others := []int{0, http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests} // every other call would fail too
	return !slices.Contains(others, answered.Status) && answered.Status < http.StatusInternalServerError
}
