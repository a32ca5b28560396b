package delivery_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestRequestOfADelivery(t *testing.T) {
	t.Parallel()
	got := make(chan []string, 1)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- []string{r.Method, r.URL.String(), r.Header.Get("X-Test"), string(body), r.Header.Get("Accept-Encoding")}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "thanks")
	})
	result, err := engine(t, delivery.Options{}).Post(t.Context(),
		delivery.Request{URL: url + "/in?a=b", Body: []byte("body"), Header: map[string]string{"X-Test": "yes"}})
	sandboxtest.Same(t, []any{result, result.Outcome(), err == nil}, []any{delivery.Result{Status: 202, Excerpt: "thanks"}, "202", true})
	sandboxtest.Same(t, <-got, []string{"POST", "/in?a=b", "yes", "body", ""})
}

// Nothing leaves this machine: no connection, and not even the look-up of a name.
func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	e := engine(t, delivery.Options{})
	for _, url := range []string{
		"https://hooks.example.com/", "http://192.0.2.1/", "http://10.0.0.1/", "http://0.0.0.0/", "http://[2001:db8::1]/",
		"http://169.254.169.254/latest", "http://127.0.0.1.example.com/", "http://localhost.example.com/", "http://2130706433/",
		"http://user@example.com@192.0.2.1/", "http:///nohost",
	} {
		result, err := e.Post(t.Context(), delivery.Request{URL: url})
		if err != nil || result.Code != "ENOTLOOPBACK" && result.Code != "EPROTO" || result.Status != 0 ||
			result.Code == "ENOTLOOPBACK" && !strings.Contains(result.Error, "loopback addresses only") {
			t.Errorf("%s: %+v, %v", url, result, err)
		}
	}
}

func TestBadReceivers(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { followed.Store(true) })
	for name, test := range map[string]struct {
		handle http.HandlerFunc
		want   delivery.Result
	}{
		"500": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, delivery.Result{Status: 500}},
		"redirect": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, delivery.Result{Status: 307}},
		"cut":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, delivery.Result{Code: "ECONNRESET", Error: "the receiver cut the connection"}},
		"hang": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, delivery.Result{Code: "ETIMEDOUT"}},
		"hang after the header": {func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, delivery.Result{Code: "ETIMEDOUT"}},
		"drip": {func(w http.ResponseWriter, r *http.Request) {
			for tick := time.NewTicker(5 * time.Millisecond); r.Context().Err() == nil; <-tick.C {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
			}
		}, delivery.Result{Code: "ETIMEDOUT"}},
		"endless header": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", 10<<20))
		}, delivery.Result{Code: "EPROTO"}},
		"not text": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{'a', 0xff, 'b'}) }, delivery.Result{Status: 200, Excerpt: "a\uFFFDb"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var options delivery.Options
			if test.want.Code == "ETIMEDOUT" {
				options.Timeout = 500 * time.Millisecond
			}
			got, err := engine(t, options).Post(t.Context(), delivery.Request{URL: serve(t, test.handle)})
			sandboxtest.Same(t, []bool{err == nil, got.Code == ""}, []bool{true, got.Error == ""})
			sandboxtest.Contains(t, got.Error, test.want.Error)
			test.want.Error = got.Error
			sandboxtest.Same(t, got, test.want)
		})
	}
	t.Cleanup(func() { sandboxtest.Same(t, followed.Load(), false) })
}

// TestEndlessAnswer has a receiver send 1 GB. It counts what the receiver gets rid of and what this process allocates, so
// it is not parallel.
//
//nolint:paralleltest // see above
func TestEndlessAnswer(t *testing.T) {
	var sent atomic.Int64
	gone := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		defer close(gone)
		chunk := make([]byte, 1<<16)
		for sent.Load() < 1<<30 {
			n, err := w.Write(chunk)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := engine(t, delivery.Options{}).Post(t.Context(), delivery.Request{URL: url})
	<-gone
	runtime.ReadMemStats(&after)
	if got.Status != 200 || len(got.Excerpt) > 4<<10 || err != nil {
		t.Errorf("status %d, an excerpt of %d bytes, %v", got.Status, len(got.Excerpt), err)
	}
	if sent.Load() > 64<<20 || after.TotalAlloc-before.TotalAlloc > 8<<20 {
		t.Errorf("%d bytes were sent and %d allocated", sent.Load(), after.TotalAlloc-before.TotalAlloc)
	}
}

func TestReceiverThatDoesNotListen(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	url := strings.Replace(server.URL, "http://", "http://user:hunter2@", 1) + "/?token=hunter2"
	got, err := engine(t, delivery.Options{}).Post(t.Context(), delivery.Request{URL: url})
	sandboxtest.Same(t, []any{got.Code, got.Outcome(), err == nil}, []any{"ECONNREFUSED", "ECONNREFUSED", true})
	sandboxtest.Contains(t, got.Error, "refused")
	sandboxtest.Same(t, strings.Contains(got.Error, "hunter2"), false)
}

// Windows has numbers of its own for what goes wrong with a connection.
func TestErrorsOfEverySystem(t *testing.T) {
	t.Parallel()
	for number, want := range map[syscall.Errno]string{
		syscall.ECONNREFUSED: "ECONNREFUSED", 10061: "ECONNREFUSED",
		syscall.ECONNRESET: "ECONNRESET", 10053: "ECONNRESET", 10054: "ECONNRESET",
	} {
		err := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", number)}
		sandboxtest.Same(t, delivery.Code(err), want)
	}
}

// An attempt whose caller has gone is no failure of the receiver.
func TestAttemptIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if got, err := engine(t, delivery.Options{}).Post(ctx, delivery.Request{URL: url}); err == nil {
		t.Errorf("got %+v", got)
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	for scale, want := range map[delivery.Scale]time.Duration{0: time.Hour, 1: time.Hour, 3600: time.Second, 1.5: 40 * time.Minute} {
		sandboxtest.Same(t, scale.Shorten(time.Hour), want)
	}
}

// Whatever a name resolved to, the address itself is looked at before it is dialled.
func TestDialledAddresses(t *testing.T) {
	t.Parallel()
	for address, allowed := range map[string]bool{
		"127.0.0.1:80": true, "127.8.9.10:1": true, "[::1]:443": true,
		"192.0.2.1:80": false, "10.0.0.1:80": false, "169.254.169.254:80": false, "0.0.0.0:80": false, "[2001:db8::1]:80": false,
		"localhost:80": false, "127.0.0.1": false, "": false,
	} {
		if err := delivery.OnlyLoopback(address); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}
