package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// in returns the moment after a pause, as an HTTP date and in Unix seconds. The clock of a bubble starts at a full second.
func in(pause time.Duration) (date, unix string) {
	moment := time.Now().Add(pause)
	return moment.UTC().Format(http.TimeFormat), strconv.FormatInt(moment.Unix(), 10)
}

func TestPauseAsked(t *testing.T) {
	t.Parallel()
	const after, reset, left = "Retry-After", "X-RateLimit-Reset", "X-RateLimit-Remaining"
	date := func(pause time.Duration) string { date, _ := in(pause); return date }
	unix := func(pause time.Duration) string { _, unix := in(pause); return unix }
	tests := map[string]struct {
		status  int
		headers func() []string
		want    time.Duration
	}{
		"seconds":             {429, func() []string { return []string{after, "30"} }, 30 * time.Second},
		"date":                {429, func() []string { return []string{after, date(45 * time.Second)} }, 45 * time.Second},
		"reset":               {429, func() []string { return []string{reset, unix(time.Minute)} }, time.Minute},
		"both":                {429, func() []string { return []string{after, "30", reset, unix(time.Hour)} }, 30 * time.Second},
		"one unreadable":      {429, func() []string { return []string{after, "soon", reset, unix(time.Minute)} }, time.Minute},
		"both unreadable":     {429, func() []string { return []string{after, "soon", reset, "later"} }, 0},
		"none":                {429, func() []string { return nil }, 0},
		"zero":                {429, func() []string { return []string{after, "0"} }, 0},
		"negative":            {429, func() []string { return []string{after, "-30"} }, 0},
		"past date":           {429, func() []string { return []string{after, date(-time.Hour)} }, 0},
		"reset in an hour":    {429, func() []string { return []string{reset, unix(time.Hour)} }, time.Hour},
		"reset after an hour": {429, func() []string { return []string{reset, unix(time.Hour + time.Second)} }, 0},
		"no moment":           {429, func() []string { return []string{reset, "45"} }, 0},
		"past reset":          {429, func() []string { return []string{reset, unix(-time.Hour)} }, 0},
		"negative reset":      {429, func() []string { return []string{reset, "-9223372036854775807"} }, 0},
		"reset in ms":         {429, func() []string { return []string{reset, unix(time.Minute) + "000"} }, 0},
		"no number":           {429, func() []string { return []string{reset, "9223372036854775808"} }, 0},
		"the API's clock": {429, func() []string {
			return []string{reset, unix(time.Hour + time.Minute), "Date", date(time.Hour)}
		}, time.Minute},
		"outage":            {503, func() []string { return []string{after, "30"} }, 30 * time.Second},
		"500":               {500, func() []string { return []string{after, "30", reset, unix(30 * time.Second)} }, 0},
		"200":               {200, func() []string { return []string{after, "30", reset, unix(30 * time.Second), left, "1"} }, 0},
		"400":               {400, func() []string { return []string{after, "30", reset, unix(30 * time.Second)} }, 0},
		"200, nothing left": {200, func() []string { return []string{after, "30", reset, unix(20 * time.Second), left, "0"} }, 20 * time.Second},
		"400, nothing left": {400, func() []string { return []string{reset, unix(20 * time.Second), left, "0"} }, 20 * time.Second},
	}
	for name, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			client, script := scripted(t, []step{answer(test.status, "", test.headers()...), answer(200, "")})
			for script.attempts() < 2 {
				_, _ = client.Do(t.Context(), get("a"))
			}
			// What is left of a second is the pause that is taken where none is asked for.
			if pause := script.times[1].Sub(script.times[0]).Truncate(time.Microsecond); pause != test.want {
				t.Errorf("%s: the next call came after %s, want %s", name, pause, test.want)
			}
		})
	}
}

