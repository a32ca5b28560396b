package dfns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// clockSkew is how far the clock that stamps webhooks may be behind the one that answered before the create. It is short,
// because the webhooks of another run may be only a little older.
const clockSkew = 2 * time.Second

// createLife is how long after its first challenge a create can still take effect: a challenge and its token are valid for 15
// minutes each, and the create may have been signed more than once.
const createLife = time.Hour

// note records a create that is about to be sent. The create is sent even if the note cannot be written: most read-only
// directories are gone after the run, and the note would be too.
func (c *Client) note(ctx context.Context, in CreateWebhookRequest, since time.Time) *intent.Note {
	digest := c.digest(in)
	var others []string
	c.created.Range(func(id, content any) bool {
		if content == digest {
			others = append(others, id.(string)) //nolint:forcetypeassert // it is this package's own
		}
		return true
	})
	note, err := c.creates.Begin(intent.Create{
		Object: "Dfns webhook " + weburl.Hide(in.URL), Digest: digest, Since: since, Others: others,
	})
	if err != nil {
		c.http.Debug(ctx, "Create not noted", map[string]any{"error": err.Error()})
	}
	return note
}

// checkInterrupted fails when an earlier create of the same content, in this process or an earlier one, may have made a
// webhook. It does not delete that webhook, because someone may use it by now.
func (c *Client) checkInterrupted(ctx context.Context, in CreateWebhookRequest) error {
	for _, note := range c.creates.LeftOf(c.digest(in)) {
		ids, err := c.madeBy(ctx, in, note)
		// The create may still be in progress at the API, for about as long as a client waits for an answer.
		for look := 1; err == nil && len(ids) == 0 && (look == 1 || note.IsYounger(c.http.RequestTimeout())); look++ {
			if err = c.http.Pause(ctx, look); err == nil {
				ids, err = c.madeBy(ctx, in, note)
			}
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("it has made nothing so far, but may still do so until request_timeout has passed since it was sent: %w", err)
			}
		}
		if err != nil || len(ids) > 0 {
			return &InterruptedError{Note: note.Path, Written: note.Written, IDs: ids, Err: err}
		}
		note.Forget()
	}
	return nil
}

// madeBy returns the ids of the webhooks that the create in a note can have made.
func (c *Client) madeBy(ctx context.Context, in CreateWebhookRequest, note *intent.Note) (out []string, err error) {
	for webhook, err := range c.lookalikes(ctx, in) {
		if err != nil {
			return nil, err
		}
		if canHaveMade(note, webhook) {
			out = append(out, webhook.ID)
		}
	}
	return out, nil
}

// canHaveMade reports whether the create in a note can have made a webhook of its content. A time that is missing or cannot
// be parsed rules nothing out.
func canHaveMade(note *intent.Note, webhook *Webhook) bool {
	created, err := time.Parse(time.RFC3339, webhook.DateCreated)
	if err == nil && !note.Since.IsZero() &&
		(created.Before(note.Since.Add(-clockSkew)) || created.After(note.Since.Add(createLife))) {
		return false
	}
	return !slices.Contains(note.Others, webhook.ID)
}

// ResolveInterrupted records that a state names a webhook, for example after an import, so it is not a leftover of an
// unfinished create. The note of a create of the same content is removed once no other webhook can be its result. It makes no
// call unless there is such a note.
func (c *Client) ResolveInterrupted(ctx context.Context, webhook *Webhook) {
	in := CreateWebhookRequest{URL: webhook.URL, Events: webhook.Events, Status: webhook.Status, Description: webhook.Description}
	digest := c.digest(in)
	if len(c.creates.LeftOf(digest)) == 0 {
		return
	}
	// Reads that share a list end together. One at a time, so that none overwrites what another has recorded.
	done, err := c.turns.take(ctx, contentKey(in))
	if err != nil {
		return
	}
	defer done()
	for _, note := range c.creates.LeftOf(digest) {
		if canHaveMade(note, webhook) {
			note.Exclude(webhook.ID)
		}
		if others, err := c.madeBy(ctx, in, note); err == nil && len(others) == 0 && !note.IsYounger(c.http.RequestTimeout()) {
			note.Forget()
		}
	}
}

// digest is equal for requests that make indistinguishable webhooks in the same account. The account is the organization in
// the token, or the credential if the token names none.
func (c *Client) digest(in CreateWebhookRequest) string {
	return intent.Digest(cmp.Or(c.account.Organization, c.credentialID), contentKey(in))
}
