package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// sites leads each call to the listener that it is for.
type sites struct{ s *sandbox.Sandbox }

// RoundTrip implements http.RoundTripper.
func (all sites) RoundTrip(r *http.Request) (*http.Response, error) {
	calls := all.s.DfnsCalls
	if all.s.EnfinitosURL == "http://"+r.URL.Host {
		calls = all.s.EnfinitosCalls
	}
	return calls.Transport().RoundTrip(r)
}

// inProcess runs a test in a bubble with virtual time, with a sandbox without listeners.
func inProcess(t *testing.T, test func(*testing.T, *running)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := sandbox.New(sandbox.Config{EnfinitosConventional: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() // the bubble ends only when nothing runs in it any more
		test(t, &running{Sandbox: s, t: t, client: &http.Client{Transport: sites{s}}})
	})
}

// pass lets virtual time pass, and what is due come to its end.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // it takes no real time in a bubble
	synctest.Wait()
}

// A caller that gives up is answered at once. The sandbox carries the call out nevertheless, unless the caller gave up before.
func TestTransportCancellation(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		s.fault(s.EnfinitosCalls, `{"effect":"delay","ms":20000}`)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		for _, called := range []bool{true, false} {
			request, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.EnfinitosURL+"/v1/webhooks", strings.NewReader(right))
			request.Header = http.Header{"Authorization": {"Bearer " + s.Env()["ENFINITOS_API_KEY"]}, "Content-Type": {"application/json"}}
			if _, err := s.client.Transport.RoundTrip(request); !errors.Is(err, context.DeadlineExceeded) { //nolint:bodyclose // there is none
				t.Errorf("called %t: the error is %v", called, err)
			}
			synctest.Wait()
			sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), 1)
		}
		sandboxtest.Same(t, time.Since(began), 5*time.Second)
		sandboxtest.Same(t, len(s.EnfinitosCalls.Journal()), 1)
	})
}

// The hooks have run before the call is carried out, in the order of a real transport.
func TestTransportTrace(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		var order []string // synctest.Wait would let a call that is too early come first
		s.DfnsCalls.Before(func(*http.Request) { order = append(order, "carried out") })
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			GotConn:      func(httptrace.GotConnInfo) { order = append(order, "GotConn") },
			WroteHeaders: func() { order = append(order, "WroteHeaders") },
			WroteRequest: func(httptrace.WroteRequestInfo) { synctest.Wait(); order = append(order, "WroteRequest") },
		})
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.DfnsURL+"/webhooks", nil)
		response, err := s.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		sandboxtest.Same(t, order, []string{"GotConn", "WroteHeaders", "WroteRequest", "carried out"})
	})
}

// Close ends a call that waits, although its caller still waits too. Then nothing listens any more.
func TestTransportClose(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		s.fault(s.DfnsCalls, `{"effect":"delay","ms":3600000}`)
		began, answered := time.Now(), make(chan reply)
		go func() { answered <- s.call("GET /webhooks") }()
		synctest.Wait()
		s.Close()
		sandboxtest.Same(t, (<-answered).status, 200)
		sandboxtest.Same(t, time.Since(began), time.Duration(0))
		if got := s.call("GET /webhooks"); !errors.Is(got.err, syscall.ECONNREFUSED) {
			t.Errorf("the error is %v", got.err)
		}
		sandboxtest.Same(t, len(s.DfnsCalls.Journal()), 1)
	})
}
