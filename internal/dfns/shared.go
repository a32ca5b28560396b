package dfns

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// sharedList is the newest list of the webhooks. Reads share it, so that they take one call per 200 webhooks instead of one per
// webhook. It never shows that a webhook is gone: that takes a list that began after the 404, which calls share too.
type sharedList struct {
	mu       sync.Mutex
	number   int                 // of the newest list, counted from 1 when it begins
	webhooks map[string]*Webhook // its webhooks, and
	err      error               // why there are none
	refused  bool                // the API has refused to list
	served   map[string]bool     // its webhooks that a read has got: whoever reads one again wants to know what it is now
	oldest   int                 // reads need a list after this one, because of a change or because it failed
	many     bool                // a read has begun since the latest change
}

// drop drops the list, because a change has begun or is done.
func (s *sharedList) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.many, s.oldest = false, s.number
}

// ReadWebhook returns a webhook as GetWebhook does, for callers that may read many. The first read takes one call. All further ones
// share a list, which takes one call per 200 webhooks. created is the date of the webhook as the caller knows it.
//
// https://docs.dfns.co/api-reference/webhooks/list-webhooks
// https://docs.dfns.co/api-reference/webhooks/get-webhook
func (c *Client) ReadWebhook(ctx context.Context, id, created string) (*Webhook, error) {
	webhook, err := c.fromList(ctx, id)
	if err != nil || webhook != nil {
		return webhook, err
	}
	return c.getWebhook(ctx, id, created)
}

// fromList returns a webhook from the list, which it fetches if there is none. It returns nil if the caller must read the webhook.
func (c *Client) fromList(ctx context.Context, id string) (*Webhook, error) {
	s := &c.list
	s.mu.Lock()
	skip, after := !s.many || s.refused, s.oldest
	s.many = true
	s.mu.Unlock()
	if skip {
		return nil, nil
	}
	webhooks, err := c.listAfter(ctx, after)
	switch {
	case refusesList(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.served[id] {
		return nil, nil
	}
	s.served[id] = true
	return webhooks[id], nil
}

// isListed reports whether a list that begins after this call contains a webhook.
func (c *Client) isListed(ctx context.Context, id string) (bool, error) {
	c.list.mu.Lock()
	after := c.list.number
	c.list.mu.Unlock()
	webhooks, err := c.listAfter(ctx, after)
	return webhooks[id] != nil, err
}

// listAfter returns a list that began after another one. Callers that wait for the same list share its result, unless whoever
// fetched it gave up.
func (c *Client) listAfter(ctx context.Context, number int) (map[string]*Webhook, error) {
	unlock, err := c.locks.lock(ctx, "list")
	if err != nil {
		return nil, err
	}
	defer unlock()
	s := &c.list
	gaveUp := errors.Is(s.err, context.Canceled) || errors.Is(s.err, context.DeadlineExceeded)
	if s.number > number && !gaveUp {
		return s.webhooks, s.err
	}
	s.mu.Lock()
	s.number++
	s.mu.Unlock()
	webhooks, err := c.webhooksByID(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks, s.err, s.served, s.refused = webhooks, err, map[string]bool{}, refusesList(err)
	if err != nil {
		s.oldest = s.number
	}
	return webhooks, err
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

// locks are locks by key, for which a caller waits no longer than its context allows.
type locks struct {
	mu   sync.Mutex
	keys map[string]chan struct{}
}

func (l *locks) lock(ctx context.Context, key string) (unlock func(), err error) {
	l.mu.Lock()
	if l.keys == nil {
		l.keys = map[string]chan struct{}{}
	}
	if l.keys[key] == nil {
		l.keys[key] = make(chan struct{}, 1)
	}
	held := l.keys[key]
	l.mu.Unlock()
	select {
	case held <- struct{}{}:
		return func() { <-held }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
