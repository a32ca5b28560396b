//go:build load

package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// load is the receivers. It counts what it has accepted and refused, by the subscriber's number and the event's.
type load struct {
	mu                sync.Mutex
	accepted, refused map[[2]int]int
}

// ServeHTTP refuses the first attempt of every 50th delivery.
func (l *load) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		DeliveryAttempt int
		Data            struct{ N int }
	}
	subscriber, err := strconv.Atoi(r.URL.Path[1:])
	if err := errors.Join(err, json.NewDecoder(r.Body).Decode(&event)); err != nil {
		panic(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if event.DeliveryAttempt == 1 && (event.Data.N+subscriber)%50 == 0 {
		l.refused[[2]int{subscriber, event.Data.N}]++
		w.WriteHeader(http.StatusServiceUnavailable)
	} else {
		l.accepted[[2]int{subscriber, event.Data.N}]++
	}
}

// TestLoad raises many events for 20 subscribers, some of which fail at first: each event reaches each subscriber once
// and not more often than its retries explain.
//
//nolint:paralleltest // it measures memory
func TestLoad(t *testing.T) {
	const events, subscribers = 10_000, 20
	l := &load{accepted: map[[2]int]int{}, refused: map[[2]int]int{}}
	receiver := httptest.NewServer(l)
	t.Cleanup(receiver.Close)
	s := start(t, sandbox.Config{Clock: time.Now, TimeScale: 1000, DeliveryTimeout: time.Hour}) // the first retry comes after 60 ms
	for i := range subscribers {
		s.Dfns.Register(dfns.Webhook{URL: fmt.Sprintf("%s/%d", receiver.URL, i), Events: []string{"*"}, Status: "Enabled"})
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	before, most, began := memory.HeapAlloc, uint64(0), time.Now()
	var next atomic.Int64
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for n := next.Add(1) - 1; n < events; n = next.Add(1) - 1 {
				s.control("POST events", fmt.Sprintf(`{"kind":"wallet.created","data":{"n":%d,"note":%q}}`, n, strings.Repeat("x", 500)), 200)
			}
		})
	}
	raised := make(chan struct{})
	go func() { callers.Wait(); close(raised) }()
	for done := raised; done != nil || s.Dfns.Pending() > 0; {
		runtime.ReadMemStats(&memory)
		most = max(most, memory.HeapAlloc)
		if time.Since(began) > 5*time.Minute {
			t.Fatalf("%d deliveries are still pending", s.Dfns.Pending())
		}
		select {
		case <-done:
			done = nil
		case <-time.After(50 * time.Millisecond):
		}
	}
	took := time.Since(began)
	retried := len(l.refused)
	t.Logf("%d deliveries and %d retries in %s, %.0f/s; the heap grew by %d MiB at most",
		events*subscribers, retried, took.Round(time.Millisecond), float64(events*subscribers+retried)/took.Seconds(), (most-before)>>20)
	for _, counts := range []map[[2]int]int{l.accepted, l.refused} {
		for delivery, count := range counts {
			if count != 1 {
				t.Errorf("the delivery of event %d to subscriber %d is doubled", delivery[1], delivery[0])
			}
		}
	}
	sandboxtest.Same(t, []int{len(l.accepted), retried}, []int{events * subscribers, events * subscribers / 50})
	if most-before > 512<<20 {
		t.Errorf("the heap grew by %d bytes", most-before)
	}
}
