package httpapi

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// gate keeps the calls of a client within the vendor's rate limit: none while the vendor requires a pause, and no more in a
// window than the vendor says are left. Calls pass in the order of their arrival.
type gate struct {
	// turn is held by the call that passes next. The others queue for it, and Go serves the queue of a channel in order.
	turn chan struct{}
	// told wakes the call that passes next: an answer has arrived since it checked.
	told chan struct{}

	mu       sync.Mutex
	until    time.Time // the end of the pause
	limit    int       // calls allowed in a window, 0 while unknown
	reset    int64     // identifies the window: when it ends by the API's clock
	left     int       // calls left in the window, without the calls in progress
	window   time.Time // when the window ends; in the past while the next window is unknown
	underway int
}

func newGate() *gate { return &gate{turn: make(chan struct{}, 1), told: make(chan struct{}, 1)} }

// wait returns once a call may be made. The call then is in progress until answered is called. wait fails immediately if the
// context would end before that.
func (g *gate) wait(ctx context.Context) error {
	if err := tooLong(ctx, g.closed()); err != nil {
		return err
	}
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.turn }()
	for ctx.Err() == nil {
		until, passed := g.pass()
		if passed {
			return nil
		}
		if err := tooLong(ctx, until); err != nil {
			return err
		}
		g.rest(ctx, until)
	}
	return ctx.Err()
}

// rest returns when it is time to check again: at the given time if it is set, after an answer, or when the caller gives up.
func (g *gate) rest(ctx context.Context, at time.Time) {
	var reached <-chan time.Time
	if !at.IsZero() {
		timer := time.NewTimer(time.Until(at))
		defer timer.Stop()
		reached = timer.C
	}
	select {
	case <-reached:
	case <-g.told:
	case <-ctx.Done():
	}
}

func tooLong(ctx context.Context, until time.Time) error {
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		return fmt.Errorf("the API's rate limit requires a wait of %s, which is longer than this operation's timeout allows: %w",
			time.Until(until).Round(time.Second), context.DeadlineExceeded)
	}
	return nil
}

// pass lets a call pass, or returns until when it must wait: zero if only an answer to a call in progress can show that.
func (g *gate) pass() (until time.Time, passed bool) {
	if until := g.closed(); !until.IsZero() {
		return until, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limit > 0 && g.left <= 0 {
		return time.Time{}, false
	}
	g.underway++
	g.left--
	return time.Time{}, true
}

// closed returns until when no call may be made: zero if one may be made, or if that time is unknown.
func (g *gate) closed() (until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if !g.window.After(now) {
		// Assume that the next window is as large, until an answer says otherwise. Each answer without rate limit headers,
		// and each cut call, makes room for another call, so that an API which stops sending them blocks nobody.
		g.left = g.limit - g.underway
	} else if g.limit > 0 && g.left <= 0 {
		until = g.window
	}
	if g.until.After(now) && g.until.After(until) {
		until = g.until
	}
	return until
}

// answered ends a call and updates the limit from its answer.
func (g *gate) answered(response *http.Response) {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.wake()
	g.underway--
	if response == nil {
		return
	}
	now := time.Now()
	if until := now.Add(pauseAsked(response, now)); until.After(now) && until.After(g.until) {
		g.until = until
	}
	left, err1 := strconv.Atoi(response.Header.Get("X-RateLimit-Remaining"))
	limit, err2 := strconv.Atoi(response.Header.Get("X-RateLimit-Limit"))
	reset, after, ok := resetAfter(response, now)
	late := reset < g.reset && g.window.After(now) // it belongs to the previous window
	if err1 != nil || err2 != nil || !ok || late {
		return
	}
	// The API may not have counted the calls in progress yet; assume that it has not.
	left -= g.underway
	if reset == g.reset {
		left = min(g.left, left)
	} else {
		g.reset, g.window = reset, now.Add(after)
	}
	g.left, g.limit = left, limit
}

func (g *gate) wake() {
	select {
	case g.told <- struct{}{}:
	default: // it will check anyway
	}
}

// limiting passes every answer to the gate.
type limiting struct {
	next http.RoundTripper
	gate *gate
}

// RoundTrip implements http.RoundTripper.
func (l *limiting) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.next.RoundTrip(request)
	l.gate.answered(response)
	return response, err
}

// pauseAsked returns how long an answer tells its caller to wait: Retry-After in seconds or as a date, or else until
// X-RateLimit-Reset. Only 429 and 503 count.
func pauseAsked(response *http.Response, now time.Time) time.Duration {
	if response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	after := response.Header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(after, 10, 64); err == nil {
		return time.Duration(max(0, min(seconds, int64(math.MaxInt64/time.Second)))) * time.Second
	}
	if date, err := http.ParseTime(after); err == nil {
		return date.Sub(now)
	}
	_, pause, _ := resetAfter(response, now)
	return pause
}

// resetAfter returns when the window of a rate limit ends, and how long that takes. It uses the API's clock if the answer has
// a Date header, because the local clock may differ by more than a window. It ignores an implausibly long window, which would
// block all calls for good.
func resetAfter(response *http.Response, now time.Time) (reset int64, after time.Duration, ok bool) {
	value, err := strconv.ParseFloat(response.Header.Get("X-RateLimit-Reset"), 64)
	if err != nil {
		return 0, 0, false
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		now = date
	}
	at, ok := moment(value, now)
	if after = at.Sub(now); !ok || after > longestWindow {
		return 0, 0, false
	}
	return at.Unix(), after, true
}

// longestWindow is the longest plausible window of a rate limit. Those of the vendors last a minute.
const longestWindow = time.Hour

// moment converts a number to a time in the ways that APIs use: seconds from now, Unix seconds, or Unix milliseconds. Near a
// boundary, both readings are years away from now.
func moment(value float64, now time.Time) (at time.Time, ok bool) {
	switch {
	case !(value >= 0 && value < 1e15): // or not a number
		return time.Time{}, false
	case value < 1e8:
		return now.Add(time.Duration(value * float64(time.Second))), true
	case value < 1e11:
		return time.UnixMicro(int64(value * 1e6)), true
	}
	return time.UnixMilli(int64(value)), true
}
