package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

const html = "<!DOCTYPE html><html><body>Bad gateway</body></html>"

func TestErrorText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200)
	tests := map[string]struct {
		step step
		want string
	}{
		"no answer":   {cut, "GET /a%2Fb: no answer: read tcp: read: connection reset by peer"},
		"not sent":    {refused, "GET /a%2Fb: the request was not sent: dial tcp: connect: connection refused"},
		"truncated":   {truncated, "GET /a%2Fb: no answer: reading the answer failed: unexpected EOF"},
		"vendor":      {answer(403, `{"error":{"message":"not yours"}}`), "GET /a%2Fb: 403 Forbidden: not yours"},
		"code":        {answer(403, `{"error":{"code":"E7","message":"not yours"}}`), "GET /a%2Fb: 403 Forbidden: E7: not yours"},
		"HTML":        {answer(502, html, "Content-Type", "text/html; charset=utf-8"), htmlText(502)},
		"HTML by eye": {answer(404, "\n "+html, "Content-Type", "application/json"), htmlText(404)},
		"HTML by type": {
			answer(502, "Bad gateway", "Content-Type", "text/html"), htmlText(502),
		},
		"empty":          {answer(500, ""), "GET /a%2Fb: 500 Internal Server Error: an empty body"},
		"white space":    {answer(500, " \r\n"), "GET /a%2Fb: 500 Internal Server Error: an empty body"},
		"other JSON":     {answer(400, `{"reason":"no"}`), `GET /a%2Fb: 400 Bad Request: {"reason":"no"}`},
		"text":           {answer(400, "no\n"), "GET /a%2Fb: 400 Bad Request: no"},
		"200 bytes":      {answer(400, long), "GET /a%2Fb: 400 Bad Request: " + long},
		"long":           {answer(400, long+"y"), "GET /a%2Fb: 400 Bad Request: " + long + " …"},
		"cut character":  {answer(400, long[1:]+"ü"), "GET /a%2Fb: 400 Bad Request: " + long[1:] + " …"},
		"not UTF-8":      {answer(400, "a\xffb"), "GET /a%2Fb: 400 Bad Request: ab"},
		"unnamed status": {answer(520, ""), "GET /a%2Fb: 520: an empty body"},
		"redirect": {
			answer(302, html, "Location", "https://login.example.com/"),
			"GET /a%2Fb: 302 Found: the provider does not follow redirects; check the base URL",
		},
		"request id": {
			answer(500, "", "X-Request-Id", "req-1"), "GET /a%2Fb: 500 Internal Server Error: an empty body (request id req-1)",
		},
		"gateway's id": {
			answer(500, "", "Cf-Ray", "ray-1", "X-Amzn-RequestId", "amz-1"),
			"GET /a%2Fb: 500 Internal Server Error: an empty body (request id amz-1)",
		},
		"edge's id": {answer(500, "", "CF-RAY", "ray-1"), "GET /a%2Fb: 500 Internal Server Error: an empty body (request id ray-1)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := scripted(t, []step{test.step}, retries(0))
			if _, err := client.Do(t.Context(), get("a/b")); err == nil || err.Error() != test.want {
				t.Errorf("the error is\n%v, want\n%s", err, test.want)
			}
		})
	}
}

func htmlText(status int) string {
	return fmt.Sprintf("GET /a%%2Fb: %d %s: an HTML page, so a proxy may have answered instead of the API",
		status, http.StatusText(status))
}

func TestErrorFields(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		step step
		want httpapi.Error
	}{
		"vendor": {
			answer(409, `{"error":{"code":"E7","message":"m"}}`, "X-Request-Id", "r"),
			httpapi.Error{Method: "POST", Path: "/a", Status: 409, Code: "E7", Message: "m", Recognized: true, RequestID: "r"},
		},
		"other":   {answer(409, "m"), httpapi.Error{Method: "POST", Path: "/a", Status: 409, Message: "m"}},
		"cut":     {cut, httpapi.Error{Method: "POST", Path: "/a", Lost: true}},
		"refused": {refused, httpapi.Error{Method: "POST", Path: "/a", NotSent: true}},
	}
	for name, test := range tests {
		client, _ := scripted(t, []step{test.step})
		_, err := client.Do(t.Context(), post("a"))
		var failed *httpapi.Error
		if !errors.As(fmt.Errorf("outside: %w", err), &failed) {
			t.Errorf("%s: %v is not an *Error", name, err)
			continue
		}
		if diff := cmp.Diff(test.want, *failed, cmpopts.IgnoreFields(httpapi.Error{}, "Cause")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if (failed.Cause == nil) != (failed.Status != 0) {
			t.Errorf("%s: the cause is %v", name, failed.Cause)
		}
	}
}

