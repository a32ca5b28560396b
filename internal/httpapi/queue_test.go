package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// metered is an API that allows so many calls a minute and tells so, and counts those beyond.
type metered struct {
	mu       sync.Mutex
	limit    int
	window   int64
	used     int
	exceeded int
	calls    int
	entered  map[string]time.Time
}

func (m *metered) RoundTrip(request *http.Request) (*http.Response, error) {
	m.mu.Lock()
	m.entered[strings.TrimPrefix(request.URL.Path, "/")] = time.Now()
	m.mu.Unlock()
	<-time.After(50 * time.Millisecond) // of the bubble's clock
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if window := time.Now().Unix() / 60; window != m.window {
		m.window, m.used = window, 0
	}
	m.used++
	status := http.StatusOK
	if m.used > m.limit {
		m.exceeded++
		status = http.StatusTooManyRequests
	}
	return &http.Response{
		StatusCode: status, Request: request, Body: io.NopCloser(strings.NewReader("{}")),
		Header: http.Header{
			"X-Ratelimit-Limit":     {fmt.Sprint(m.limit)},
			"X-Ratelimit-Remaining": {fmt.Sprint(max(0, m.limit-m.used))},
			"X-Ratelimit-Reset":     {fmt.Sprint((m.window + 1) * 60)},
		},
	}, nil
}

// burst makes so many calls at the same time and returns once all are answered.
func burst(t *testing.T, client *httpapi.Client, calls int) {
	t.Helper()
	var group sync.WaitGroup
	for i := range calls {
		group.Go(func() {
			if _, err := client.Do(t.Context(), post(fmt.Sprint(i))); err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		})
		synctest.Wait()
	}
	group.Wait()
}

// inMinute checks in which minute of a bubble's clock everything was done: earlier would be beyond a limit of so many
// calls a minute, later would leave some of it unused.
func inMinute(t *testing.T, start time.Time, want int) {
	t.Helper()
	if took := time.Since(start); took < time.Duration(want)*time.Minute || took > time.Duration(want)*time.Minute+time.Second {
		t.Errorf("it took %s, want what is left after %d whole minutes", took, want)
	}
}

// A burst of three times the limit keeps to it at the beginning of each window too, when nothing tells yet how many calls
// are left of that one.
func TestBurstAcrossWindows(t *testing.T) {
	t.Parallel()
	for name, idle := range map[string]time.Duration{"in the window of the first call": 0, "after it": 61 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			api := &metered{limit: 20, entered: map[string]time.Time{}}
			client := newClient(t, "http://api.example")
			client.SetTransport(api)
			start := time.Now()
			burst(t, client, 1)
			<-time.After(idle)
			burst(t, client, 60)
			if api.exceeded != 0 || api.calls != 61 {
				t.Errorf("%s: %d calls, %d of them beyond the limit", name, api.calls, api.exceeded)
			}
			inMinute(t, start, 3)
			for i := range 59 {
				if first, second := api.entered[fmt.Sprint(i)], api.entered[fmt.Sprint(i+1)]; second.Before(first) {
					t.Errorf("%s: call %d was let in at %s, the next one at %s", name, i, first, second)
				}
			}
		})
	}
}

// quota returns the headers by which an API tells its limit, for a window that ends in so long.
func quota(limit, left int, ends time.Duration) []string {
	_, unix := in(ends)
	return []string{"X-RateLimit-Limit", fmt.Sprint(limit), "X-RateLimit-Remaining", fmt.Sprint(left), "X-RateLimit-Reset", unix}
}

// An API that stops telling its limit, or to which calls are lost, holds up nobody: as many as the limit are under way.
func TestNextWindowIsNeverTold(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]step{"no headers": answer(200, ""), "cut": cut} {
		synctest.Test(t, func(t *testing.T) {
			client, script := scripted(t, []step{answer(200, "", quota(2, 0, time.Minute)...), slow(time.Second, silent)}, retries(0))
			start := time.Now()
			var group sync.WaitGroup
			for range 6 {
				group.Go(func() { _, _ = client.Do(t.Context(), post("a")) })
				synctest.Wait()
			}
			group.Wait()
			if script.attempts() != 6 {
				t.Errorf("%s: %d calls were made", name, script.attempts())
			}
			// One before the window's end, and two each second after it.
			if took := time.Since(start); took != time.Minute+3*time.Second {
				t.Errorf("%s: it took %s", name, took)
			}
		})
	}
}