// A pause holds back every call of this client and none of another. It is not shortened, but lengthened, while calls wait.
func TestPauseHoldsEveryCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{
			answeredAfter(5*time.Second, 429, "Retry-After", "60"), answeredAfter(6*time.Second, 429, "Retry-After", "1"),
			answer(503, "", "Retry-After", "10"), answer(200, ""),
		}, timeout(10*time.Second), retryWait(time.Hour)) // neither runs during the pause
		start := time.Now()
		var all sync.WaitGroup
		for _, request := range slices.Repeat([]httpapi.Request{get("a")}, 10) {
			all.Go(func() {
				if _, err := client.Do(t.Context(), request); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		other, _ := scripted(t, []step{answer(200, "")})
		if _, err := other.Do(t.Context(), get("a")); err != nil || time.Since(start) != 0 {
			t.Errorf("another client waited %s: %v", time.Since(start), err)
		}
		all.Wait()
		for i, at := range script.times[3:] {
			if at.Sub(start) != 65*time.Second {
				t.Errorf("call %d was made after %s, want 65s", i, at.Sub(start))
			}
		}
		if script.attempts() != 13 {
			t.Errorf("%d calls were made, want 13", script.attempts())
		}
	})
}

// Whoever cannot wait as long as the pause takes learns that immediately. What was refused is named, and it is no rate limit if it is none.
func TestPauseBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	const tooLong = "the API requires a wait of 30s, which is longer than this operation's timeout allows: context deadline exceeded"
	for kind, request := range requests {
		for first, text := range map[int]string{429: "429 Too Many Requests: ", 503: "503 Service Unavailable: "} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second-1)
				defer cancel()
				client, script := scripted(t, []step{answer(first, "", "Retry-After", "30")}, retryWait(time.Minute))
				_, err := client.Do(ctx, request.Request)
				if first == 429 || slices.Contains(request.resent, "503") {
					wantTooLong(t, err, request.Method+" /a: "+text+tooLong+" (api.test)")
				}
				_, err = client.Do(ctx, request.Request)
				wantTooLong(t, err, request.Method+" /a: the request was not sent: "+tooLong+" (api.test)")
				if script.attempts() != 1 || isUnknown(err) || ctx.Err() != nil {
					t.Errorf("%s: %d attempts: %v", kind, script.attempts(), err)
				}
			})
		}
	}
}

func wantTooLong(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want || !errors.Is(err, context.DeadlineExceeded) || httpapi.Status(err) != 0 {
		t.Errorf("the error is\n%v, want\n%s", err, want)
	}
}

func TestCancelledDuringAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{answer(503, "", "Retry-After", "30"), answer(200, "")}, retries(0))
		_, _ = client.Do(t.Context(), get("a"))
		var all sync.WaitGroup
		start := time.Now()
		for i, want := range []time.Duration{5 * time.Second, 4 * time.Second, 30 * time.Second} {
			all.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				time.AfterFunc(want, func() {
					if i < 2 {
						cancel()
					}
				})
				if _, err := client.Do(ctx, post("a")); (err == nil) != (i == 2) || isUnknown(err) || time.Since(start) != want {
					t.Errorf("call %d ended after %s: %v", i, time.Since(start), err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if script.attempts() != 2 {
			t.Errorf("%d attempts", script.attempts())
		}
	})
}

// noting is a context that notes the first question whether it has ended. A call asks it as the last thing while it has its turn.
type noting struct {
	context.Context
	note func()
}

func (n *noting) Err() error {
	n.note()
	return n.Context.Err()
}

func TestCallsPassInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := scripted(t, []step{answer(503, "", "Retry-After", "30"), answer(200, "")}, retries(0))
		_, _ = client.Do(t.Context(), get("a"))
		var all sync.WaitGroup
		var mu sync.Mutex
		var got []int
		for i := range 50 {
			all.Go(func() {
				first := sync.OnceFunc(func() {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, i)
				})
				_, _ = client.Do(&noting{t.Context(), first}, post("a"))
			})
			synctest.Wait()
		}
		all.Wait()
		if len(got) != 50 || !slices.IsSorted(got) {
			t.Errorf("the calls passed in the order %v", got)
		}
	})
}