// echoes are the ways in which an answer can hold the token it was asked with.
var echoes = map[string]step{
	"message":        answer(401, `{"error":{"message":"bad token `+token+`"}}`),
	"code":           answer(401, `{"error":{"code":"`+token+`","message":"m"}}`),
	"escaped":        answer(401, `{"error":{"message":"bad token \u0065`+token[1:]+`"}}`),
	"text":           answer(401, "bad token "+token),
	"other JSON":     answer(401, `{"authorization":"Bearer `+token+`"}`),
	"cut in the end": answer(401, strings.Repeat("x", 150)+token),
	"request id":     answer(401, "", "X-Request-Id", token),
	"success":        answer(200, `{"message":"`+token+`"}`),
	"garbage": func(request *http.Request) (*http.Response, error) {
		leave(request)
		return nil, fmt.Errorf("malformed HTTP response %s: %w", token, io.ErrUnexpectedEOF)
	},
}

func TestHiddenErrorKeepsItsCause(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, []step{echoes["garbage"]}, retries(0))
	if _, err := client.Do(t.Context(), get("a")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the cause of %v is lost", err)
	}
}

func TestErrorHoldsNoToken(t *testing.T) {
	t.Parallel()
	for name, only := range echoes {
		if name == "success" {
			continue
		}
		client, _ := scripted(t, []step{only}, retries(0))
		_, err := client.Do(t.Context(), get("a"))
		if err == nil || leaksToken(err.Error()) || leaksToken(fmt.Sprintf("%+v", *asError(t, err))) {
			t.Errorf("%s: the error is %v", name, err)
		}
		if err != nil && !strings.Contains(err.Error(), "(hidden)") {
			t.Errorf("%s: the error does not show that something is hidden: %v", name, err)
		}
	}
}

func asError(t *testing.T, err error) *httpapi.Error {
	t.Helper()
	var failed *httpapi.Error
	if !errors.As(err, &failed) {
		t.Fatalf("%v is not an *Error", err)
	}
	return failed
}

// A server that sends back what it gets speaks no HTTP, and net/http quotes it.
func TestErrorHoldsNoTokenOfARealEcho(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1))
			_, _ = io.WriteString(conn, "Bearer "+token+"\r\n\r\n")
			_ = conn.Close()
		}
	}()
	client := newClient(t, "http://"+listener.Addr().String(), retries(0))
	_, err = client.Do(t.Context(), get("a"))
	if err == nil || leaksToken(err.Error()) {
		t.Errorf("the error is %v", err)
	}
}

func TestEmptyTokenHidesNothing(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, []step{answer(400, "abc")}, func(c *httpapi.Config) { c.BearerToken = "" })
	if _, err := client.Do(t.Context(), get("a")); asError(t, err).Message != "abc" {
		t.Errorf("the error is %v", err)
	}
}

func TestIsNotFound(t *testing.T) {
	t.Parallel()
	const vendor = `{"error":{"message":"Webhook not found"}}`
	tests := map[string]struct {
		step step
		want bool
	}{
		"vendor's 404": {answer(404, vendor), true},
		"HTML":         {answer(404, html, "Content-Type", "text/html"), false},
		"empty":        {answer(404, ""), false},
		"other JSON":   {answer(404, `{"reason":"no route"}`), false},
		"400":          {answer(400, vendor), false},
		"410":          {answer(410, vendor), false},
		"500":          {answer(500, vendor), false},
		"refused":      {refused, false},
	}
	for name, test := range tests {
		client, _ := scripted(t, []step{test.step})
		_, err := client.Do(t.Context(), get("a"))
		if got := httpapi.IsNotFound(fmt.Errorf("outside: %w", err)); err == nil || got != test.want {
			t.Errorf("%s: IsNotFound is %t for %v", name, got, err)
		}
	}
	if httpapi.IsNotFound(nil) || httpapi.IsNotFound(errors.New("404")) {
		t.Error("IsNotFound is true for an error of another kind")
	}
}

func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		steps  []step
		want   bool
		status int
	}{
		"400":                 {[]step{answer(400, "")}, false, 400},
		"403":                 {[]step{answer(403, html)}, false, 403},
		"404":                 {[]step{answer(404, "")}, false, 404},
		"429":                 {[]step{answer(429, "")}, false, 429},
		"redirect":            {[]step{answer(302, "", "Location", "/b")}, false, 302},
		"500":                 {[]step{answer(500, "")}, true, 500},
		"502":                 {[]step{answer(502, html)}, true, 502},
		"504":                 {[]step{answer(504, html)}, true, 504},
		"cut":                 {[]step{cut}, true, 0},
		"truncated":           {[]step{truncated}, true, 0},
		"refused":             {[]step{refused}, false, 0},
		"429, then cut":       {[]step{answer(429, ""), cut}, true, 0},
		"429, then refused":   {[]step{answer(429, ""), refused}, false, 0},
		"refused, then cut":   {[]step{refused, cut}, true, 0},
		"refused, then 500":   {[]step{refused, answer(500, "")}, true, 500},
		"429, then forbidden": {[]step{answer(429, ""), answer(403, "")}, false, 403},
	}
	for name, test := range tests {
		client, _ := scripted(t, test.steps)
		_, err := client.Do(t.Context(), post("a"))
		if got := httpapi.OutcomeUnknown(fmt.Errorf("outside: %w", err)); err == nil || got != test.want {
			t.Errorf("%s: OutcomeUnknown is %t for %v", name, got, err)
		}
		if got := httpapi.Status(fmt.Errorf("outside: %w", err)); got != test.status {
			t.Errorf("%s: Status is %d, want %d", name, got, test.status)
		}
	}
	unread := &httpapi.Error{Status: 200, Cause: io.ErrUnexpectedEOF}
	if !httpapi.OutcomeUnknown(unread) || httpapi.Status(unread) != 0 {
		t.Error("an answer that cannot be read passes for a refusal")
	}
	if httpapi.OutcomeUnknown(nil) || httpapi.OutcomeUnknown(context.Canceled) || httpapi.Status(nil) != 0 {
		t.Error("an error of another kind passes for one of a call")
	}
}

