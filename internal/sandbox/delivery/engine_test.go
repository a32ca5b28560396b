package delivery_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
)

func TestRetriesFollowTheClock(t *testing.T) {
	t.Parallel()
	manual := clock.NewManual(epoch)
	e := engine(t, delivery.Options{Now: manual.Now, Wait: manual.Wait})
	var calls atomic.Int64
	j := newJob(serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	j.now, j.waits = manual.Now, []time.Duration{time.Hour, time.Hour, time.Hour}
	e.Enqueue(j)
	for attempt, want := range []int{500, 500, 200} {
		if got := j.result(t).Status; got != want {
			t.Fatalf("attempt %d is answered %d, want %d", attempt+1, got, want)
		}
		manual.Move(time.Hour - 1)
		probe(t, e)
		if got := int(calls.Load()); got != attempt+1 {
			t.Fatalf("%d attempts were made too early", got-attempt-1)
		}
		manual.Move(1)
	}
	probe(t, e)
	if got := calls.Load(); got != 3 {
		t.Errorf("%d attempts were made, want none after the one that succeeded", got)
	}
}

// probe returns once everything that was due has had its turn: a job of its own has passed through.
func probe(t *testing.T, e *delivery.Engine) {
	t.Helper()
	j := newJob("http://192.0.2.1/")
	e.Schedule(time.Time{}, j)
	j.result(t)
}

func TestJobsAreMadeInTheOrderOfTheirTimes(t *testing.T) {
	t.Parallel()
	manual := clock.NewManual(epoch)
	e := engine(t, delivery.Options{Now: manual.Now, Wait: manual.Wait, Workers: 1})
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	first, second, third := newJob(url), newJob(url), newJob(url)
	e.Schedule(epoch.Add(3*time.Hour), third)
	e.Schedule(epoch.Add(time.Hour), first)
	e.Schedule(epoch.Add(2*time.Hour), second)
	for _, due := range []*job{first, second, third} {
		manual.Move(time.Hour)
		due.result(t)
	}
}

func TestUnwantedJobIsNotSent(t *testing.T) {
	t.Parallel()
	e := engine(t, delivery.Options{Workers: 1})
	url := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	j := newJob(url)
	j.unwanted = true
	e.Enqueue(j)
	probe(t, e)
}

// A receiver that hangs takes its own part of the workers and no more.
func TestHangingReceiverDelaysNoOther(t *testing.T) {
	t.Parallel()
	e := engine(t, delivery.Options{Workers: 3, PerReceiver: 2})
	hanging := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for range 100 {
		e.Enqueue(newJob(hanging))
	}
	well := newJob(serve(t, func(http.ResponseWriter, *http.Request) {}))
	e.Enqueue(well)
	if got := well.result(t); got.Status != 200 {
		t.Errorf("got %+v", got)
	}
}

func TestAdmitWaitsForRoom(t *testing.T) {
	t.Parallel()
	e := engine(t, delivery.Options{Workers: 1, PerReceiver: 1, Backlog: 2})
	release := make(chan struct{})
	j := newJob(serve(t, func(http.ResponseWriter, *http.Request) { <-release }))
	if err := e.Admit(t.Context()); err != nil {
		t.Fatalf("an empty engine refuses: %v", err)
	}
	e.Enqueue(j, j, j) // one is taken at once, and there is room for two
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	e.Enqueue(j)
	if err := e.Admit(ctx); !errors.Is(err, delivery.ErrFull) {
		t.Errorf("a full engine answers %v", err)
	}
	admitted := make(chan error, 1)
	go func() { admitted <- e.Admit(t.Context()) }()
	close(release)
	if err := <-admitted; err != nil {
		t.Errorf("with room again: %v", err)
	}
	for range 4 {
		j.result(t)
	}
}

func TestCloseCutsWhatIsInFlight(t *testing.T) {
	t.Parallel()
	e := delivery.New(delivery.Options{Workers: 2, Backlog: 1})
	arrived := make(chan struct{}, 100)
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	j := newJob(url)
	e.Enqueue(j, j, j, j, j, j)
	<-arrived
	waiting := make(chan error, 2)
	go func() { waiting <- e.Admit(t.Context()) }()
	go func() {
		_, err := e.Post(t.Context(), delivery.Request{URL: url})
		waiting <- err
	}()
	<-arrived
	e.Close()
	for _, err := range []error{<-waiting, <-waiting, e.Admit(t.Context())} {
		if !errors.Is(err, delivery.ErrClosed) {
			t.Errorf("got %v, want that it is closed", err)
		}
	}
	if len(j.done) > 0 {
		t.Errorf("an attempt that was cut counts as %+v", <-j.done)
	}
	e.Close() // closing twice is harmless
}
