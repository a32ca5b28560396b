package dfns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// removeOrphan deletes the webhook that a lost create has made, if it has made one: nobody knows its secret. It changes
// nothing when it cannot be certain which one that is.
func (c *Client) removeOrphan(ctx context.Context, in CreateWebhookRequest, since time.Time, recovery *Recovery) error {
	orphans, err := c.orphans(ctx, in, since)
	if err == nil && len(orphans) == 0 {
		// The lost create may still be on its way through the API: look again a moment later.
		if err = c.http.Pause(ctx, 1); err == nil {
			orphans, err = c.orphans(ctx, in, since)
		}
	}
	switch {
	case err != nil:
		return err
	case len(orphans) == 0:
		return nil
	case len(orphans) > 1 || since.IsZero():
		// Without the API's clock an older webhook of the same content could be taken for the new one.
		return &AmbiguousError{IDs: orphans}
	}
	if err := c.DeleteWebhook(ctx, orphans[0]); err != nil && !IsNotFound(err) {
		return errors.Join(&AmbiguousError{IDs: orphans}, err)
	}
	recovery.Removed = append(recovery.Removed, orphans[0])
	return nil
}

// orphans returns the ids of the webhooks that a create sent since a time can have made: those of the same content that
// are not older and whose create this client has not seen answered.
func (c *Client) orphans(ctx context.Context, in CreateWebhookRequest, since time.Time) ([]string, error) {
	var out []string
	for webhook, err := range c.ListWebhooks(ctx, MaxPage) {
		if err != nil {
			return nil, err
		}
		if _, answered := c.created.Load(webhook.ID); answered || !in.isIn(webhook) {
			continue
		}
		created, err := time.Parse(time.RFC3339, webhook.DateCreated)
		if err != nil {
			return nil, fmt.Errorf("when webhook %s was created cannot be read", webhook.ID)
		}
		if !created.Before(since) {
			out = append(out, webhook.ID)
		}
	}
	return out, nil
}

// isIn reports whether a webhook is what the request asks for.
func (in CreateWebhookRequest) isIn(webhook *Webhook) bool {
	status := in.Status
	if status == "" {
		status = StatusEnabled
	}
	return weburl.Same(in.URL, webhook.URL) && sameKinds(in.Events, webhook.Events) &&
		status == webhook.Status && in.Description == webhook.Description
}

// isIn reports whether a webhook is as the request wants it.
func (u UpdateWebhookRequest) isIn(webhook *Webhook) bool {
	return (u.URL == nil || weburl.Same(*u.URL, webhook.URL)) &&
		(u.Events == nil || sameKinds(u.Events, webhook.Events)) &&
		(u.Status == nil || *u.Status == webhook.Status) &&
		(u.Description == nil || *u.Description == webhook.Description)
}

func sameKinds(a, b []string) bool {
	normal := func(kinds []string) []string { return slices.Compact(slices.Sorted(slices.Values(kinds))) }
	return slices.Equal(normal(a), normal(b))
}

// contentKey is equal for requests that make webhooks which cannot be told apart.
func contentKey(in CreateWebhookRequest) string {
	in.Events = slices.Sorted(slices.Values(in.Events))
	key, _ := json.Marshal(in) // strings only
	return string(key)
}

// turns lets those who hold the same key go one after the other.
type turns struct {
	mu   sync.Mutex
	keys map[string]chan struct{}
}

// take waits for the turn of a key. The function it returns ends the turn.
func (t *turns) take(ctx context.Context, key string) (done func(), err error) {
	t.mu.Lock()
	if t.keys == nil {
		t.keys = map[string]chan struct{}{}
	}
	if t.keys[key] == nil {
		t.keys[key] = make(chan struct{}, 1)
	}
	turn := t.keys[key]
	t.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