// The window is new and smaller than the one before: those who wait learn of it by the first answer.
func TestLimitShrinks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{
			answer(200, "", quota(3, 0, time.Minute)...),
			func(r *http.Request) (*http.Response, error) {
				return slow(time.Second, answer(200, "", quota(1, 0, time.Minute)...))(r)
			},
		})
		start := time.Now()
		burst(t, client, 7)
		var minutes []int
		for _, at := range script.times {
			minutes = append(minutes, int(at.Sub(start)/time.Minute))
		}
		if diff := cmp.Diff([]int{0, 1, 1, 1, 2, 3, 4}, minutes); diff != "" {
			t.Errorf("the minutes of the calls (-want +got):\n%s", diff)
		}
	})
}

// Answers overtake each other: the one that was counted first comes last and tells of a call that is not left any more.
func TestAnswersOvertakeEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{
			answer(200, "", quota(10, 2, time.Minute)...),
			slow(2*time.Second, answer(200, "", quota(10, 1, time.Minute)...)),
			slow(time.Second, answer(200, "", quota(10, 0, time.Minute)...)),
			answer(200, ""),
		})
		start := time.Now()
		burst(t, client, 3)
		burst(t, client, 1)
		if at := script.times[3].Sub(start); at != time.Minute {
			t.Errorf("the call beyond the limit was made after %s, want a minute", at)
		}
	})
}

// Others use the same limit: the API tells of fewer calls than are left by our own count.
func TestOthersUseTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{
			answer(200, "", quota(10, 9, time.Minute)...), answer(200, "", quota(10, 0, time.Minute)...), answer(200, ""),
		})
		burst(t, client, 3)
		if pause := script.times[2].Sub(script.times[0]); pause != time.Minute {
			t.Errorf("the call beyond the limit was made after %s, want a minute", pause)
		}
	})
}

// An answer that does not tell all of limit, calls left and end of the window holds back nobody.
func TestLimitToldByHalf(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"X-RateLimit-Limit": "", "X-RateLimit-Remaining": "", "X-RateLimit-Reset": "", "X-Ratelimit-Limit": "0",
	} {
		synctest.Test(t, func(t *testing.T) {
			headers := append(quota(10, 0, time.Minute), name, value)
			client, script := scripted(t, []step{answer(200, "", headers...)})
			burst(t, client, 2)
			if pause := script.times[1].Sub(script.times[0]); pause != 0 {
				t.Errorf("%s %q: the next call came after %s", name, value, pause)
			}
		})
	}
}

// The API's clock is put back: its next window seems to be an earlier one.
func TestClockOfTheAPIIsPutBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		date, _ := in(time.Hour)
		client, script := scripted(t, []step{
			answer(200, "", append(quota(10, 9, time.Hour+30*time.Second), "Date", date)...),
			answer(200, "", quota(10, 0, time.Minute)...),
			answer(200, ""),
		})
		burst(t, client, 1)
		<-time.After(40 * time.Second)
		burst(t, client, 2)
		if at := script.times[2].Sub(script.times[0]); at != time.Minute {
			t.Errorf("the call beyond the limit was made after %s, want a minute", at)
		}
	})
}

// A pause that is over before the window is does not open the gate, so the caller need not wait for it.
func TestWindowBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		headers := append(quota(10, 0, time.Minute), "Retry-After", "10")
		client, _ := scripted(t, []step{answer(429, "", headers...)}, retries(0))
		_, _ = client.Do(t.Context(), post("a"))
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		start := time.Now()
		_, err := client.Do(ctx, post("a"))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
			t.Errorf("after %s: %v, want that the wait is too long", time.Since(start), err)
		}
	})
}

// Who cannot wait as long as the gate is closed learns so at once, behind others in the queue as well as at its head when
// the pause is lengthened.
func TestTooLongInTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := scripted(t, []step{
			slow(5*time.Second, answer(429, "", "Retry-After", "60")), answer(429, "", "Retry-After", "20"), answer(200, ""),
		}, retries(0))
		start := time.Now()
		var group sync.WaitGroup
		try := func(name string, timeout, ends time.Duration) {
			group.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), timeout)
				defer cancel()
				if _, _ = client.Do(ctx, post(name)); time.Since(start) != ends {
					t.Errorf("%s: it ended after %s, want %s", name, time.Since(start), ends)
				}
			})
			synctest.Wait()
		}
		try("lengthens the pause", time.Minute, 5*time.Second)
		try("pauses", time.Minute, 0)
		try("at the head", 30*time.Second, 5*time.Second)
		try("behind it", 10*time.Second, 0)
		group.Wait()
	})
}

