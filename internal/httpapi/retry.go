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

// retrying returns a client that retries where mayResend allows it, and never while the vendor requires a pause. Not every attempt
// counts, so the policy counts them.
func (c *Client) retrying(httpClient *http.Client, mayResend func(*http.Response, error) bool) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   httpClient,
		RetryMax:     math.MaxInt,
		RetryWaitMin: c.config.RetryWait,
		RetryWaitMax: maxRetryWait,
		CheckRetry:   c.retryIf(mayResend),
		Backoff:      backoff,
		PrepareRetry: func(request *http.Request) error { return c.limit.wait(request.Context()) },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// MaxRetries is how often a request is sent again after its first attempt.
func (c *Client) MaxRetries() int { return c.config.MaxRetries }

// RequestTimeout limits one attempt. Zero means only the limit of the context.
func (c *Client) RequestTimeout() time.Duration { return c.config.RequestTimeout }

// Pause waits as long as before the retry that follows an attempt, counted from 0. It is for callers with their own retries.
func (c *Client) Pause(ctx context.Context, attempt int) error {
	return wait(ctx, backoff(c.config.RetryWait, maxRetryWait, attempt, nil))
}

func wait(ctx context.Context, pause time.Duration) error {
	if ctx.Err() != nil { // with a short pause, the select below would choose randomly
		return ctx.Err()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryIf returns the policy that retries a 429, which only the caller's timeout limits, and what mayResend allows, at most MaxRetries
// times in all. Once the caller has given up, nothing is sent, and an answer that arrives then is kept: it may contain what the API
// returns only once.
func (c *Client) retryIf(mayResend func(*http.Response, error) bool) retryablehttp.CheckRetry {
	return func(ctx context.Context, response *http.Response, err error) (bool, error) {
		if err == nil && response.StatusCode == http.StatusTooManyRequests {
			return ctx.Err() == nil, ctx.Err()
		}
		return mayResend(response, err) && ctx.Err() == nil && c.failedAgain(ctx), nil
	}
}

// isTransient allows an idempotent request again after a cut or refused connection or a 5xx.
func isTransient(response *http.Response, err error) bool {
	again, _ := retryablehttp.DefaultRetryPolicy(context.Background(), response, err)
	return again
}

// isRefused allows every request again, because nothing can have happened.
func isRefused(_ *http.Response, err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, refusedOnWindows)
}

// failedAgain counts a failed attempt, and reports whether another one is allowed.
func (c *Client) failedAgain(ctx context.Context) bool {
	state := attemptOf(ctx)
	state.failed++
	return state.failed <= c.config.MaxRetries
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
	pause := min(most, least<<min(attempt, 16))
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // jitter needs no secrecy
}
