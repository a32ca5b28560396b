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

// A change is made exactly once or reported as unknown. The token that a signature buys works once, which makes it an
// idempotency key: a change whose answer was lost is sent again with the same token.
//
//	prepare   challenge, signature, token
//	send      the change with the token, again with the same token while answers are lost
//	resolve   when the token is used up or no answer comes through: find out by reading whether the change was made
//	          made → done; not made → prepare anew; cannot be told → unknown
//
// Where reading leaves it open and no answer has come through, the token is asked once more: one that still works has made
// nothing yet.

// maxRounds bounds how often a change is signed: once, and once more for each time it turned out not to have been made.
const maxRounds = 3

// Recovery tells how a change came about whose answer was lost. Its zero value means that none was.
type Recovery struct {
	// Resent says that the change was answered when it was sent again with the same token.
	Resent bool
	// Confirmed says that reading showed it to be made.
	Confirmed bool
	// SignedAnew says that reading showed it not to be made, so that it was signed and sent anew.
	SignedAnew bool
	// Removed are webhooks that a lost create had made. Nobody knows their secrets, so they were deleted.
	Removed []string
	// Suspects are webhooks of the same content that a lost create may have made all the same. They were left alone.
	Suspects []string
}

// Happened reports that an answer was lost.
func (r Recovery) Happened() bool {
	return r.Resent || r.Confirmed || r.SignedAnew || len(r.Removed) > 0
}

// finding is what reading showed about a change whose answer was lost.
type finding int

const (
	notMade finding = iota
	made
)

// sending is what is known of a change that was sent and whose answer was lost.
type sending struct {
	// since is what the API's clock showed before. Zero means that it does not tell.
	since time.Time
	// taken says that the token was refused on a resend: the API has most likely taken the change, and may only be slow to
	// make it.
	taken bool
	// last says that there is no more to learn from the token: it was refused, or asked again without an answer.
	last bool
}

// change is a change that is made exactly once.
type change[T any] struct {
	request httpapi.Request
	// read takes the result out of an answer. An answer it cannot read counts as lost.
	read func(*httpapi.Response) (T, error)
	// resolve finds out whether a change whose answer was lost was made, and with which result.
	resolve func(ctx context.Context, lost sending, recovery *Recovery) (finding, T, error)
	// sending is told before the change is first sent what the API's clock showed before. Nil is told nothing.
	sending func(since time.Time)
	// followUp runs after a change that was made only once it was signed anew. Nil does nothing.
	followUp func(ctx context.Context, since time.Time, recovery *Recovery)
}

// once makes a change.
func once[T any](ctx context.Context, c *Client, ch change[T]) (T, Recovery, error) {
	var none T
	var recovery Recovery
	var since time.Time
	// What reads share is of no use from here on, and what they read meanwhile is of none afterwards.
	c.shared.drop()
	defer c.shared.drop()
	for round := 1; ; round++ {
		bought, err := c.prepare(ctx, ch.request)
		if err != nil {
			return none, recovery, err
		}
		if round == 1 {
			since = bought.clock
			if ch.sending != nil {
				ch.sending(since)
			}
		}
		out, found, lost, err := deliver(ctx, c, ch, bought.token, since, &recovery)
		if lost == nil && err == nil && recovery.SignedAnew && ch.followUp != nil {
			ch.followUp(ctx, since, &recovery)
		}
		switch {
		case lost == nil:
			return out, recovery, err
		case IsNotFound(err): // the webhook that was to be changed is gone
			return none, recovery, err
		case err != nil:
			return none, recovery, fmt.Errorf("%w; whether it was made cannot be told: %w", lost, err)
		case found == made:
			recovery.Confirmed = true
			return out, recovery, nil
		case ctx.Err() != nil:
			return none, recovery, lost
		case round == min(maxRounds, 1+c.http.MaxRetries()):
			return none, recovery, &NotMadeError{Err: lost}
		}
		recovery.SignedAnew = true
	}
}

// deliver sends a change and, when its answer is lost, finds out what became of it, unless there is no time left for that.
func deliver[T any](
	ctx context.Context, c *Client, ch change[T], token string, since time.Time, recovery *Recovery,
) (out T, found finding, lost, err error) {
	var taken bool
	for again := false; ; again = true {
		out, taken, lost, err = send(ctx, c, ch, token, lost, recovery)
		if lost == nil || ctx.Err() != nil {
			return out, notMade, lost, err
		}
		found, out, err = ch.resolve(ctx, sending{since: since, taken: taken, last: taken || again}, recovery)
		if taken || again || !isAmbiguous(err) {
			return out, found, lost, err
		}
	}
}

// send sends a change until an answer comes through, with the same token every time, so it cannot be made twice. It
// returns the lost answer's error when the answers stay lost or the token turns out to be used up (taken): both leave
// open whether the change was made. Before is the lost answer of an earlier sending, after which it is sent once more only;
// nil when there was none.
func send[T any](
	ctx context.Context, c *Client, ch change[T], token string, before error, recovery *Recovery,
) (out T, taken bool, lost, err error) {
	lost = before
	request := ch.request
	request.Header = http.Header{"X-Dfns-Useraction": {token}}
	for attempt := 0; ; attempt++ {
		response, err := c.do(ctx, request)
		if err == nil {
			out, err = ch.read(response)
		}
		switch {
		case err == nil:
			recovery.Resent, recovery.Suspects = lost != nil, nil // it was made by this sending, whatever reading has shown
			return out, false, nil, nil
		case httpapi.OutcomeUnknown(err):
			lost = err
		case lost == nil && sentTwice(err):
			return out, true, err, nil
		case lost == nil || errors.Is(err, ErrPendingApproval):
			return out, false, nil, err
		default:
			// Most likely the API says that the token has been used. Whatever it says, or if this time nothing was even
			// sent, it is still open what became of the sending before.
			return out, Status(err) != http.StatusTooManyRequests && Status(err) != 0, lost, nil
		}
		if before != nil || attempt == c.http.MaxRetries() || c.http.Pause(ctx, attempt) != nil {
			return out, false, lost, nil
		}
	}
}

// sentTwice reports that a token is refused as used that was sent only once: something on the way has sent the change again,
// and passed on the answer to that. The answer to the first sending is lost.
func sentTwice(err error) bool {
	var refused *httpapi.Error
	if !errors.As(err, &refused) || refused.Status != http.StatusBadRequest || !strings.Contains(refused.Message, "already been used") {
		return false
	}
	refused.Lost = true
	return true
}

// prepare buys the token of one change. A challenge whose answer is lost is asked for again; one whose signature was sent
// and not answered may be used up, so another one is signed. Every error is a *SigningError.
func (c *Client) prepare(ctx context.Context, request httpapi.Request) (permit, error) {
	if !c.CanChange() {
		return permit{}, &SigningError{Err: ErrUnsigned}
	}
	for attempt := 0; ; attempt++ {
		offered, err := c.initAction(ctx, request)
		if err != nil {
			return permit{}, &SigningError{Err: err}
		}
		bought, err := c.signChallenge(ctx, offered)
		if err == nil {
			return bought, nil
		}
		if !httpapi.OutcomeUnknown(err) || attempt == c.http.MaxRetries() || c.http.Pause(ctx, attempt) != nil {
			return permit{}, &SigningError{Err: err, Challenged: true}
		}
	}
}