// What a call of the last window tells when it is answered late says nothing of the one that is under way.
func TestLateAnswerOfTheWindowBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{
			slow(61*time.Second, answer(200, "", quota(10, 9, time.Minute)...)),
			slow(60*time.Second, answer(200, "", quota(10, 0, 2*time.Minute)...)),
			answer(200, ""),
		})
		start := time.Now()
		burst(t, client, 2)
		burst(t, client, 1)
		if at := script.times[2].Sub(start); at != 2*time.Minute {
			t.Errorf("the call beyond the limit was made after %s, want two minutes", at)
		}
	})
}

// Who gives up while the next window is unknown is let go at once, and the next one in the queue takes the turn.
func TestCancelledBeforeTheNextWindowIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, script := scripted(t, []step{
			answer(200, "", quota(1, 0, time.Minute)...), slow(time.Hour, answer(200, "")), answer(200, ""),
		})
		burst(t, client, 1)
		<-time.After(time.Minute)
		start := time.Now()
		var group sync.WaitGroup
		group.Go(func() { _, _ = client.Do(t.Context(), post("slow")) })
		synctest.Wait()
		group.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := client.Do(ctx, post("impatient"))
			if !errors.Is(err, context.DeadlineExceeded) || httpapi.OutcomeUnknown(err) || time.Since(start) != time.Second {
				t.Errorf("after %s: %v, want that it ends in a second with nothing sent", time.Since(start), err)
			}
		})
		synctest.Wait()
		group.Go(func() { _, _ = client.Do(t.Context(), post("patient")) })
		group.Wait()
		if script.attempts() != 3 || script.times[2].Sub(start) != time.Hour {
			t.Errorf("the calls were made at %s", script.times)
		}
	})
}

// When a window ends is told by the API's clock, which may differ from this machine's by more than a window.
func TestWindowByTheClockOfTheAPI(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{-time.Hour, 0, time.Hour} {
		for _, status := range []int{http.StatusOK, http.StatusTooManyRequests} {
			synctest.Test(t, func(t *testing.T) {
				date, _ := in(ahead)
				headers := append(quota(10, 0, ahead+30*time.Second), "Date", date)
				client, script := scripted(t, []step{answer(status, "", headers...), answer(200, "")}, retries(0))
				_, _ = client.Do(t.Context(), post("a"))
				burst(t, client, 1)
				if pause := script.times[1].Sub(script.times[0]); pause != 30*time.Second {
					t.Errorf("%s ahead, %d: the next call came after %s, want 30s", ahead, status, pause)
				}
			})
		}
	}
}

// Fifty changes of three calls each, ten at a time, under a limit of 20 calls a minute: all are made, in the order in
// which they came, not one call is beyond the limit, and no minute passes in which fewer are made.
func TestFairQueueWithinTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &metered{limit: 20, entered: map[string]time.Time{}}
		client := newClient(t, "http://api.example")
		client.SetTransport(api)
		slots, start := make(chan struct{}, 10), time.Now()
		var group sync.WaitGroup
		for i := range 50 {
			slots <- struct{}{}
			group.Go(func() {
				defer func() { <-slots }()
				for call := range 3 {
					if _, err := client.Do(t.Context(), httpapi.Request{Method: "POST", Path: []string{fmt.Sprintf("%d-%d", i, call)}}); err != nil {
						t.Error(err)
					}
				}
			})
			<-time.After(time.Millisecond)
		}
		group.Wait()
		if api.exceeded != 0 || api.calls != 150 {
			t.Errorf("%d calls, %d of them beyond the limit", api.calls, api.exceeded)
		}
		inMinute(t, start, 7)
		for i := range 49 {
			first, second := api.entered[fmt.Sprintf("%d-0", i)], api.entered[fmt.Sprintf("%d-0", i+1)]
			if second.Before(first) {
				t.Errorf("change %d was let in at %s, the next one at %s", i, first, second)
			}
		}
	})
}

// A storm of 429 answers that name only how long to wait ends for everyone.
func TestStormEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, "http://api.example")
		ends := time.Now().Add(time.Minute)
		var mu sync.Mutex
		calls := 0
		client.SetTransport(roundTrip(func(request *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			calls++
			response := &http.Response{StatusCode: 200, Request: request, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}
			if time.Now().Before(ends) {
				response.StatusCode = http.StatusTooManyRequests
				response.Header.Set("Retry-After", fmt.Sprint(int(time.Until(ends).Seconds())))
			}
			return response, nil
		}))
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				if _, err := client.Do(t.Context(), httpapi.Request{Method: "POST", Path: []string{fmt.Sprint(i)}}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if calls > 100 {
			t.Errorf("%d calls for 50 changes: the pause did not hold the others back", calls)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
