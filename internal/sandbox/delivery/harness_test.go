package delivery_test

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// engine gives a receiver as much time as a slow machine may need, unless the test sets a timeout.
func engine(t *testing.T, options delivery.Options) *delivery.Engine {
	t.Helper()
	options.Timeout = cmp.Or(options.Timeout, time.Hour)
	e := delivery.New(options)
	t.Cleanup(e.Close)
	return e
}

// serve reads the body first: only then does a server notice that its client has gone. At the end it cancels all requests,
// including those that arrive while it closes.
func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		handle(w, r)
	}))
	ctx, end := context.WithCancel(context.Background())
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Start()
	t.Cleanup(func() {
		end()
		server.Close()
	})
	return server.URL
}

// job is sent to a URL once, and again after each wait while it fails.
type job struct {
	url      string
	now      func() time.Time
	waits    []time.Duration
	unwanted bool
	// done is sent every result.
	done chan delivery.Result
}

func newJob(url string) *job { return &job{url: url, done: make(chan delivery.Result, 100)} }

func (j *job) Receiver() string { return j.url }

func (j *job) Attempt() (delivery.Request, bool) {
	return delivery.Request{URL: j.url, Body: []byte("body"), Header: map[string]string{"X-Test": "yes"}}, !j.unwanted
}

func (j *job) Done(result delivery.Result) time.Time {
	defer func() { j.done <- result }()
	if result.Status == 200 || len(j.waits) == 0 {
		return time.Time{}
	}
	next := j.now().Add(j.waits[0])
	j.waits = j.waits[1:]
	return next
}

func (j *job) result(t *testing.T) delivery.Result {
	t.Helper()
	return sandboxtest.Await(t, j.done)
}
