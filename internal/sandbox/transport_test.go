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

// inProcess runs a test in a bubble with virtual time, with a sandbox without listeners.
func inProcess(t *testing.T, test func(*testing.T, *running)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := sandbox.New(sandbox.Config{EnfinitosConventional: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() // the bubble ends only when nothing runs in it any more
		test(t, &running{Sandbox: s, t: t, client: &http.Client{Transport: s.DfnsCalls.Transport()}})
	})
}

// pass lets virtual time pass, and what is due come to its end.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // it takes no real time in a bubble
	synctest.Wait()
}

// A caller that gives up is answered at once. The sandbox carries the call out nevertheless.
func TestTransportCancellation(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		token := s.userAction("POST", "/webhooks", minimal)
		addFault(t, s.DfnsCalls, sandbox.Fault{Effect: sandbox.Delay, Milliseconds: 20_000})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.DfnsURL+"/webhooks", strings.NewReader(minimal))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+s.Env()["DFNS_AUTH_TOKEN"])
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-DFNS-USERACTION", token)
		began := time.Now()
		if _, err := s.client.Do(request); !errors.Is(err, context.DeadlineExceeded) { //nolint:bodyclose // there is none
			t.Errorf("the error is %v", err)
		}
		sandboxtest.Same(t, time.Since(began), 5*time.Second)
		synctest.Wait()
		sandboxtest.Same(t, len(s.Dfns.Webhooks()), 1)
	})
}

func TestTransportOfACanceledRequestSendsNothing(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.DfnsURL+"/webhooks", nil)
		if _, err := s.DfnsCalls.Transport().RoundTrip(request); !errors.Is(err, context.Canceled) { //nolint:bodyclose // there is none
			t.Errorf("the error is %v", err)
		}
		synctest.Wait()
		sandboxtest.Same(t, s.journal(), []string{})
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

func TestTransportAfterClose(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		s.Close()
		if got := s.call("GET /webhooks"); !errors.Is(got.err, syscall.ECONNREFUSED) {
			t.Errorf("the error is %v", got.err)
		}
		sandboxtest.Same(t, s.journal(), []string{})
	})
}

// Close ends a call that waits, although its caller still waits too.
func TestTransportCloseEndsWaitingCalls(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		addFault(t, s.DfnsCalls, sandbox.Fault{Effect: sandbox.Delay, Milliseconds: 3_600_000})
		began, answered := time.Now(), make(chan reply)
		go func() { answered <- s.call("GET /webhooks") }()
		synctest.Wait()
		s.Close()
		sandboxtest.Same(t, (<-answered).status, 200)
		sandboxtest.Same(t, time.Since(began), time.Duration(0))
	})
}
