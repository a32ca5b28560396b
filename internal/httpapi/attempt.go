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

// maxAnswer limits the size of an answer. The largest legitimate one, a page of 200 items, is far smaller.
const maxAnswer = 16 << 20

// attemptState records whether the latest attempt was sent, and whether the API may have carried out any attempt.
type attemptState struct{ sent, lost atomic.Bool }

type attemptKey struct{}

// watch returns a context that records the attempts of a request.
func watch(ctx context.Context) (context.Context, *attemptState) {
	state := &attemptState{}
	return context.WithValue(ctx, attemptKey{}, state), state
}

// watching records for each attempt whether anything was sent. Before that, nothing can have happened at the API.
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
		state.sent.Store(false) // refused unread: nothing was done, however the wait for a retry ends
	}
	return response, err
}

// ErrNoAnswer reports an attempt that took longer than Config.RequestTimeout. It does not report the end of a context.
var ErrNoAnswer = errors.New("no answer within the time limit of one attempt")

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
	response, err := b.roundTrip(request.WithContext(ctx))
	if errors.Is(err, context.DeadlineExceeded) && !isOver(ctx) {
		return nil, errors.New(err.Error()) // a network timeout, such as that of a dial
	}
	if err != nil && errors.Is(context.Cause(ctx), ErrNoAnswer) {
		return nil, fmt.Errorf("%w (%s)", ErrNoAnswer, b.timeout)
	}
	return response, err
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
		return nil, fmt.Errorf("reading the answer failed: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
