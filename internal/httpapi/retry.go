package httpapi

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"syscall"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// maxRetryWait limits the pause before a retry if the vendor does not set one.
const maxRetryWait = 30 * time.Second

// retrying returns a client that sends a request again where checkRetry allows it, and never while the vendor requires a pause.
func (c *Client) retrying(httpClient *http.Client) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   httpClient,
		RetryMax:     math.MaxInt, // checkRetry counts
		RetryWaitMin: c.config.RetryWait,
		RetryWaitMax: maxRetryWait,
		CheckRetry:   c.checkRetry,
		Backoff:      backoff,
		PrepareRetry: func(request *http.Request) error { return c.gate.wait(request.Context()) },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// RequestTimeout limits one attempt.
func (c *Client) RequestTimeout() time.Duration { return c.config.RequestTimeout }

// MayRetry waits as long as before the retry that follows an attempt, counted from 0, and reports whether one may follow. It is for
// callers with their own retries.
func (c *Client) MayRetry(ctx context.Context, attempt int) bool {
	return attempt < c.config.MaxRetries && wait(ctx, backoff(c.config.RetryWait, maxRetryWait, attempt, nil)) == nil
}

func wait(ctx context.Context, pause time.Duration) error {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
	return ctx.Err()
}

// checkRetry allows another attempt after a 429, which only the caller's timeout limits, and at most MaxRetries in all after a refused
// connection and, if the request is idempotent, after a cut connection or a 5xx. Once the caller has given up, nothing is sent, and an
// answer that arrives then is kept: it may contain what the API returns only once.
func (c *Client) checkRetry(ctx context.Context, response *http.Response, err error) (bool, error) {
	if err == nil && response.StatusCode == http.StatusTooManyRequests {
		return ctx.Err() == nil, ctx.Err()
	}
	state := attemptsOf(ctx)
	transient, _ := retryablehttp.DefaultRetryPolicy(ctx, response, err)
	if ctx.Err() == nil && (isRefused(err) || state.request.idempotent() && transient) {
		state.failed++
		return state.failed <= c.config.MaxRetries, nil
	}
	return false, nil
}

// isRefused reports a refused connection, after which nothing can have happened.
func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, refusedOnWindows)
}

// refusedOnWindows is WSAECONNREFUSED, the error of Windows for a refused connection. On Windows, syscall.ECONNREFUSED is a
// number that Go has invented.
const refusedOnWindows = syscall.Errno(10061)

// backoff doubles the pause with every attempt and adds jitter, so that calls that failed together are not retried together.
// If the vendor set a pause, the gate waits for it instead.
func backoff(least, most time.Duration, attempt int, response *http.Response) time.Duration {
	if response != nil && pauseAsked(response) > 0 {
		return 0
	}
	pause := retryablehttp.DefaultBackoff(least, most, attempt, nil)
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // jitter needs no secrecy
}
