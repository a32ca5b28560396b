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

func TestPauseAsked(t *testing.T) {
	t.Parallel()
	const after, reset, left = "Retry-After", "X-RateLimit-Reset", "X-RateLimit-Remaining"
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of the clock of every bubble
	date := func(pause time.Duration) string { return start.Add(pause).Format(http.TimeFormat) }
	unix := func(pause time.Duration) string { return strconv.FormatInt(start.Add(pause).Unix(), 10) }
	for name, test := range map[string]struct {
		status  int
		headers []string
		want    time.Duration
	}{
		"seconds":             {429, []string{after, "30"}, 30 * time.Second},
		"date":                {429, []string{after, date(45 * time.Second)}, 45 * time.Second},
		"reset":               {429, []string{reset, unix(time.Minute)}, time.Minute},
		"both":                {429, []string{after, "30", reset, unix(time.Hour)}, 30 * time.Second},
		"one unreadable":      {429, []string{after, "soon", reset, unix(time.Minute)}, time.Minute},
		"zero":                {429, []string{after, "0"}, 0},
		"past date":           {429, []string{after, date(-time.Hour)}, 0},
		"reset in an hour":    {429, []string{reset, unix(time.Hour)}, time.Hour},
		"reset after an hour": {429, []string{reset, unix(time.Hour + time.Second)}, 0},
		"past reset":          {429, []string{reset, unix(-time.Hour)}, 0},
		"no number":           {429, []string{reset, "9223372036854775808"}, 0},
		"the API's clock":     {429, []string{reset, unix(time.Hour + time.Minute), "Date", date(time.Hour)}, time.Minute},
		"outage":              {503, []string{after, "30"}, 30 * time.Second},
		"outage with a reset": {503, []string{reset, unix(time.Minute)}, time.Minute},
		"500":                 {500, []string{after, "30", reset, unix(30 * time.Second)}, 0},
		"200":                 {200, []string{after, "30", reset, unix(30 * time.Second), left, "1"}, 0},
		"200, nothing left":   {200, []string{after, "30", reset, unix(20 * time.Second), left, "0"}, 20 * time.Second},
		"400, nothing left":   {400, []string{reset, unix(20 * time.Second), left, "0"}, 20 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, script := scripted(t, []step{answer(test.status, "", test.headers...), answer(200, "")})
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
		for range 10 {
			all.Go(func() {
				if _, err := client.Do(t.Context(), get("a")); err != nil {
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
		after65 := slices.Repeat([]time.Time{start.Add(65 * time.Second)}, 10)
		if !slices.Equal(script.times[3:], after65) {
			t.Errorf("the calls were made at %s, want three and then ten at %s", script.times, after65[0])
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

// The first call waits in front of the others.
func TestCancelledDuringAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{answer(503, "", "Retry-After", "30"), answer(200, "")}, retries(0))
		_, _ = client.Do(t.Context(), get("a"))
		var all sync.WaitGroup
		start := time.Now()
		for _, at := range []time.Duration{5 * time.Second, 4 * time.Second, time.Hour} {
			all.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(at, cancel)
				if _, err := client.Do(ctx, post("a")); (err == nil) != (at == time.Hour) || isUnknown(err) || time.Since(start) != min(at, 30*time.Second) {
					t.Errorf("the call of %s ended after %s: %v", at, time.Since(start), err)
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
				_, _ = client.Do(&noting{t.Context(), sync.OnceFunc(func() {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, i)
				})}, post("a"))
			})
			synctest.Wait()
		}
		all.Wait()
		if len(got) != 50 || !slices.IsSorted(got) {
			t.Errorf("the calls passed in the order %v", got)
		}
	})
}
