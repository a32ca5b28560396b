// Package sandboxtest is what the tests of the sandbox and of each vendor share.
package sandboxtest

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
)

// Patience is how long a test waits for what must happen.
const Patience = 2 * time.Minute

// Eventually lets other goroutines run until a condition holds that nothing can be waited for.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !holds(); <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never happens that %s", what)
		}
	}
}

// Same compares what a test got with what it wants.
func Same(t testing.TB, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Contains fails the test unless a text has each part.
func Contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in %q", part, text)
		}
	}
}

// Decode returns the value of a JSON text.
func Decode[T any](t testing.TB, text string) (out T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return out
}

// Encode returns a value as JSON.
func Encode(t testing.TB, value any) string {
	t.Helper()
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Reply is what a call was answered.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Serve makes a call, given as one text, such as "GET /webhooks", without a connection.
func Serve(ctx context.Context, handler http.Handler, call, body string, header http.Header) Reply {
	method, path, _ := strings.Cut(call, " ")
	request := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	request.Header = header
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, request)
	return Reply{out.Code, out.Header(), out.Body.String()}
}

// Receiver answers with a status that a test may change, and hands on what it gets.
type Receiver struct {
	URL    string
	Status atomic.Int64
	got    chan Received
}

// Received is what a receiver got.
type Received struct {
	Header http.Header
	Body   string
}

// Receive starts a receiver.
func Receive(t testing.TB, status int) *Receiver {
	t.Helper()
	r := &Receiver{got: make(chan Received, 100)}
	r.Status.Store(int64(status))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		w.WriteHeader(int(r.Status.Load()))
		_, _ = io.WriteString(w, "so it goes")
		r.got <- Received{request.Header, string(body)}
	}))
	t.Cleanup(server.Close)
	r.URL = server.URL
	return r
}

// Next waits for the next delivery.
func (r *Receiver) Next(t testing.TB) Received {
	t.Helper()
	return Await(t, r.got)
}

// Await waits for what is sent to a channel.
func Await[T any](t testing.TB, channel <-chan T) (sent T) {
	t.Helper()
	select {
	case sent = <-channel:
	case <-time.After(Patience):
		t.Fatal("nothing comes")
	}
	return sent
}

// NothingMore fails when the receiver got what the test has not asked for. Everything that was due must be settled.
func (r *Receiver) NothingMore(t testing.TB) {
	t.Helper()
	select {
	case got := <-r.got:
		t.Errorf("it also got %s", got.Body)
	default:
	}
}

// Options are those of a vendor whose clock only the test moves.
func Options(t testing.TB, now time.Time) (simulation.Options, *clock.Manual) {
	t.Helper()
	manual := clock.NewManual(now)
	engine := delivery.New(delivery.Options{Now: manual.Now, Wait: manual.Wait, Timeout: time.Hour})
	t.Cleanup(engine.Close)
	return simulation.Options{Clock: manual.Now, Random: rand.NewChaCha8([32]byte{1}), Engine: engine}, manual
}
