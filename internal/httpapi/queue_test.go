package httpapi_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

// Fifty changes of three calls each, ten at a time, under a limit of 20 calls a minute: all are made, in the order in
// which they came, and not one call is beyond the limit.
func TestFairQueueWithinTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &metered{limit: 20, entered: map[string]time.Time{}}
		client := newClient(t, "http://api.example")
		client.SetTransport(api)
		slots := make(chan struct{}, 10)
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
