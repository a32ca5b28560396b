package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// gate holds back every call of a client while the vendor asks for a pause.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

func (g *gate) hold(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.until) {
		g.until = until
	}
}

// wait returns once calls may be made. It fails at once when the context would end first: waiting could not help.
func (g *gate) wait(ctx context.Context) error {
	for {
		g.mu.Lock()
		until := g.until
		g.mu.Unlock()
		pause := time.Until(until)
		if pause <= 0 {
			return ctx.Err()
		}
		if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
			return fmt.Errorf("the API's rate limit asks to wait %s, longer than this operation's timeout allows: %w",
				pause.Round(time.Second), context.DeadlineExceeded)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// limiting closes the gate when an answer asks for a pause.
type limiting struct {
	next http.RoundTripper
	gate *gate
}

// RoundTrip implements http.RoundTripper.
func (l *limiting) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if pause := pauseAsked(response, now); pause > 0 {
		l.gate.hold(now.Add(pause))
	}
	return response, nil
}

// pauseAsked reads how long an answer asks its caller to wait: Retry-After in seconds or as a date, else the moment
// X-RateLimit-Reset names. Other answers than 429 and 503 ask for nothing.
func pauseAsked(response *http.Response, now time.Time) time.Duration {
	if response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	after := response.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(after); err == nil {
		return date.Sub(now)
	}
	if reset, err := strconv.ParseInt(response.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		return time.Unix(reset, 0).Sub(now)
	}
	return 0
}
