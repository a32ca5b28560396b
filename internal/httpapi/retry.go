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

// retrying returns a client that sends a request again where policy allows it, never while the vendor asks for a pause.
func (c *Client) retrying(httpClient *http.Client, policy retryablehttp.CheckRetry) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   httpClient,
		RetryMax:     c.config.MaxRetries,
		RetryWaitMin: c.config.RetryWait,
		RetryWaitMax: 30 * time.Second,
		CheckRetry:   policy,
		Backoff:      backoff,
		PrepareRetry: func(request *http.Request) error { return c.limit.wait(request.Context()) },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
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
	return err == nil || errors.Is(err, syscall.ECONNREFUSED), nil
}

// backoff doubles the pause with every attempt and spreads it, so that calls that failed together do not return together.
// A pause that the vendor named is kept by the gate instead.
func backoff(least, most time.Duration, attempt int, response *http.Response) time.Duration {
	if response != nil && pauseAsked(response, time.Now()) > 0 {
		return 0
	}
	pause := min(most, least<<min(attempt, 16))
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // jitter needs no secrecy
}
