package httpapi

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"syscall"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// maxRetryWait bounds the pause before a retry where the vendor does not name one.
const maxRetryWait = 30 * time.Second

// retrying returns a client that sends a request again where policy allows it, never while the vendor asks for a pause.
func (c *Client) retrying(httpClient *http.Client, policy retryablehttp.CheckRetry) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   httpClient,
		RetryMax:     c.config.MaxRetries,
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

// RequestTimeout bounds one attempt. Zero means no bound but the context's.
func (c *Client) RequestTimeout() time.Duration { return c.config.RequestTimeout }

// Pause waits as long as before the retry that follows an attempt, counted from 0, for callers that retry by rules of
// their own.
func (c *Client) Pause(ctx context.Context, attempt int) error {
	if ctx.Err() != nil { // with a short pause the select below would choose at random
		return ctx.Err()
	}
	timer := time.NewTimer(backoff(c.config.RetryWait, maxRetryWait, attempt, nil))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryChange allows only retries before which nothing can have happened: the API refused to look at the request, or
// nobody listened. The reads' policy is retryablehttp's own, which adds cut connections and 5xx.
//
// An answer that arrives as its caller gives up is kept: it may hold what the API tells only once.
func retryChange(ctx context.Context, response *http.Response, err error) (bool, error) {
	switch {
	case err == nil && response.StatusCode != http.StatusTooManyRequests:
		return false, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	return err == nil || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, refusedOnWindows), nil
}

// refusedOnWindows is WSAECONNREFUSED, by which Windows tells a refused connection. What package syscall calls
// ECONNREFUSED there is a number of Go's own.
const refusedOnWindows = syscall.Errno(10061)

// backoff doubles the pause with every attempt and spreads it, so that calls that failed together do not return together.
// A pause that the vendor named is kept by the gate instead.
func backoff(least, most time.Duration, attempt int, response *http.Response) time.Duration {
	if response != nil && pauseAsked(response, time.Now()) > 0 {
		return 0
	}
	pause := min(most, least<<min(attempt, 16))
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // jitter needs no secrecy
}
