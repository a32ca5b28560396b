package dfns

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// A change is made exactly once or its outcome is reported as unknown. The API exchanges a signature for a token that works once,
// which makes the token an idempotency key: a change whose answer was lost is sent again with the same token.
//
//	prepare   get a challenge, sign it, get the token
//	send      send the change with the token, and again with the same token while answers are lost
//	decide    if there was no answer: update and delete read back (changeWebhook), a create looks at lists (create.go)
//
// This assumes that the API marks a token as used only when it carries the change out.

// Recovery says how a change was completed after an answer was lost. The zero value means that no answer was lost.
type Recovery struct {
	// Resent says that the API answered when the change was sent again with the same token.
	Resent bool
	// Confirmed says that a read, or the refusal of the token as used, showed that the change was made.
	Confirmed bool
	// Removed is the webhook that the lost create had made. Nobody knows its secret, so it was deleted.
	Removed string
}

// Happened reports that an answer was lost.
func (r Recovery) Happened() bool { return r != Recovery{} }

// sent is what is known of a change after it was sent.
type sent struct {
	// err says why there is no answer. It is nil if there is one.
	err error
	// last is when the last sending ended.
	last time.Time
	// resent says that an earlier sending had no answer, used that the API refused the token as used: a sending was carried out.
	resent, used bool
}

// notMade reports that the API has refused the change, or has never got it.
func (s sent) notMade() bool {
	outcome, _ := httpapi.OutcomeOf(s.err)
	return outcome == httpapi.NotMade && !s.resent && !s.used && !errors.Is(s.err, ErrPendingApproval)
}

// once signs a change and sends it, until it is answered or nothing more can be learned by sending it. read reads an answer; one that
// it cannot read counts as lost. sending is called before every sending. The error is that of a change that was never sent.
func (c *Client) once(ctx context.Context, request httpapi.Request, sending func(), read func(*httpapi.Response) error) (sent, error) {
	// The list that reads share is out of date from here on, and so is one fetched while the change is made.
	c.list.drop()
	defer c.list.drop()
	ctx, cancel := c.keepTimeForReads(ctx)
	defer cancel()
	token, err := c.prepare(ctx, request)
	if err != nil {
		return sent{}, &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: err}
	}
	request.Change = true
	request.Header = http.Header{"X-Dfns-Useraction": {token}}
	return c.send(ctx, request, sending, read), nil
}

// keepTimeForReads returns a context that ends early enough for the reads that decide what a lost answer means.
func (c *Client) keepTimeForReads(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, limited := ctx.Deadline()
	if !limited {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(c.RequestTimeout(), time.Until(deadline)/3)))
}

// send sends a change until it is answered, with the same token every time, so it cannot be made twice.
func (c *Client) send(ctx context.Context, request httpapi.Request, sending func(), read func(*httpapi.Response) error) (out sent) {
	for again := 0; ; again++ {
		sending()
		response, err := c.do(ctx, request)
		if err == nil {
			err = read(response)
		}
		out.last = time.Now()
		outcome, _ := httpapi.OutcomeOf(err)
		out.used = isUsed(err)
		switch {
		case err == nil, errors.Is(err, ErrPendingApproval):
			out.err = err
			return out
		case out.used || outcome == httpapi.NotMade:
			// A refusal of a later sending says nothing about an earlier one, so its lost answer remains what is wrong. If the first
			// sending is refused as used, something in between has sent it twice, and kept the first answer.
			if !out.resent {
				out.err = err
			}
			return out
		}
		out.err, out.resent = err, true
		if !c.MayRetry(ctx, again) {
			return out
		}
	}
}

// isUsed reports the API's words for a token that was used: a sending with it was carried out.
func isUsed(err error) bool {
	refused, ok := errors.AsType[*httpapi.Error](err)
	return ok && refused.Status == http.StatusBadRequest && refused.Recognized &&
		strings.Contains(strings.ToLower(refused.Message), "user action has already been used")
}

// changeWebhook updates or deletes a webhook. If the API has not answered, or does not find it, changeWebhook reads the webhook, and
// again once reads must show the change. shows says what a read proves.
func (c *Client) changeWebhook(
	ctx context.Context, request httpapi.Request, from *Webhook,
	read func(*httpapi.Response) (*Webhook, error), shows func(*Webhook) httpapi.Outcome,
) (webhook *Webhook, err error) {
	s, err := c.once(ctx, request, func() {}, func(response *httpapi.Response) (err error) {
		webhook, err = read(response)
		return err
	})
	switch {
	case err != nil: // never sent
		return nil, err
	case s.err == nil:
		webhook.Recovery = Recovery{Resent: s.resent}
		return webhook, nil
	case s.notMade() && httpapi.Status(s.err) != http.StatusNotFound, errors.Is(s.err, ErrPendingApproval):
		return nil, s.err
	}
	webhook, err = c.getWebhook(ctx, from.ID, from.DateCreated)
	if err == nil && shows(webhook) != httpapi.Made {
		if err = c.UntilSettled(ctx, s.last); err == nil {
			webhook, err = c.getWebhook(ctx, from.ID, from.DateCreated)
		}
	}
	switch {
	case httpapi.IsNotFound(err):
		return nil, err
	case err != nil:
		err = fmt.Errorf("%w; reading its result failed: %s", s.err, err.Error())
		return nil, &httpapi.ChangeError{Outcome: httpapi.Unknown, Err: err}
	}
	outcome := shows(webhook)
	switch {
	case outcome == httpapi.Made, s.used && outcome == httpapi.Unknown: // carried out, and stored in another form
		webhook.Recovery = Recovery{Confirmed: true}
		return webhook, nil
	case s.used: // carried out, and undone since
		outcome = httpapi.Unknown
	}
	return nil, &httpapi.ChangeError{Outcome: outcome, Err: s.err}
}

// prepare gets the token of one change. It requests a challenge again if the answer was lost. If the answer to a signature was
// lost, the challenge may be used up, so prepare signs another one. Every error is a *SigningError.
func (c *Client) prepare(ctx context.Context, request httpapi.Request) (token string, err error) {
	if !c.CanChange() {
		return "", &SigningError{Err: ErrUnsigned}
	}
	for attempt := 0; ; attempt++ {
		offered, err := c.initAction(ctx, request)
		if err != nil {
			return "", &SigningError{Err: err}
		}
		token, err := c.signChallenge(ctx, offered)
		if err == nil {
			return token, nil
		}
		outcome, _ := httpapi.OutcomeOf(err)
		if outcome == httpapi.NotMade || !c.MayRetry(ctx, attempt) {
			return "", &SigningError{Err: err, Challenged: true}
		}
	}
}
