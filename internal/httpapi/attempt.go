package httpapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
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

// attemptState is what is known of the attempts of a request.
type attemptState struct {
	// change and idempotent are those of the request.
	change, idempotent bool
	// sent says that the latest attempt was sent, lost that the API may have carried out any of them.
	sent, lost atomic.Bool
	// failed counts the attempts that max_retries limits.
	failed int
}

type attemptKey struct{}

// watch returns a context that records the attempts of a request.
func watch(ctx context.Context, request Request) (context.Context, *attemptState) {
	state := &attemptState{change: request.Change, idempotent: request.idempotent()}
	return context.WithValue(ctx, attemptKey{}, state), state
}

func attemptOf(ctx context.Context) *attemptState {
	state, _ := ctx.Value(attemptKey{}).(*attemptState)
	return state
}

// watching records for each attempt whether anything was sent. Before that, nothing can have happened at the API.
type watching struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w *watching) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, state := request.Context(), attemptOf(request.Context())
	state.sent.Store(false)
	if state.change {
		var stop func()
		ctx, stop = outlasting(ctx)
		defer stop()
		inFlight.Add(1)
		defer inFlight.Add(-1)
	}
	request = request.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { state.sent.Store(true) },
	}))
	response, err := w.next.RoundTrip(request)
	if err != nil && state.sent.Load() || err == nil && response.StatusCode >= http.StatusInternalServerError {
		state.lost.Store(true)
	}
	if response != nil && response.StatusCode == http.StatusTooManyRequests {
		state.sent.Store(false) // refused unread: nothing was done, however the wait for a retry ends
	}
	return response, err
}

// outlasting returns a context for one sending of a change. Once there is a connection to send it on, the context ends only at
// its deadline: whoever gives up then still gets the answer, because the vendor may say it only once.
func outlasting(ctx context.Context) (sending context.Context, stop func()) {
	sending, stop = context.WithCancel(context.WithoutCancel(ctx))
	if deadline, ok := ctx.Deadline(); ok {
		sending, stop = context.WithDeadline(context.WithoutCancel(ctx), deadline)
	}
	keep := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) { // its deadline is that of the sending too
			stop()
		}
	})
	sending = httptrace.WithClientTrace(sending, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { keep() }})
	return sending, stop
}

// ErrNoAnswer reports an attempt that took longer than Config.RequestTimeout. It does not report the end of a context.
var ErrNoAnswer = errors.New("no answer within the time limit of one attempt")

// errUnread reports an answer that broke off or is too large.
var errUnread = errors.New("reading the answer failed")

// buffering reads each answer completely, so that a connection cut in the middle is an error that the retries see. It therefore
// knows when an attempt ends, and limits its time.
type buffering struct {
	next    http.RoundTripper
	hide    *strings.Replacer
	timeout time.Duration
}

// RoundTrip implements http.RoundTripper.
func (b *buffering) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if b.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, b.timeout, ErrNoAnswer)
		defer cancel()
	}
	request = request.WithContext(ctx)
	if !attemptOf(ctx).idempotent && request.GetBody != nil {
		request = sentOnce(request)
	}
	response, err := b.roundTrip(request)
	if errors.Is(err, context.DeadlineExceeded) && !isOver(ctx) {
		return nil, errors.New(err.Error()) // a network timeout, such as that of a dial
	}
	if err != nil && errors.Is(context.Cause(ctx), ErrNoAnswer) {
		return nil, fmt.Errorf("%w (%s)", ErrNoAnswer, b.timeout)
	}
	return response, err
}

// sentOnce keeps net/http from sending a request again by itself over HTTP/2, for example after a REFUSED_STREAM. Over HTTP/1 it does
// that only if an idle connection breaks before anything is written.
func sentOnce(request *http.Request) *http.Request {
	var overHTTP2 atomic.Bool
	out := request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		connection, secure := info.Conn.(*tls.Conn)
		overHTTP2.Store(secure && connection.ConnectionState().NegotiatedProtocol == "h2")
	}}))
	out.GetBody = func() (io.ReadCloser, error) {
		if overHTTP2.Load() {
			return nil, errors.New("the connection ended after the request was sent")
		}
		return request.GetBody()
	}
	return out
}

// isOver reports whether a context has ended. At the deadline, other timers may fire before the context does.
func isOver(ctx context.Context) bool {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		<-ctx.Done()
	}
	return ctx.Err() != nil
}

func (b *buffering) roundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, withoutSecret(err, b.hide)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnread, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%w: it is larger than %d MiB", errUnread, maxAnswer>>20)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
