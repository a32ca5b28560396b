package dfns

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// clockTolerance is how far the clock in the Date header may be ahead of the clock that stamps webhooks. A webhook that was
// created less than that before the create counts as older, but is reported.
const clockTolerance = 10 * time.Second

// removeOrphan deletes the webhook that a lost create has made, if any, because nobody knows its secret. It deletes nothing
// while it is unclear which webhook that is, or while the token can still show whether the create was made.
func (c *Client) removeOrphan(
	ctx context.Context, in CreateWebhookRequest, lost sending, recovery *Recovery,
) error {
	orphans, err := c.orphans(ctx, in, lost.since, recovery)
	// The lost create may still be in progress at the API, so one look is not enough. If the API refuses its token, it has
	// most likely accepted the create, so the search takes longer.
	for look := 1; err == nil && len(orphans) == 0 && (look == 1 || lost.taken && look <= 4); look++ {
		if err = c.http.Pause(ctx, look); err == nil {
			orphans, err = c.orphans(ctx, in, lost.since, recovery)
		}
	}
	switch {
	case err != nil:
		return err
	case len(orphans) == 0:
		return nil
	case len(orphans) > 1:
		return &AmbiguousError{IDs: orphans}
	case !lost.last:
		return &AmbiguousError{IDs: orphans, Reason: "no answer shows that the API accepted the create, so this webhook may be someone else's"}
	case lost.since.IsZero():
		return &AmbiguousError{IDs: orphans, Reason: "the API's answers have no Date header, so it is unclear whether this webhook is older"}
	}
	if err := c.DeleteWebhook(ctx, orphans[0]); err != nil && !IsNotFound(err) {
		return &AmbiguousError{IDs: orphans, Reason: "deleting it failed: " + err.Error()}
	}
	recovery.Removed = append(recovery.Removed, orphans[0])
	return nil
}

// reportLateCreates looks once more after a create that was signed again: the first one, which no read showed, may have been
// made in the meantime. It only reports what it finds, because the create itself has succeeded.
func (c *Client) reportLateCreates(ctx context.Context, in CreateWebhookRequest, since time.Time, recovery *Recovery) {
	late, err := c.orphans(ctx, in, since, recovery)
	if err == nil {
		recovery.Suspects = append(recovery.Suspects, late...)
	}
}

// orphans returns the ids of the webhooks that a create sent after since can have made: those of the same content that are
// not older and that no answered create of this client has made. Slightly older ones become suspects.
func (c *Client) orphans(
	ctx context.Context, in CreateWebhookRequest, since time.Time, recovery *Recovery,
) (out []string, err error) {
	recovery.Suspects = nil
	for webhook, err := range c.lookalikes(ctx, in) {
		if err != nil {
			return nil, err
		}
		created, err := time.Parse(time.RFC3339, webhook.DateCreated)
		switch {
		case err != nil:
			return nil, fmt.Errorf("the dateCreated of webhook %s cannot be read", webhook.ID)
		case !created.Before(since):
			out = append(out, webhook.ID)
		case created.After(since.Add(-clockTolerance)):
			recovery.Suspects = append(recovery.Suspects, webhook.ID)
		}
	}
	return out, nil
}

// lookalikes lists the webhooks of the same content that no answered create of this client has made.
func (c *Client) lookalikes(ctx context.Context, in CreateWebhookRequest) iter.Seq2[*Webhook, error] {
	return func(yield func(*Webhook, error) bool) {
		for webhook, err := range c.ListWebhooks(ctx, MaxPage) {
			if err != nil {
				yield(nil, unrecognized(err))
				return
			}
			if _, answered := c.created.Load(webhook.ID); answered || !in.matches(webhook) {
				continue
			}
			if !yield(webhook, nil) {
				return
			}
		}
	}
}

// matches reports whether a webhook has the values of the request.
func (in CreateWebhookRequest) matches(webhook *Webhook) bool {
	return weburl.Same(in.URL, webhook.URL) && sameKinds(in.Events, webhook.Events) &&
		cmp.Or(in.Status, StatusEnabled) == webhook.Status && in.Description == webhook.Description
}

// matches reports whether a webhook has every value that the request sets.
func (u UpdateWebhookRequest) matches(webhook *Webhook) bool {
	return (u.URL == nil || weburl.Same(*u.URL, webhook.URL)) &&
		(u.Events == nil || sameKinds(u.Events, webhook.Events)) &&
		(u.Status == nil || *u.Status == webhook.Status) &&
		(u.Description == nil || *u.Description == webhook.Description)
}

func sameKinds(a, b []string) bool {
	return slices.Equal(normalKinds(a), normalKinds(b))
}

// normalKinds returns event kinds in order, each once.
func normalKinds(kinds []string) []string { return slices.Compact(slices.Sorted(slices.Values(kinds))) }

// contentKey is equal for requests that make indistinguishable webhooks.
func contentKey(in CreateWebhookRequest) string {
	in.URL = weburl.Normal(in.URL)
	in.Events = normalKinds(in.Events)
	in.Status = cmp.Or(in.Status, StatusEnabled)
	key, _ := json.Marshal(in) // strings only
	return string(key)
}

// turns makes callers with the same key wait for each other.
type turns struct {
	mu   sync.Mutex
	keys map[string]chan struct{}
}

// take waits for the turn of a key. The returned function ends the turn.
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
