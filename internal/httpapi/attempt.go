package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// maxAnswer limits the size of an answer. The largest legitimate one, a page of 200 items, is far smaller.
const maxAnswer = 16 << 20

// inFlight counts the changes that were sent and are not answered yet, of all clients.
var inFlight atomic.Int64

// ChangesInFlight returns how many changes of this process were sent and are not answered yet. A process that ends now loses what
// a vendor may say only once.
func ChangesInFlight() int64 { return inFlight.Load() }

// attempts is what is known of the attempts to send a request.
type attempts struct {
	request Request
	// sent says that the latest attempt was sent, lost that the API may have carried out any of them.
	sent, lost atomic.Bool
	// failed counts the attempts that max_retries limits.
	failed int
}

type attemptsKey struct{}

func attemptsOf(ctx context.Context) *attempts {
	state, _ := ctx.Value(attemptsKey{}).(*attempts)
	return state
}

// transport makes one attempt, and records whether anything was sent. Before that, nothing can have happened at the API.
type transport struct{ *Client }

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	state := attemptsOf(request.Context())
	state.sent.Store(false)
	if state.request.Change {
		inFlight.Add(1)
		defer inFlight.Add(-1)
	}
	ctx, stop := t.sending(request.Context(), state)
	defer stop()
	response, err := t.logged(request.WithContext(ctx), state.request.Body)
	if err != nil {
		state.lost.Store(state.lost.Load() || state.sent.Load())
		return nil, err
	}
	t.gate.close(pauseAsked(response))
	switch {
	case response.StatusCode >= http.StatusInternalServerError:
		state.lost.Store(true)
	case response.StatusCode == http.StatusTooManyRequests: // refused unread: nothing was done, however the wait for a retry ends
		state.sent.Store(false)
	}
	return response, nil
}

// sending returns the context of one attempt, which ends at the time limit of an attempt or at the deadline of the request. Once there
// is a connection to send a change on, nothing else ends it: whoever gives up then still gets the answer, because the vendor may say it
// only once.
func (t *transport) sending(ctx context.Context, state *attempts) (sending context.Context, stop func()) {
	limit, cause := time.Now().Add(t.config.RequestTimeout), fmt.Errorf("%w (%s)", ErrNoAnswer, t.config.RequestTimeout)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(limit) {
		limit, cause = deadline, context.DeadlineExceeded
	}
	sending = ctx
	if state.request.Change {
		sending = context.WithoutCancel(ctx)
	}
	sending, stop = context.WithDeadlineCause(sending, limit, cause)
	keep := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) { // its deadline is that of the sending too
			stop()
		}
	})
	return httptrace.WithClientTrace(sending, &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { keep() },
		WroteHeaders: func() { state.sent.Store(true) },
	}), stop
}

// ErrNoAnswer reports an attempt that took longer than Config.RequestTimeout. It does not report the end of a context.
var ErrNoAnswer = errors.New("no answer within the time limit of one attempt")

// errUnread reports an answer that broke off or is too large.
var errUnread = errors.New("reading the answer failed")

// causeOf returns why an attempt failed.
func causeOf(ctx context.Context, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if deadline, _ := ctx.Deadline(); time.Now().Before(deadline) {
		return errors.New(err.Error()) // a timeout of the network, such as that of a dial
	}
	<-ctx.Done() // at the deadline, a timer of the network may have fired before that of the context
	return context.Cause(ctx)
}

// exchange sends a request and reads the whole answer, so that a connection cut in the middle is an error that the retries see.
func (t *transport) exchange(request *http.Request) (*http.Response, []byte, error) {
	response, err := t.config.Transport.RoundTrip(request)
	if err != nil {
		if text := t.Hide(err.Error()); text != err.Error() { // net/http quotes what a server sends instead of HTTP
			err = errors.New(text)
		}
		return nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%w: %w", errUnread, err)
	case len(body) > maxAnswer:
		return nil, nil, fmt.Errorf("%w: it is larger than %d MiB", errUnread, maxAnswer>>20)
	}
	return response, body, nil
}
