package httpapi

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"syscall"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// maxRetryWait limits the pause before a retry if the vendor does not set one.
const maxRetryWait = 30 * time.Second

// retrying returns a client that retries where policy allows it, and never while the vendor requires a pause. The policy counts,
// because not every attempt counts.
func (c *Client) retrying(httpClient *http.Client, policy retryablehttp.CheckRetry) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   httpClient,
		RetryMax:     math.MaxInt,
		RetryWaitMin: c.config.RetryWait,
		RetryWaitMax: maxRetryWait,
		CheckRetry:   policy,
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

// retryRead allows a retry of a request that is idempotent: after a 429, which only the caller's timeout limits, and at most
// MaxRetries times after a cut or refused connection or a 5xx.
func (c *Client) retryRead(ctx context.Context, response *http.Response, err error) (bool, error) {
	if again, gaveUp := retryUnread(ctx, response, err); again || gaveUp != nil {
		return again, gaveUp
	}
	again, _ := retryablehttp.DefaultRetryPolicy(context.WithoutCancel(ctx), response, err)
	return again && ctx.Err() == nil && c.failedAgain(ctx), nil
}

// retryChange allows a retry only if nothing can have happened: the API refused the request unread (429), or the connection
// was refused, at most MaxRetries times in a row.
func (c *Client) retryChange(ctx context.Context, response *http.Response, err error) (bool, error) {
	if again, gaveUp := retryUnread(ctx, response, err); again || gaveUp != nil {
		return again, gaveUp
	}
	return isRefused(err) && c.failedAgain(ctx), nil
}

// retryUnread decides what is the same for all requests: a 429 is retried, and nothing is once the caller has given up. An answer
// that arrives then is kept: it may contain what the API returns only once.
func retryUnread(ctx context.Context, response *http.Response, err error) (again bool, gaveUp error) {
	limited := err == nil && response.StatusCode == http.StatusTooManyRequests
	if (err != nil || limited) && ctx.Err() != nil {
		return false, ctx.Err()
	}
	return limited, nil
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
	if response != nil && pauseAsked(response, time.Now()) > 0 {
		return 0
	}
	pause := min(most, least<<min(attempt, 16))
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // jitter needs no secrecy
}
