package httpapi_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// dialing is a step that never gets a connection.
func dialing(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

// timedOut is the error of a dial that took too long.
var _, timedOut = (&net.Dialer{Timeout: time.Nanosecond}).Dial("tcp", "127.0.0.1:1")

// late is a step that never answers, as the network says at the deadline before the context does.
func late(request *http.Request) (*http.Response, error) {
	connectAndSend(request)
	deadline, _ := request.Context().Deadline()
	<-time.After(time.Until(deadline))
	return nil, timedOut
}

// The caller gives up after a second. One attempt may take a minute.
func TestCancelled(t *testing.T) {
	t.Parallel()
	const at, hour = time.Second, time.Hour
	answered := answeredAfter(5*time.Second, 200)
	change, read, again := post("a"), get("a"), idempotent(post("a"))
	for name, test := range map[string]struct {
		request  httpapi.Request
		step     step
		deadline time.Duration
		ends     time.Duration
		want     error // nil for the answer
		unknown  bool
	}{
		"sent change, answered":             {change, answered, hour, 5 * time.Second, nil, false},
		"sent change, never answered":       {change, hang, hour, time.Minute, httpapi.ErrNoAnswer, true},
		"sent change, at its deadline":      {change, hang, 30 * time.Second, 30 * time.Second, context.DeadlineExceeded, true},
		"idempotent change, answered":       {again, answered, hour, 5 * time.Second, nil, false},
		"idempotent change, never answered": {again, hang, hour, time.Minute, httpapi.ErrNoAnswer, true},
		"change without a connection":       {change, dialing, hour, at, context.Canceled, false},
		"answered late":                     {change, late, hour, time.Minute, httpapi.ErrNoAnswer, true},
		"answered late, at its deadline":    {change, late, 30 * time.Second, 30 * time.Second, context.DeadlineExceeded, true},
		"read":                              {read, answered, hour, at, context.Canceled, true},
		"wait after a 429":                  {change, answer(429, ""), hour, at, context.Canceled, false},
		"wait after a refused connection":   {change, refused, hour, at, context.Canceled, false},
		"pause that the API requires":       {change, answer(429, "", "Retry-After", "30"), hour, at, context.Canceled, false},
		"wait after a cut connection":       {read, cut, hour, at, context.Canceled, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
			time.AfterFunc(at, cancel)
			client, script := scripted(t, []step{test.step}, timeout(time.Minute), retryWait(10*time.Second))
			start := time.Now()
			_, err := client.Do(ctx, test.request)
			atDeadline := errors.Is(test.want, context.DeadlineExceeded)
			if !errors.Is(err, test.want) || errors.Is(err, context.DeadlineExceeded) != atDeadline || isUnknown(err) != test.unknown {
				t.Errorf("%s: it ends in %v, unknown %t", name, err, isUnknown(err))
			}
			if took := time.Since(start); took != test.ends || len(script.times) != 1 {
				t.Errorf("%s: it ended after %s and %d attempts, want %s and one", name, took, len(script.times), test.ends)
			}
			cancel()
		})
	}
}

// Real transports tell by themselves when they have a connection and when the request is sent.
func TestCancelledWhileARealServerAnswers(t *testing.T) {
	t.Parallel()
	for kind, request := range requests {
		ctx, cancel := context.WithCancel(t.Context())
		var count atomic.Int32
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			count.Add(1)
			cancel()
			if !request.Change {
				<-r.Context().Done()
			}
			_, _ = w.Write([]byte("fine"))
		})
		response, err := newClient(t, server).Do(ctx, request.Request)
		answered := err == nil && string(response.Body) == "fine"
		if answered != request.Change || !answered && (!errors.Is(err, context.Canceled) || asError(t, err).NotSent) || count.Load() != 1 {
			t.Errorf("%s: %d requests reached the server: %v", kind, count.Load(), err)
		}
	}
}

// A refusal and a success count too if their caller gives up at the same moment. Until then a change is in flight.
func TestAnswerAtTheMomentOfCancellation(t *testing.T) { //nolint:paralleltest // it counts the changes of all clients
	for kind, request := range requests {
		for _, status := range []int{200, 400, 500} {
			ctx, cancel := context.WithCancel(t.Context())
			inFlight := int64(0)
			client, script := scripted(t, []step{func(request *http.Request) (*http.Response, error) {
				inFlight = httpapi.ChangesInFlight()
				cancel()
				return answer(status, "fine")(request)
			}})
			response, err := client.Do(ctx, request.Request)
			if status == 200 && (err != nil || string(response.Body) != "fine") || status != 200 && httpapi.Status(err) != status {
				t.Errorf("%s: the answer %d is lost: %v", kind, status, err)
			}
			if len(script.times) != 1 || (inFlight == 1) != request.Change || httpapi.ChangesInFlight() != 0 {
				t.Errorf("%s: %d attempts, %d in flight, then %d", kind, len(script.times), inFlight, httpapi.ChangesInFlight())
			}
		}
	}
}
