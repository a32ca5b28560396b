package httpapi_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// token is the bearer token of every client here. It is longer than what an error quotes of a body, and any useful part of it contains
// partOfToken.
var token = "eyJ0b2tlbg." + strings.Repeat(partOfToken, 40) + ".c2ln"

const partOfToken = "c3VwZXJz"

// decodeError reads the shape {"error": {"code", "message"}}.
func decodeError(body []byte) (code, message string, ok bool) {
	var in struct {
		Error *struct{ Code, Message string }
	}
	if json.Unmarshal(body, &in) != nil || in.Error == nil {
		return "", "", false
	}
	return in.Error.Code, in.Error.Message, true
}

// newClient returns a client that retries three times and hardly pauses before it does.
func newClient(t *testing.T, baseURL string, changes ...func(*httpapi.Config)) *httpapi.Client {
	t.Helper()
	config := httpapi.Config{
		BaseURL: baseURL, BearerToken: token, UserAgent: "test/1", MaxRetries: 3, RetryWait: time.Nanosecond,
		DecodeError: decodeError,
	}
	for _, change := range changes {
		change(&config)
	}
	client, err := httpapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func retries(n int) func(*httpapi.Config) { return func(c *httpapi.Config) { c.MaxRetries = n } }

func retryWait(d time.Duration) func(*httpapi.Config) {
	return func(c *httpapi.Config) { c.RetryWait = d }
}

func timeout(d time.Duration) func(*httpapi.Config) {
	return func(c *httpapi.Config) { c.RequestTimeout = d }
}

func serve(t *testing.T, handler http.HandlerFunc) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// script is a transport in memory: it answers one attempt with each step, and all further ones with the last.
type script struct {
	steps []step

	mu     sync.Mutex
	times  []time.Time // when each attempt was made
	bodies []string
}

type step func(*http.Request) (*http.Response, error)

// scripted returns a client that talks to a script.
func scripted(t *testing.T, steps []step, changes ...func(*httpapi.Config)) (*httpapi.Client, *script) {
	t.Helper()
	out := &script{steps: steps}
	changes = append(changes, func(c *httpapi.Config) { c.Transport = out })
	return newClient(t, "https://api.test", changes...), out
}

func (s *script) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
	}
	s.mu.Lock()
	next := s.steps[min(len(s.times), len(s.steps)-1)]
	s.times, s.bodies = append(s.times, time.Now()), append(s.bodies, string(body))
	s.mu.Unlock()
	return next(request)
}

// connectAndSend does what the real transport does when it has a connection and then has written the headers of a request.
func connectAndSend(request *http.Request) {
	trace := httptrace.ContextClientTrace(request.Context())
	trace.GotConn(httptrace.GotConnInfo{})
	trace.WroteHeaders()
}

// answer is a step that answers. The headers are pairs of name and value.
func answer(status int, body string, headers ...string) step {
	return func(request *http.Request) (*http.Response, error) {
		connectAndSend(request)
		header := http.Header{}
		for i := 0; i < len(headers); i += 2 {
			header.Set(headers[i], headers[i+1])
		}
		return &http.Response{
			StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: request,
		}, nil
	}
}

// answeredAfter is a step that takes so long to answer.
func answeredAfter(pause time.Duration, status int, headers ...string) step {
	return func(request *http.Request) (*http.Response, error) {
		connectAndSend(request)
		select {
		case <-time.After(pause):
			return answer(status, "", headers...)(request)
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
}

// refused is a step at which nobody listens. The number for it is another one on Windows.
var refused, refusedOnWindows = notConnected(syscall.ECONNREFUSED), notConnected(10061)

func notConnected(number syscall.Errno) step {
	return func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", number)}
	}
}

// cut is a step at which the connection breaks once the request is sent.
func cut(request *http.Request) (*http.Response, error) {
	connectAndSend(request)
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
}

// truncated is a step at which the connection breaks in the middle of an answer.
func truncated(request *http.Request) (*http.Response, error) {
	connectAndSend(request)
	body := io.MultiReader(strings.NewReader(`{"id":`), iotest.ErrReader(io.ErrUnexpectedEOF))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(body), Request: request}, nil
}

// hang is a step that never answers.
var hang = answeredAfter(1000*time.Hour, 200)

// isUnknown reports that an error leaves open whether its call was carried out.
func isUnknown(err error) bool {
	outcome, _ := httpapi.OutcomeOf(err)
	return outcome == httpapi.Unknown
}

func get(path ...string) httpapi.Request {
	return httpapi.Request{Method: http.MethodGet, Path: path}
}

func post(path ...string) httpapi.Request {
	return httpapi.Request{Method: http.MethodPost, Path: path, Body: []byte(`{"a":1}`), Change: true}
}
