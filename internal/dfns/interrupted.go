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

// clockSkew is by how much the clock that stamps webhooks may be behind the one that answered before the create. It is short,
// for the webhooks of another run may be just older.
const clockSkew = 2 * time.Second

// createLife is how long after its first challenge a create can still be made: a challenge and its token are good for 15
// minutes each, and it may have been signed more than once.
const createLife = time.Hour

// note writes down a create that is about to be sent. One that cannot be written down is sent all the same: most
// directories that cannot be written to are gone after the run, and so would the note be.
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

// checkInterrupted fails when an earlier create of the same content, in this process or one before it, may have made a
// webhook and nobody knows whether it has. What it made is not deleted: since then someone may have come to use it.
func (c *Client) checkInterrupted(ctx context.Context, in CreateWebhookRequest) error {
	for _, note := range c.creates.LeftOf(c.digest(in)) {
		ids, err := c.madeBy(ctx, in, note)
		// It may still be on its way through the API, for about as long as an answer would have been waited for.
		for look := 1; err == nil && len(ids) == 0 && (look == 1 || note.IsYounger(c.http.RequestTimeout())); look++ {
			if err = c.http.Pause(ctx, look); err == nil {
				ids, err = c.madeBy(ctx, in, note)
			}
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("it made nothing so far, but may still be on its way for request_timeout: %w", err)
			}
		}
		if err != nil || len(ids) > 0 {
			return &InterruptedError{Note: note.Path, Written: note.Written, IDs: ids, Err: err}
		}
		note.Forget()
	}
	return nil
}

// madeBy returns the ids of the webhooks that the create of a note can have made.
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

// canHaveMade reports whether the create of a note can have made a webhook of its content. A time that is not told or cannot
// be read rules nothing out.
func canHaveMade(note *intent.Note, webhook *Webhook) bool {
	created, err := time.Parse(time.RFC3339, webhook.DateCreated)
	if err == nil && !note.Since.IsZero() &&
		(created.Before(note.Since.Add(-clockSkew)) || created.After(note.Since.Add(createLife))) {
		return false
	}
	return !slices.Contains(note.Others, webhook.ID)
}

// ResolveInterrupted notes that a state names a webhook, such as one that was imported, so that no unfinished create has left
// it behind. The note of a create of the same content is forgotten once there is nothing else that it can have made. It makes
// no call unless there is such a note.
func (c *Client) ResolveInterrupted(ctx context.Context, webhook *Webhook) {
	in := CreateWebhookRequest{URL: webhook.URL, Events: webhook.Events, Status: webhook.Status, Description: webhook.Description}
	digest := c.digest(in)
	if len(c.creates.LeftOf(digest)) == 0 {
		return
	}
	// Reads that share a list end together: what one of them notes must not undo what another has.
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

// digest is equal for requests that make webhooks which cannot be told apart, in one account: its organization, or its
// credential where the token does not tell that.
func (c *Client) digest(in CreateWebhookRequest) string {
	return intent.Digest(cmp.Or(c.account.Organization, c.credentialID), contentKey(in))
}
