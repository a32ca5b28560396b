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

// maxRetryWait limits the pause before a retry if the vendor does not set one.
const maxRetryWait = 30 * time.Second

// retrying returns a client that retries where policy allows it, and never while the vendor requires a pause.
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

// RequestTimeout limits one attempt. Zero means only the limit of the context.
func (c *Client) RequestTimeout() time.Duration { return c.config.RequestTimeout }

// Pause waits as long as before the retry that follows an attempt, counted from 0. It is for callers with their own retries.
func (c *Client) Pause(ctx context.Context, attempt int) error {
	if ctx.Err() != nil { // with a short pause, the select below would choose randomly
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

// retryChange allows a retry only if nothing can have happened: the API refused the request unread (429), or the connection
// was refused. Reads use retryablehttp's policy, which also retries cut connections and 5xx.
//
// An answer that arrives while the caller gives up is kept: it may contain what the API returns only once.
func retryChange(ctx context.Context, response *http.Response, err error) (bool, error) {
	switch {
	case err == nil && response.StatusCode != http.StatusTooManyRequests:
		return false, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	return err == nil || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, refusedOnWindows), nil
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