func TestCancelledBeforeSending(t *testing.T) {
	t.Parallel()
	for kind, request := range requests {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		client, script := scripted(t, []step{answer(200, "")})
		_, err := client.Do(ctx, request.Request)
		if !errors.Is(err, context.Canceled) || !asError(t, err).NotSent || httpapi.OutcomeUnknown(err) {
			t.Errorf("%s: %v, want that the request was not sent", kind, err)
		}
		if script.attempts() != 0 {
			t.Errorf("%s: %d attempts", kind, script.attempts())
		}
	}
}

// The server is a real one, so that it is the real transport that tells when the request has left.
func TestCancelledInFlight(t *testing.T) {
	t.Parallel()
	for kind, request := range requests {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			server, count := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				cancel()
				<-r.Context().Done()
			})
			_, err := newClient(t, server).Do(ctx, request.Request)
			if !errors.Is(err, context.Canceled) || asError(t, err).NotSent || !httpapi.OutcomeUnknown(err) {
				t.Errorf("%v, want a cancellation with unknown outcome", err)
			}
			if count.Load() != 1 {
				t.Errorf("%d requests reached the server", count.Load())
			}
		})
	}
}

func TestDeadlineInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		client, script := scripted(t, []step{hang})
		_, err := client.Do(ctx, post("a"))
		if !errors.Is(err, context.DeadlineExceeded) || !httpapi.OutcomeUnknown(err) || script.attempts() != 1 {
			t.Errorf("%v after %d attempts, want a deadline with unknown outcome", err, script.attempts())
		}
	})
}

// impatient has no time to dial.
var impatient = net.Dialer{Timeout: time.Nanosecond}

// The network has timeouts of its own, such as that of a dial. Go has them pass for the end of a context, which they are not.
func TestTimeoutOfTheNetwork(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://127.0.0.1:1", func(c *httpapi.Config) { c.Transport = &http.Transport{DialContext: impatient.DialContext} })
	for kind, request := range map[string]httpapi.Request{"GET": get("a"), "POST": post("a")} {
		_, err := client.Do(t.Context(), request)
		if err == nil || !strings.Contains(err.Error(), "i/o timeout") || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, httpapi.ErrNoAnswer) {
			t.Errorf("%s: it ends in %v", kind, err)
		}
		if !asError(t, err).NotSent {
			t.Errorf("%s: it counts as sent: %v", kind, err)
		}
	}
}

// At the end of the context the network can say so before the context does.
func TestTimeoutOfTheContextToldByTheNetwork(t *testing.T) {
	t.Parallel()
	late := func(request *http.Request) (*http.Response, error) {
		deadline, _ := request.Context().Deadline()
		<-time.After(time.Until(deadline))
		_, err := impatient.Dial("tcp", "127.0.0.1:1")
		return nil, err
	}
	for name, test := range map[string]struct {
		attempt, operation time.Duration
		want               error
	}{
		"attempt":   {time.Millisecond, time.Hour, httpapi.ErrNoAnswer},
		"operation": {time.Hour, time.Millisecond, context.DeadlineExceeded},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), test.operation)
		defer cancel()
		client, _ := scripted(t, []step{late}, timeout(test.attempt), retries(0))
		if _, err := client.Do(ctx, get("a")); !errors.Is(err, test.want) {
			t.Errorf("%s: it ends in %v", name, err)
		}
	}
}

// A retry is waited for, and nothing was done at the API before it.
func TestCancelledBetweenAttempts(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]step{"429": answer(429, ""), "refused": refused} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			client, script := scripted(t, []step{first, answer(200, "")}, retryWait(10*time.Second))
			_, err := client.Do(ctx, post("a"))
			if !errors.Is(err, context.Canceled) || httpapi.OutcomeUnknown(err) || script.attempts() != 1 {
				t.Errorf("%s: %v after %d attempts, want a cancellation with known outcome", name, err, script.attempts())
			}
		})
	}
}

// A retry that never left says nothing about the attempt before it, so the outcome stays unknown and the text says why.
func TestLostThenNotSent(t *testing.T) {
	t.Parallel()
	request := post("a")
	request.Idempotent = true
	client, _ := scripted(t, []step{cut, refused}, retries(1))
	_, err := client.Do(t.Context(), request)
	if !httpapi.OutcomeUnknown(err) || !strings.Contains(err.Error(), "an earlier attempt failed after it was sent, and the last one was not sent") {
		t.Errorf("OutcomeUnknown is %t for %v", httpapi.OutcomeUnknown(err), err)
	}
}
