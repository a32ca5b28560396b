package dfns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// A create, from top to bottom. Its answer is the only one that contains the secret, so a webhook whose create was not answered is
// worthless, but only a webhook that is proved to be ours may be deleted.
//
//	before    list the webhooks, once in the life of the client
//	check     an earlier create of the same content that is not finished stops this one
//	note      write a note for the next process
//	once      sign and send
//	decide    not answered: what is new in two lists, the second of which must show what was carried out?
//	          carried out, and one new webhook, of this content → it is deleted, and the create made anew, once
//	          not carried out, and nothing new                  → not made
//	          anything else                                     → unknown, with every new webhook named

// CreateWebhook registers a webhook. Only its answer contains the secret. An error proves what httpapi.OutcomeOf says of it. An
// intent.UnfinishedError means that an earlier create of the same content may have made a webhook, and that none was sent.
//
// https://docs.dfns.co/api-reference/webhooks/create-webhook
func (c *Client) CreateWebhook(ctx context.Context, in Settings) (*Webhook, error) {
	if !c.CanChange() { // said before any call, whatever that would answer
		return nil, &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: &SigningError{Err: ErrUnsigned}}
	}
	in.Status = cmp.Or(in.Status, StatusEnabled)
	// If two webhooks had the same content, nobody could say which one a lost create has made.
	unlock, err := c.locks.lock(ctx, in.key())
	if err != nil {
		return nil, err
	}
	defer unlock()
	err = c.listBefore(ctx)
	if err == nil {
		err = c.Notes().Check(ctx, c.digest(in), c.lookup(in))
	}
	if err != nil {
		return nil, &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: err}
	}
	defer c.existing.creating(in)()
	webhook, lost, err := c.create(ctx, in)
	if lost == nil {
		return webhook, err
	}
	return c.createAnew(ctx, in, lost)
}

// orphan is a webhook that a create is proved to have made, and whose secret nobody knows.
type orphan struct {
	id   string
	note *intent.Note
	err  error // why the create has no answer
}

// keep returns the error for a webhook that stays. Its note has the id, so that it stops the next create.
func (o *orphan) keep(why string) error {
	o.note.Answered(o.id)
	return &httpapi.ChangeError{Outcome: httpapi.Made, IDs: []string{o.id}, Err: fmt.Errorf("%w%s", o.err, why)}
}

// createAnew deletes the webhook whose secret was lost and makes another one.
func (c *Client) createAnew(ctx context.Context, in Settings, lost *orphan) (*Webhook, error) {
	if deadline, limited := ctx.Deadline(); limited && time.Until(deadline) < c.RequestTimeout() {
		return nil, lost.keep("; no time was left to delete the webhook and to create another one")
	}
	if err := c.DeleteWebhook(ctx, lost.id, ""); err != nil && !httpapi.IsNotFound(err) {
		return nil, lost.keep("; deleting the webhook failed: " + err.Error()) // its outcome is not the create's
	}
	lost.note.Remove()
	c.RememberID(lost.id, false) // lists may still show it
	webhook, again, err := c.create(ctx, in)
	if again != nil {
		err = again.keep("")
	}
	if err != nil {
		return nil, fmt.Errorf("webhook %s, which the first create had made and whose secret was lost, was deleted; the second create: %w",
			lost.id, err)
	}
	webhook.Recovery = Recovery{Removed: lost.id}
	return webhook, nil
}

// create makes a webhook. If it proves to have made one whose secret is lost, it returns that orphan.
func (c *Client) create(ctx context.Context, in Settings) (webhook *Webhook, lost *orphan, err error) {
	request := httpapi.Request{Method: http.MethodPost, Path: []string{"webhooks"}, Body: in.changes(Settings{})}
	noted := intent.Create{Object: "Dfns webhook " + weburl.Hide(in.URL), Digest: c.digest(in), Others: c.existing.ids()}
	var note *intent.Note
	begin := sync.OnceFunc(func() { note = c.Notes().Begin(noted) })
	s, err := c.once(ctx, request, func() { begin(); note.Sending() }, func(response *httpapi.Response) (err error) {
		webhook, err = decodeWebhook(request, response, "")
		return err
	})
	outcome := httpapi.Unknown
	switch {
	case err != nil: // never sent
		return nil, nil, err
	case s.err == nil:
		if err := c.Accept(webhook.ID, noted, note); err != nil {
			note.Unlock()
			return nil, nil, &httpapi.ChangeError{Outcome: outcome, Err: fmt.Errorf("the answer to the create cannot be used: %w", err)}
		}
		webhook.Recovery = Recovery{Resent: s.resent}
		return webhook, nil, nil
	case errors.Is(s.err, ErrPendingApproval):
		note.Pend()
	case s.notMade():
		note.Remove()
		outcome = httpapi.NotMade
	default:
		return c.decide(ctx, in, s, note)
	}
	return nil, nil, &httpapi.ChangeError{Outcome: outcome, Err: s.err}
}

// lookup asks about the create of a note. If the API refuses to list, only a person can find what it has made.
func (c *Client) lookup(in Settings) intent.Lookup {
	out := intent.Lookup{Exists: func(ctx context.Context, note *intent.Note) (bool, error) {
		_, err := c.getWebhook(ctx, note.ID, note.Date())
		return httpapi.Exists(err)
	}}
	if c.existing.ids() != nil {
		out.Candidates = func(ctx context.Context, note *intent.Note) ([]string, error) {
			isOld := func(id string) bool { return slices.Contains(note.Others, id) || c.HasOwner(id) }
			fresh, err := c.newWebhooks(ctx, in, note.Sent, isOld)
			return ids(fresh), err
		}
	}
	return out
}

// decide says what a create without an answer has done.
func (c *Client) decide(ctx context.Context, in Settings, s sent, note *intent.Note) (*Webhook, *orphan, error) {
	fresh, err := c.newWebhooks(ctx, in, s.last, func(id string) bool { return c.existing.has(id) || c.HasOwner(id) })
	switch {
	case err == nil && s.used && len(fresh) == 1 && in.Same(fresh[0].Settings) && !c.IsNamed(fresh[0].ID): // by an import
		return nil, &orphan{id: fresh[0].ID, note: note, err: s.err}, nil
	case err == nil && !s.used && len(fresh) == 0:
		note.Remove()
		return nil, nil, &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: s.err}
	case err != nil:
		s.err = fmt.Errorf("%w; looking for its result failed: %s", s.err, err.Error())
	}
	note.Unlock()
	return nil, nil, &httpapi.ChangeError{Outcome: httpapi.Unknown, IDs: ids(fresh), Err: s.err}
}
