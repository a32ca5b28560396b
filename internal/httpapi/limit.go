package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// gate holds back all calls of a client while the vendor requires a pause. They pass in the order of their arrival, or one of them could
// be refused until its operation has no time left.
type gate struct {
	// turn is held by the call that passes next. The others queue for it, and Go serves the queue of a channel in order.
	turn chan struct{}

	mu    sync.Mutex
	until time.Time // the end of the pause
}

// wait returns once a call may be made. It fails immediately if the context would end before that.
func (g *gate) wait(ctx context.Context) error {
	const reason = "the API requires a wait of"
	if err := tooLong(ctx, g.end(), reason); err != nil {
		return err
	}
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.turn }()
	for until := g.end(); time.Now().Before(until); until = g.end() { // an answer may lengthen the pause meanwhile
		if err := waitUntil(ctx, until, reason); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// waitUntil waits, unless a context would end before that.
func waitUntil(ctx context.Context, until time.Time, reason string) error {
	if err := tooLong(ctx, until, reason); err != nil {
		return err
	}
	return wait(ctx, time.Until(until))
}

func tooLong(ctx context.Context, until time.Time, reason string) error {
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		return fmt.Errorf("%s %s, which is longer than this operation's timeout allows: %w",
			reason, time.Until(until).Round(time.Second), context.DeadlineExceeded)
	}
	return nil
}

func (g *gate) end() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until
}

// close starts a pause, or lengthens it.
func (g *gate) close(pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(pause); until.After(g.until) {
		g.until = until
	}
}

// pauseAsked returns how long an answer tells its caller to wait: Retry-After in seconds or as a date, or else until
// X-RateLimit-Reset. Only 429, 503 and the last answer within a limit count.
func pauseAsked(response *http.Response) time.Duration {
	if pause := retryablehttp.DefaultBackoff(0, 0, 0, response); pause > 0 { // the Retry-After of a 429 or a 503
		return pause
	}
	refused := response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusServiceUnavailable
	if refused || response.Header.Get("X-RateLimit-Remaining") == "0" {
		return untilReset(response)
	}
	return 0
}

// longestWindow is the longest plausible window of a rate limit. Those of the vendors last a minute or an hour.
const longestWindow = time.Hour

// untilReset returns how long it takes until a limit is reset, which X-RateLimit-Reset says in Unix seconds. It uses the API's clock
// if the answer has a Date header, because the local clock may differ by more than a window. It ignores an implausibly long wait,
// which would block all calls for good.
func untilReset(response *http.Response) time.Duration {
	reset, err := strconv.ParseInt(response.Header.Get("X-RateLimit-Reset"), 10, 64)
	now := time.Now()
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		now = date
	}
	pause := time.Unix(reset, 0).Sub(now)
	if err != nil || pause > longestWindow {
		return 0
	}
	return pause
}
