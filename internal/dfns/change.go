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

// A change is made exactly once or reported as unknown. The API exchanges a signature for a token that works once, which makes
// the token an idempotency key: a change whose answer was lost is sent again with the same token.
//
//	prepare   get a challenge, sign it, get the token
//	send      send the change with the token, and again with the same token while answers are lost
//	resolve   when the token is used up or no answer arrives: read to find out whether the change was made
//	          made → done; not made → prepare again; unclear → unknown
//
// If reading leaves it open and no answer has arrived, the change is sent once more with the token: if that works, the earlier
// sendings had made nothing.

// maxRounds limits how often a change is signed: once, and again each time a read shows that it was not made.
const maxRounds = 3

// Recovery says how a change was completed after an answer was lost. The zero value means that no answer was lost.
type Recovery struct {
	// Resent says that the API answered when the change was sent again with the same token.
	Resent bool
	// Confirmed says that a read showed that the change was made.
	Confirmed bool
	// SignedAnew says that a read showed that the change was not made, so it was signed and sent again.
	SignedAnew bool
	// Removed are webhooks that a lost create had made. Nobody knows their secrets, so they were deleted.
	Removed []string
	// Suspects are webhooks of the same content that a lost create may also have made. They were not touched.
	Suspects []string
}

// Happened reports that an answer was lost.
func (r Recovery) Happened() bool {
	return r.Resent || r.Confirmed || r.SignedAnew || len(r.Removed) > 0
}

// finding is what a read showed about a change whose answer was lost.
type finding int

const (
	notMade finding = iota
	made
)

// sending is what is known of a change that was sent and whose answer was lost.
type sending struct {
	// since is the time of the API's clock before the change was sent. Zero means unknown.
	since time.Time
	// taken says that the API refused the token when the change was sent again: it has most likely accepted the change, and
	// may only be slow to make it.
	taken bool
	// last says that the token can show nothing more: it was refused, or sent again without an answer.
	last bool
}

// change is a change that is made exactly once.
type change[T any] struct {
	request httpapi.Request
	// read extracts the result from an answer. An answer that it cannot read counts as lost.
	read func(*httpapi.Response) (T, error)
	// resolve finds out whether the change was made although its answer was lost, and with which result.
	resolve func(ctx context.Context, lost sending, recovery *Recovery) (finding, T, error)
	// sending is called before the change is first sent, with the time of the API's clock. It may be nil.
	sending func(since time.Time)
	// followUp runs after a change that succeeded only after it was signed again. It may be nil.
	followUp func(ctx context.Context, since time.Time, recovery *Recovery)
}

// once makes a change.
func once[T any](ctx context.Context, c *Client, ch change[T]) (T, Recovery, error) {
	var none T
	var recovery Recovery
	var since time.Time
	// The list that reads share is outdated from here on, and so is one fetched while the change is made.
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
			return none, recovery, fmt.Errorf("%w; it is unknown whether the change was made: %w", lost, err)
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

// deliver sends a change and, when its answer is lost, finds out whether it was made, if there is time left.
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

// send sends a change until an answer arrives, with the same token every time, so it cannot be made twice. It returns the
// error of the lost answer in lost when all answers are lost or the token turns out to be used up (taken): both leave open
// whether the change was made. before is the lost answer of an earlier call, after which the change is sent only once more;
// it is nil when there was none.
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
			recovery.Resent, recovery.Suspects = lost != nil, nil // this sending made the change, whatever a read has shown
			return out, false, nil, nil
		case httpapi.OutcomeUnknown(err):
			lost = err
		case lost == nil && sentTwice(err) != nil:
			return out, true, sentTwice(err), nil
		case lost == nil || errors.Is(err, ErrPendingApproval):
			return out, false, nil, err
		default:
			// Most likely the API says that the token has been used. Whatever it says, and even if nothing was sent this
			// time, the outcome of the earlier sending is still open.
			return out, Status(err) != http.StatusTooManyRequests && Status(err) != 0, lost, nil
		}
		if before != nil || attempt == c.http.MaxRetries() || c.http.Pause(ctx, attempt) != nil {
			return out, false, lost, nil
		}
	}
}

// sentTwice returns the error of a lost answer if the API refuses a token as used although the client sent it only once, and nil
// otherwise. Something in between, such as a proxy, has sent the change twice and returned the second answer: the first is lost.
func sentTwice(err error) error {
	const words = "user action has already been used"
	refused, ok := errors.AsType[*httpapi.Error](err)
	if !ok || refused.Status != http.StatusBadRequest || !strings.Contains(strings.ToLower(refused.Message), words) {
		return nil
	}
	lost := *refused
	lost.Lost = true
	return &lost
}

// prepare gets the token of one change. It requests a challenge again if the answer was lost. If the answer to a signature was
// lost, the challenge may be used up, so prepare signs another one. Every error is a *SigningError.
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
