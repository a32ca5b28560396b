package dfns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// existing is what is known of the organization's webhooks when a create is not answered: those that existed before this client
// created anything, and those that it is creating.
type existing struct {
	mu      sync.Mutex
	listed  bool
	before  []string // ids, nil if the API refuses to list: then no webhook ever counts as new
	creates map[string]Settings
}

// listBefore lists the webhooks, once in the life of the client. All further calls share the result.
func (c *Client) listBefore(ctx context.Context) error {
	unlock, err := c.locks.lock(ctx, "before")
	if err != nil {
		return err
	}
	defer unlock()
	if c.existing.listed {
		return nil
	}
	before, err := c.webhooksByID(ctx)
	if err != nil && !refusesList(err) {
		return fmt.Errorf("listing the webhooks before the create failed: %w", err)
	}
	c.existing.mu.Lock()
	defer c.existing.mu.Unlock()
	c.existing.listed = true
	if err == nil {
		c.existing.before = append([]string{}, slices.Sorted(maps.Keys(before))...) // not nil if there is none
	}
	return nil
}

// ids returns the ids that existed before, or nil if the API refuses to list.
func (e *existing) ids() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.before
}

func (e *existing) has(id string) bool { return slices.Contains(e.ids(), id) }

// creating records a create in progress until done is called. Creates of equal content wait for each other, so there is one of each.
func (e *existing) creating(in Settings) (done func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.creates[in.key()] = in
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.creates, in.key())
	}
}

// otherCreates returns the creates in progress, except one.
func (e *existing) otherCreates(than Settings) []Settings {
	e.mu.Lock()
	defer e.mu.Unlock()
	others := maps.Clone(e.creates)
	delete(others, than.key())
	return slices.Collect(maps.Values(others))
}

// newWebhooks returns the webhooks that are new in two complete lists, the second of which shows what was carried out until a
// time. If there was no time for the second one, it returns those of the first, and an error.
func (c *Client) newWebhooks(
	ctx context.Context, in Settings, carriedOut time.Time, isOld func(id string) bool,
) ([]*Webhook, error) {
	if c.existing.ids() == nil {
		return nil, errors.New("the API refuses to list, so it is unknown which webhooks are new")
	}
	fresh, err := c.listNew(ctx, in, isOld)
	if err != nil {
		return nil, err
	}
	if err := c.UntilSettled(ctx, carriedOut); err != nil {
		return fresh, err
	}
	for range 2 {
		former := ids(fresh)
		if fresh, err = c.listNew(ctx, in, isOld); err != nil {
			return nil, err
		}
		if slices.Equal(former, ids(fresh)) {
			return fresh, nil
		}
	}
	return fresh, errors.New("the lists of the API differ from each other")
}

// listNew lists the webhooks that are not old and equal no other create in progress, ordered by id.
func (c *Client) listNew(ctx context.Context, in Settings, isOld func(id string) bool) (out []*Webhook, err error) {
	others := c.existing.otherCreates(in)
	for webhook, err := range c.ListWebhooks(ctx, MaxPage) {
		if err != nil {
			return nil, err
		}
		out = append(out, webhook)
	}
	others = append(others, c.existing.otherCreates(in)...) // one may have begun, and made its webhook, during the calls
	out = slices.DeleteFunc(out, func(w *Webhook) bool {
		return isOld(w.ID) || slices.ContainsFunc(others, func(other Settings) bool { return other.Same(w.Settings) })
	})
	slices.SortFunc(out, func(a, b *Webhook) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func ids(webhooks []*Webhook) (out []string) {
	for _, webhook := range webhooks {
		out = append(out, webhook.ID)
	}
	return out
}

// digest is equal for requests that make indistinguishable webhooks in the same account. The account is the organization in
// the token, or the credential if the token names none.
func (c *Client) digest(in Settings) string {
	return intent.Digest(cmp.Or(c.Account().Organization, c.credentialID), in.key())
}
