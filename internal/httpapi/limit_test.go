package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
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

func reset(value string) func() []string {
	return func() []string { return []string{"X-RateLimit-Reset", value} }
}

func TestPauseAsked(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status  int
		headers func() []string
		want    time.Duration
	}{
		"seconds": {429, func() []string { return []string{"Retry-After", "30"} }, 30 * time.Second},
		"date": {429, func() []string {
			date, _ := in(45 * time.Second)
			return []string{"Retry-After", date}
		}, 45 * time.Second},
		"reset": {429, func() []string {
			_, unix := in(time.Minute)
			return []string{"X-RateLimit-Reset", unix}
		}, time.Minute},
		"Retry-After before reset": {429, func() []string {
			_, unix := in(time.Hour)
			return []string{"Retry-After", "30", "X-RateLimit-Reset", unix}
		}, 30 * time.Second},
		"reset after an unreadable Retry-After": {429, func() []string {
			_, unix := in(time.Minute)
			return []string{"Retry-After", "soon", "X-RateLimit-Reset", unix}
		}, time.Minute},
		"outage":   {503, func() []string { return []string{"Retry-After", "30"} }, 30 * time.Second},
		"500":      {500, func() []string { return []string{"Retry-After", "30"} }, 0},
		"zero":     {429, func() []string { return []string{"Retry-After", "0"} }, 0},
		"negative": {429, func() []string { return []string{"Retry-After", "-30"} }, 0},
		"past date": {429, func() []string {
			date, _ := in(-time.Hour)
			return []string{"Retry-After", date}
		}, 0},
		"past reset": {429, func() []string {
			_, unix := in(-time.Hour)
			return []string{"X-RateLimit-Reset", unix}
		}, 0},
		"fraction of a second": {429, func() []string {
			_, unix := in(time.Minute)
			return []string{"X-RateLimit-Reset", unix + ".5"}
		}, time.Minute + time.Second/2},
		"milliseconds": {429, func() []string {
			_, unix := in(time.Minute)
			return []string{"X-RateLimit-Reset", unix + "250"}
		}, time.Minute + time.Second/4},
		"seconds from now":              {429, reset("45"), 45 * time.Second},
		"fraction of a second from now": {429, reset("0.25"), time.Second / 4},
		"seconds from now by the API's clock": {429, func() []string {
			date, _ := in(-24 * time.Hour)
			return []string{"X-RateLimit-Reset", "45", "Date", date}
		}, 45 * time.Second},
		"an hour from now":  {429, reset("3600"), time.Hour},
		"more than an hour": {429, reset("3601"), 0},
		"days":              {429, reset("1000000"), 0},
		"a moment in two hours": {429, func() []string {
			_, unix := in(2 * time.Hour)
			return []string{"X-RateLimit-Reset", unix}
		}, 0},
		"now":                 {429, reset("0"), 0},
		"negative reset":      {429, reset("-45"), 0},
		"nanoseconds":         {429, reset("946684860000000000"), 0},
		"beyond a number":     {429, reset("9223372036854775808"), 0},
		"far beyond a number": {429, reset("1e300"), 0},
		"infinite":            {429, reset("Inf"), 0},
		"not a number":        {429, reset("NaN"), 0},
		"unreadable":          {429, func() []string { return []string{"Retry-After", "soon", "X-RateLimit-Reset", "later"} }, 0},
		"nothing":             {429, func() []string { return nil }, 0},
	}
	for name, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			client, script := scripted(t, []step{answer(test.status, "", test.headers()...), answer(200, "")})
			if _, err := client.Do(t.Context(), get("a")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			// What is left of a second is the pause that is taken where none is asked for.
			if pause := script.times[1].Sub(script.times[0]).Truncate(time.Microsecond); pause != test.want {
				t.Errorf("%s: the retry came after %s, want %s", name, pause, test.want)
			}
		})
	}
}

func TestOtherAnswersAskForNoPause(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 202, 400, 403, 500} {
		synctest.Test(t, func(t *testing.T) {
			_, unix := in(time.Hour)
			client, script := scripted(t, []step{answer(status, "", "Retry-After", "30", "X-RateLimit-Reset", unix)})
			for range 2 {
				_, _ = client.Do(t.Context(), post("a"))
			}
			if pause := script.times[1].Sub(script.times[0]); pause != 0 {
				t.Errorf("%d: the next call came after %s", status, pause)
			}
		})
	}
}

func TestGateHoldsEveryCall(t *testing.T) {
	t.Parallel()
	for kind, request := range requests {
		for _, status := range []int{429, 503} {
			synctest.Test(t, func(t *testing.T) {
				client, script := scripted(t, []step{answer(status, "", "Retry-After", "30"), answer(200, "")}, retries(0))
				if _, err := client.Do(t.Context(), post("first")); httpapi.Status(err) != status {
					t.Fatalf("the first call: %v", err)
				}
				var all sync.WaitGroup
				for range 5 {
					all.Go(func() {
						if _, err := client.Do(t.Context(), request.Request); err != nil {
							t.Errorf("%s: %v", kind, err)
						}
					})
				}
				all.Wait()
				for i, at := range script.times[1:] {
					if pause := at.Sub(script.times[0]); pause != 30*time.Second {
						t.Errorf("%s after %d: call %d was made after %s, want 30s", kind, status, i, pause)
					}
				}
			})
		}
	}
}

func TestGateOfAnotherClientIsOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held, _ := scripted(t, []step{answer(429, "", "Retry-After", "30")}, retries(0))
		free, _ := scripted(t, []step{answer(200, "")})
		start := time.Now()
		_, _ = held.Do(t.Context(), get("a"))
		if _, err := free.Do(t.Context(), get("a")); err != nil || time.Since(start) != 0 {
			t.Errorf("the other client waited %s: %v", time.Since(start), err)
		}
	})
}

// A window that no limit has holds nothing back, however little is said to be left in it.
func TestWindowThatCannotBe(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"60": time.Minute, "946684860": time.Minute, "946684860000": time.Minute,
		"7200": 0, "946692000": 0, "946692000000": 0, "946684860000000": 0, "-60": 0, "1e300": 0, "NaN": 0,
	} {
		synctest.Test(t, func(t *testing.T) {
			client, script := scripted(t, []step{
				answer(200, "", "X-RateLimit-Limit", "10", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", value),
			})
			for range 2 {
				_, _ = client.Do(t.Context(), post("a"))
			}
			if pause := script.times[1].Sub(script.times[0]); pause != want {
				t.Errorf("%s: the next call came after %s, want %s", value, pause, want)
			}
		})
	}
}

// One pause asked for that no duration holds is no reason to go on at once.
func TestRetryAfterBeyondAnyDuration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		client, script := scripted(t, []step{answer(429, "", "Retry-After", "9223372037")})
		if _, err := client.Do(ctx, post("a")); !errors.Is(err, context.DeadlineExceeded) || script.attempts() != 1 {
			t.Errorf("%d attempts: %v", script.attempts(), err)
		}
	})
}

// The pause is lengthened while a call waits for its end, and a shorter one does not shorten it.
func TestGateIsHeldLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{
			slow(5*time.Second, answer(429, "", "Retry-After", "60")),
			slow(6*time.Second, answer(429, "", "Retry-After", "1")),
			answer(429, "", "Retry-After", "10"),
			answer(200, ""),
		}, retries(0))
		start := time.Now()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { _, _ = client.Do(t.Context(), post("a")) })
			synctest.Wait()
		}
		if _, err := client.Do(t.Context(), get("a")); err != nil {
			t.Error(err)
		}
		if took := script.times[3].Sub(start); took != 65*time.Second {
			t.Errorf("the call was made after %s, want 65s", took)
		}
		all.Wait()
	})
}

// The second pause asked for counts from the second answer on.
func TestGateHoldsEveryRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{
			answer(429, "", "Retry-After", "10"), answer(429, "", "Retry-After", "20"), answer(200, ""),
		})
		start := time.Now()
		if _, err := client.Do(t.Context(), post("a")); err != nil || script.attempts() != 3 || time.Since(start) != 30*time.Second {
			t.Errorf("%d attempts in %s: %v", script.attempts(), time.Since(start), err)
		}
	})
}

// A pause that is asked for takes the place of the one that is taken otherwise, however long that would be.
func TestPauseReplacesBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := scripted(t, []step{answer(429, "", "Retry-After", "3"), answer(200, "")}, retryWait(20*time.Second))
		start := time.Now()
		if _, err := client.Do(t.Context(), post("a")); err != nil || time.Since(start) != 3*time.Second {
			t.Errorf("it took %s: %v", time.Since(start), err)
		}
	})
}

func TestPauseBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	for kind, request := range requests {
		for name, attempts := range map[string]int{"its own retry": 3, "the next call": 0} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				client, script := scripted(t, []step{answer(429, "", "Retry-After", "30")}, retries(attempts))
				start := time.Now()
				_, err := client.Do(ctx, request.Request)
				if attempts == 0 {
					_, err = client.Do(ctx, request.Request)
				}
				if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "requires a wait of 30s") {
					t.Errorf("%s, %s: %v, want that the wait is too long", kind, name, err)
				}
				if httpapi.OutcomeUnknown(err) || time.Since(start) > time.Second || script.attempts() != 1 {
					t.Errorf("%s, %s: it failed after %s and %d attempts", kind, name, time.Since(start), script.attempts())
				}
			})
		}
	}
}

func TestPauseWithinTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 31*time.Second)
		defer cancel()
		client, _ := scripted(t, []step{answer(429, "", "Retry-After", "30"), answer(200, "")})
		if _, err := client.Do(ctx, post("a")); err != nil {
			t.Error(err)
		}
	})
}

// The timeout of one attempt does not run while the gate is closed.
func TestPauseBeyondTheRequestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := scripted(t, []step{answer(429, "", "Retry-After", "30"), answer(200, "")}, timeout(time.Second))
		if _, err := client.Do(t.Context(), post("a")); err != nil {
			t.Error(err)
		}
	})
}

func TestCancelledAtTheGate(t *testing.T) {
	t.Parallel()
	for name, attempts := range map[string]int{"its own retry": 3, "the next call": 0} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			client, script := scripted(t, []step{answer(429, "", "Retry-After", "30")}, retries(attempts))
			start := time.Now()
			time.AfterFunc(5*time.Second, cancel)
			_, err := client.Do(ctx, post("a"))
			if attempts == 0 {
				_, err = client.Do(ctx, post("a"))
			}
			if !errors.Is(err, context.Canceled) || httpapi.OutcomeUnknown(err) {
				t.Errorf("%s: %v, want a cancellation with known outcome", name, err)
			}
			if time.Since(start) != 5*time.Second || script.attempts() != 1 {
				t.Errorf("%s: it ended after %s and %d attempts", name, time.Since(start), script.attempts())
			}
		})
	}
}
