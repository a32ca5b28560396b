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

// gate keeps the calls of a client within the vendor's limit: none while the vendor asks for a pause, and no more in a
// window of the limit than the vendor says are left. Calls pass in the order in which they come.
type gate struct {
	// turn is held by the call that is to pass next. The others queue for it, and Go serves a channel's queue in order.
	turn chan struct{}
	// told wakes the call that is to pass next: an answer has come since it looked.
	told chan struct{}

	mu       sync.Mutex
	until    time.Time // the end of the pause
	limit    int       // calls allowed in a window, 0 while unknown
	reset    int64     // the window's name: when it ends by the API's clock
	left     int       // calls left in the window, which the calls under way have been taken from
	window   time.Time // when the window ends; past while the next one is unknown
	underway int
}

func newGate() *gate { return &gate{turn: make(chan struct{}, 1), told: make(chan struct{}, 1)} }

// wait returns once a call may be made, which is then under way until answered is called. It fails at once when the
// context would end first: waiting could not help.
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

// rest returns when it is worth looking again: at a moment if there is one, when an answer comes, when the caller gives up.
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
		return fmt.Errorf("the API's rate limit asks to wait %s, longer than this operation's timeout allows: %w",
			time.Until(until).Round(time.Second), context.DeadlineExceeded)
	}
	return nil
}

// pass lets a call pass, or returns until when it must wait: zero when only an answer to a call under way can tell.
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

// closed returns until when no call may be made, zero when one may or when that moment is unknown.
func (g *gate) closed() (until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if !g.window.After(now) {
		// The next window is thought to be as large, until an answer tells. Each answer that does not, a cut call's too,
		// makes room for another call, so that an API which tells no more holds up nobody.
		g.left = g.limit - g.underway
	} else if g.limit > 0 && g.left <= 0 {
		until = g.window
	}
	if g.until.After(now) && g.until.After(until) {
		until = g.until
	}
	return until
}

// answered ends a call and takes over what its answer tells of the limit.
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
	late := reset < g.reset && g.window.After(now) // it tells of the window before
	if err1 != nil || err2 != nil || !ok || late {
		return
	}
	// The calls under way may or may not be counted yet; it is assumed that they are not.
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
	default: // it will look anyway
	}
}

// limiting tells the gate of every answer.
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

// pauseAsked reads how long an answer asks its caller to wait: Retry-After in seconds or as a date, else the moment
// X-RateLimit-Reset names. Other answers than 429 and 503 ask for nothing.
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

// resetAfter reads when the window of a rate limit ends and in how long that is, by the API's own clock where it tells:
// this machine's may differ by more than a window. A window longer than any limit has is none: believed it would hold back
// every call for good.
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

// longestWindow is how long the window of a rate limit is at most. The vendors' last a minute.
const longestWindow = time.Hour

// moment reads a time in the ways in which APIs write one: seconds from now, Unix seconds, or milliseconds. A number near
// a border is years away from now in either reading.
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
