package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// maxAnswer bounds how much of an answer is read. The largest honest one, a page of 200 items, is far below it.
const maxAnswer = 16 << 20

// attemptState tells whether the latest attempt of a request has left, and whether any may have been carried out.
type attemptState struct{ sent, lost atomic.Bool }

type attemptKey struct{}

// watch returns a context under which the attempts of a request are watched.
func watch(ctx context.Context) (context.Context, *attemptState) {
	state := &attemptState{}
	return context.WithValue(ctx, attemptKey{}, state), state
}

// watching notes for each attempt whether anything was sent. Until then nothing can have happened at the API.
type watching struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w *watching) RoundTrip(request *http.Request) (*http.Response, error) {
	state, ok := request.Context().Value(attemptKey{}).(*attemptState)
	if !ok {
		return w.next.RoundTrip(request)
	}
	state.sent.Store(false)
	trace := &httptrace.ClientTrace{WroteHeaders: func() { state.sent.Store(true) }}
	response, err := w.next.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil && state.sent.Load() || err == nil && response.StatusCode >= http.StatusInternalServerError {
		state.lost.Store(true)
	}
	if response != nil && response.StatusCode == http.StatusTooManyRequests {
		state.sent.Store(false) // refused unread: whatever ends the waiting for a retry, nothing was done
	}
	return response, err
}

// ErrNoAnswer reports an attempt that took longer than Config.RequestTimeout. The end of a context is another matter.
var ErrNoAnswer = errors.New("no answer within the time that one attempt has")

// buffering reads each answer whole, so that a connection cut in the middle of one is an error like any other and the
// retries see it. So it also knows when an attempt is over, and bounds it.
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
	response, err := b.roundTrip(request.WithContext(ctx))
	if errors.Is(err, context.DeadlineExceeded) && !isOver(ctx) {
		return nil, errors.New(err.Error()) // a timeout of the network's own, such as that of a dial
	}
	if err != nil && errors.Is(context.Cause(ctx), ErrNoAnswer) {
		return nil, fmt.Errorf("%w (%s)", ErrNoAnswer, b.timeout)
	}
	return response, err
}

// isOver reports whether a context has ended. At its deadline others can know before it does.
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
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
