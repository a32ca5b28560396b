//go:build load

package sandbox_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// TestLoad raises many events for 20 subscribers, some of which fail at first: each event reaches each subscriber once
// and not more often than its retries explain.
//
//nolint:paralleltest // it measures memory
func TestLoad(t *testing.T) {
	const events, subscribers = 10_000, 20
	l := &load{accepted: make([][]atomic.Int32, subscribers), refused: make([][]atomic.Int32, subscribers)}
	for i := range subscribers {
		l.accepted[i], l.refused[i] = make([]atomic.Int32, events), make([]atomic.Int32, events)
	}
	receiver := httptest.NewServer(l)
	t.Cleanup(receiver.Close)
	s := start(t, sandbox.Config{Clock: time.Now, TimeScale: 1000, DeliveryTimeout: time.Hour}) // the first retry comes after 60 ms
	for i := range subscribers {
		s.Dfns.Register(dfns.Webhook{URL: fmt.Sprintf("%s/%d", receiver.URL, i), Events: []string{"*"}, Status: "Enabled"})
	}

	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	most := l.raise(t, s.Sandbox, events)
	for s.Dfns.Pending() > 0 {
		if time.Since(began) > 5*time.Minute {
			t.Fatalf("%d deliveries are still pending", s.Dfns.Pending())
		}
		<-time.After(10 * time.Millisecond)
	}
	took := time.Since(began)
	lost, doubled, retried := l.count()
	t.Logf("%d deliveries and %d retries in %s, %.0f/s; the heap grew by %d MiB at most",
		events*subscribers, retried, took.Round(time.Millisecond), float64(events*subscribers+retried)/took.Seconds(), (most-before.HeapAlloc)>>20)
	if lost != 0 || doubled != 0 || retried != events*subscribers/50 {
		t.Errorf("%d deliveries are lost, %d doubled, %d retried and not %d", lost, doubled, retried, events*subscribers/50)
	}
	if most-before.HeapAlloc > 512<<20 {
		t.Errorf("the heap grew by %d bytes", most-before.HeapAlloc)
	}
}

// load is the receivers: one path for each subscriber, events by their number.
type load struct {
	accepted, refused [][]atomic.Int32
}

// ServeHTTP refuses the first attempt of every 50th delivery.
func (l *load) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		DeliveryAttempt int
		Data            struct{ N int }
	}
	body, _ := io.ReadAll(r.Body)
	var subscriber int
	_, _ = fmt.Sscanf(r.URL.Path, "/%d", &subscriber)
	if err := json.Unmarshal(body, &event); err != nil {
		panic(err)
	}
	if n := event.Data.N; event.DeliveryAttempt == 1 && (n+subscriber)%50 == 0 {
		l.refused[subscriber][n].Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	} else {
		l.accepted[subscriber][n].Add(1)
	}
}

// raise posts the events from four callers and returns the largest heap seen.
func (l *load) raise(t *testing.T, s *sandbox.Sandbox, events int) (most uint64) {
	t.Helper()
	var next atomic.Int64
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for n := next.Add(1) - 1; n < int64(events); n = next.Add(1) - 1 {
				body := fmt.Sprintf(`{"kind":"wallet.created","data":{"n":%d,"note":%q}}`, n, strings.Repeat("x", 500))
				response, err := http.Post(s.DfnsURL+"/_sandbox/events", "application/json", strings.NewReader(body))
				if err != nil || response.StatusCode != http.StatusOK {
					t.Errorf("event %d: %v, %v", n, response, err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
			}
		})
	}
	done := make(chan struct{})
	go func() { callers.Wait(); close(done) }()
	for {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc)
		select {
		case <-done:
			return most
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (l *load) count() (lost, doubled, retried int) {
	for i := range l.accepted {
		for n := range l.accepted[i] {
			switch accepted := l.accepted[i][n].Load(); {
			case accepted == 0:
				lost++
			case accepted > 1:
				doubled++
			}
			retried += int(l.refused[i][n].Load())
			if l.refused[i][n].Load() > 1 {
				doubled++
			}
		}
	}
	return lost, doubled, retried
}
