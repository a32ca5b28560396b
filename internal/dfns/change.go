package dfns

import (
	"context"
	"errors"
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
//	decide    if there was no answer: update and delete read back (below), a create looks at lists (create.go)
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

// change is a change that is made exactly once.
type change[T any] struct {
	request httpapi.Request
	// read extracts the result from an answer. An answer that it cannot read counts as lost.
	read func(*httpapi.Response) (T, error)
	// sending, if any, is called before every sending.
	sending func()
}

// sent is what is known of a change after it was sent.
type sent[T any] struct {
	// answer is the result if err is nil. Otherwise err says why there is none.
	answer T
	err    error
	// last is when the last sending ended.
	last time.Time
	// resent says that an earlier sending had no answer, used that the API refused the token as used: a sending was carried out.
	resent, used bool
}

// notMade reports that the API has refused the change, or has never got it.
func (s sent[T]) notMade() bool {
	outcome, _ := httpapi.OutcomeOf(s.err)
	return s.err != nil && outcome == httpapi.NotMade && !s.resent && !s.used && !errors.Is(s.err, ErrPendingApproval)
}

// once signs a change and sends it, until it is answered or nothing more can be learned by sending it.
func once[T any](ctx context.Context, c *Client, ch change[T]) (sent[T], error) {
	// The list that reads share is out of date from here on, and so is one fetched while the change is made.
	c.shared.drop()
	defer c.shared.drop()
	ctx, cancel := c.keepBack(ctx)
	defer cancel()
	token, err := c.prepare(ctx, ch.request)
	if err != nil {
		return sent[T]{}, &httpapi.ChangeError{Outcome: httpapi.NotMade, Err: err}
	}
	ch.request.Change = true
	ch.request.Header = http.Header{"X-Dfns-Useraction": {token}}
	return send(ctx, c, ch), nil
}

// keepBack returns a context that ends early enough for the reads that decide what a lost answer means.
func (c *Client) keepBack(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, limited := ctx.Deadline()
	if !limited || c.unusable != nil {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(c.http.RequestTimeout(), time.Until(deadline)/3)))
}

// send sends a change until it is answered, with the same token every time, so it cannot be made twice.
func send[T any](ctx context.Context, c *Client, ch change[T]) (out sent[T]) {
	for again := 0; ; again++ {
		if ch.sending != nil {
			ch.sending()
		}
		response, err := c.do(ctx, ch.request)
		if err == nil {
			out.answer, err = ch.read(response)
		}
		out.last = time.Now()
		outcome, _ := httpapi.OutcomeOf(err)
		switch {
		case err == nil:
			out.err = nil
			return out
		case isUsed(err):
			out.used = true
			if !out.resent { // something in between has sent it twice, and kept the first answer
				out.err = err
			}
			return out
		case errors.Is(err, ErrPendingApproval):
			out.err = err
			return out
		case outcome == httpapi.NotMade:
			// A refusal of a later sending says nothing about an earlier one, so its lost answer remains what is wrong.
			if !out.resent {
				out.err = err
			}
			return out
		}
		out.err, out.resent = err, true
		if again == c.http.MaxRetries() || c.http.Pause(ctx, again) != nil {
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

// readBack reads what a change without an answer has done: immediately, and again once reads must show it. An error of read leaves
// that unknown.
func readBack[T any](
	ctx context.Context, c *Client, last time.Time, read func(context.Context) (T, httpapi.Outcome, error),
) (T, httpapi.Outcome, error) {
	out, outcome, err := read(ctx)
	if err != nil || outcome == httpapi.Made {
		return out, outcome, err
	}
	if err := c.http.UntilSettled(ctx, last); err != nil {
		return out, httpapi.Unknown, err
	}
	return read(ctx)
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
		if outcome == httpapi.NotMade || attempt == c.http.MaxRetries() || c.http.Pause(ctx, attempt) != nil {
			return "", &SigningError{Err: err, Challenged: true}
		}
	}
}
