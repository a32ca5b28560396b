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
		"reset":               {429, []string{reset, unix(time.Minute)}, time.Minute},
		"both":                {429, []string{after, "30", reset, unix(time.Hour)}, 30 * time.Second},
		"one unreadable":      {429, []string{after, "soon", reset, unix(time.Minute)}, time.Minute},
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
	} {
		synctest.Test(t, func(t *testing.T) {
			client, script := scripted(t, []step{answer(test.status, "", test.headers...), answer(200, "")})
			for len(script.times) < 2 {
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
				for i, want := range []string{text, "the request was not sent: "} {
					_, err := client.Do(ctx, request.Request)
					if i == 0 && first == 503 && !slices.Contains(request.resent, "503") {
						continue
					}
					want = request.Method + " /a: " + want + tooLong + " (api.test)"
					if err == nil || err.Error() != want || !errors.Is(err, context.DeadlineExceeded) || httpapi.Status(err) != 0 {
						t.Errorf("the error is\n%v, want\n%s", err, want)
					}
					if len(script.times) != 1 || isUnknown(err) != (i == 0 && first == 503) || ctx.Err() != nil {
						t.Errorf("%s: %d attempts: %v", kind, len(script.times), err)
					}
				}
			})
		}
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
				_, err := client.Do(ctx, post("a"))
				if took := time.Since(start); (err == nil) != (at == time.Hour) || isUnknown(err) || took != min(at, 30*time.Second) {
					t.Errorf("the call of %s ended after %s: %v", at, took, err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if len(script.times) != 2 {
			t.Errorf("%d attempts", len(script.times))
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
