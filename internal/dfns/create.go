package dfns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
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

// CreateWebhookRequest describes a new webhook.
type CreateWebhookRequest struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Status string   `json:"status,omitempty"`
	// Description is omitted when empty.
	Description string `json:"description,omitempty"`
}

// CreateWebhook registers a webhook. Only its answer contains the secret. An error proves what httpapi.OutcomeOf says of it. An
// intent.UnfinishedError means that an earlier create of the same content may have made a webhook, and that none was sent.
//
// https://docs.dfns.co/api-reference/webhooks/create-webhook
func (c *Client) CreateWebhook(ctx context.Context, in CreateWebhookRequest) (*Webhook, error) {
	if !c.CanChange() { // said before any call, whatever that would answer
		return nil, &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: &SigningError{Err: ErrUnsigned}}
	}
	// If two webhooks had the same content, nobody could say which one a lost create has made.
	done, err := c.turns.take(ctx, in.key())
	if err != nil {
		return nil, err
	}
	defer done()
	err = c.existing.list(ctx, c)
	if err == nil {
		err = c.notes.Check(ctx, c.digest(in), c.lookup(in))
	}
	if err != nil {
		return nil, &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: err}
	}
	defer c.existing.creating(in)()
	webhook, err := c.create(ctx, in)
	lost, ok := errors.AsType[*lostSecretError](err)
	if !ok {
		return webhook, err
	}
	return c.createAnew(ctx, in, lost)
}

// lostSecretError is a create that is proved to have made a webhook, whose secret nobody knows.
type lostSecretError struct {
	made string
	note *intent.Note
	err  error
}

func (e *lostSecretError) Error() string { return e.err.Error() }
func (e *lostSecretError) Unwrap() error { return e.err }

// failed returns the error for a webhook that stays. Its note has the id, so that it stops the next create.
func (e *lostSecretError) failed(err error) error {
	e.note.Answered(e.made)
	return &httpapi.ChangeError{Outcome: httpapi.Made, IDs: []string{e.made}, Err: err}
}

// createAnew deletes the webhook whose secret was lost and makes another one.
func (c *Client) createAnew(ctx context.Context, in CreateWebhookRequest, lost *lostSecretError) (*Webhook, error) {
	if deadline, limited := ctx.Deadline(); limited && time.Until(deadline) < c.http.RequestTimeout() {
		return nil, lost.failed(fmt.Errorf("%w; no time was left to delete the webhook and to create another one", lost))
	}
	if err := c.DeleteWebhook(ctx, lost.made, ""); err != nil && !IsNotFound(err) {
		return nil, lost.failed(fmt.Errorf("%w; deleting the webhook failed: %s", lost, err.Error())) // its outcome is not the create's
	}
	lost.note.Forget()
	c.names.Add(lost.made, false) // lists may still show it
	webhook, err := c.create(ctx, in)
	if again, ok := errors.AsType[*lostSecretError](err); ok {
		err = again.failed(again)
	}
	if err != nil {
		return nil, fmt.Errorf("webhook %s, which the first create had made and whose secret was lost, was deleted; the second create: %w",
			lost.made, err)
	}
	webhook.Recovery = Recovery{Removed: lost.made}
	return webhook, nil
}

// create makes a webhook. If it proves to have made one whose secret is lost, the error is a *lostSecretError.
func (c *Client) create(ctx context.Context, in CreateWebhookRequest) (*Webhook, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	var note *intent.Note
	request := httpapi.Request{Method: http.MethodPost, Path: []string{"webhooks"}, Body: body}
	s, err := once(ctx, c, change[*Webhook]{
		request: request,
		read:    func(response *httpapi.Response) (*Webhook, error) { return decodeWebhook(request, response, "") },
		sending: func() {
			if note == nil {
				note = c.notes.Begin(intent.Create{Object: "Dfns webhook " + weburl.Hide(in.URL), Digest: c.digest(in), Others: c.existing.ids()})
			}
			note.Sending()
		},
	})
	switch {
	case err != nil: // never sent
		return nil, err
	case s.err == nil:
		return c.answered(s, note)
	case errors.Is(s.err, ErrPendingApproval):
		note.Wait()
		return nil, &httpapi.ChangeError{Outcome: httpapi.Unknown, Err: s.err}
	case s.notMade():
		note.Forget()
		return nil, &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: s.err}
	}
	return nil, c.decide(ctx, in, s, note)
}

// answered takes the answer to a create, unless it is about a webhook that this create cannot have made.
func (c *Client) answered(s sent[*Webhook], note *intent.Note) (*Webhook, error) {
	id := s.answer.ID
	if known := c.names.Add(id, false); known || c.existing.has(id) {
		note.Leave()
		return nil, &httpapi.ChangeError{Outcome: httpapi.Unknown, Err: fmt.Errorf("the API answered with webhook %s, which existed before", id)}
	}
	note.Answered(id)
	s.answer.Recovery = Recovery{Resent: s.resent}
	return s.answer, nil
}

// lookup asks about the create of a note. If the API refuses to list, only a person can find what it has made.
func (c *Client) lookup(in CreateWebhookRequest) intent.Lookup {
	out := intent.Lookup{Exists: func(ctx context.Context, note *intent.Note) (bool, error) {
		_, err := c.getWebhook(ctx, note.ID, note.Date())
		if IsNotFound(err) {
			return false, nil
		}
		return true, err
	}}
	if c.existing.ids() != nil {
		out.Candidates = func(ctx context.Context, note *intent.Note) ([]string, error) {
			fresh, err := c.newWebhooks(ctx, in, note.Sent, func(id string) bool { return slices.Contains(note.Others, id) })
			return ids(fresh), err
		}
	}
	return out
}

// decide says what a create without an answer has done.
func (c *Client) decide(ctx context.Context, in CreateWebhookRequest, s sent[*Webhook], note *intent.Note) error {
	fresh, err := c.newWebhooks(ctx, in, s.last, c.existing.has)
	switch {
	case err == nil && s.used && len(fresh) == 1 && in.matches(fresh[0]):
		return &lostSecretError{made: fresh[0].ID, note: note, err: s.err}
	case err == nil && !s.used && len(fresh) == 0:
		note.Forget()
		return &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: s.err}
	}
	note.Leave()
	unknown := &httpapi.ChangeError{Outcome: httpapi.Unknown, IDs: ids(fresh), Err: s.err}
	if err != nil {
		unknown.Err = fmt.Errorf("%w; looking for its result failed: %s", s.err, err.Error())
	}
	return unknown
}
