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
	"time"

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
		"truncated":   {truncated, "GET /a%2Fb: no usable answer: reading the answer failed: unexpected EOF"},
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
		"refusal with a Location": {
			answer(403, `{"error":{"message":"not yours"}}`, "Location", "/login"), "GET /a%2Fb: 403 Forbidden: not yours",
		},
		"400 with a Location": {answer(400, "no", "Location", "/login"), "GET /a%2Fb: 400 Bad Request: no"},
		"request id": {
			answer(500, "", "X-Request-Id", "req-1"), "GET /a%2Fb: 500 Internal Server Error: an empty body (api.test, request id req-1)",
		},
		"gateway's id": {
			answer(500, "", "Cf-Ray", "ray-1", "X-Amzn-RequestId", "amz-1"),
			"GET /a%2Fb: 500 Internal Server Error: an empty body (api.test, request id amz-1)",
		},
		"edge's id": {answer(500, "", "CF-RAY", "ray-1"), "GET /a%2Fb: 500 Internal Server Error: an empty body (api.test, request id ray-1)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := scripted(t, []step{test.step}, retries(0))
			want := test.want
			if !strings.HasSuffix(want, ")") {
				want += " (api.test)"
			}
			if _, err := client.Do(t.Context(), get("a/b")); err == nil || err.Error() != want {
				t.Errorf("the error is\n%v, want\n%s", err, want)
			}
		})
	}
}

func htmlText(status int) string {
	return fmt.Sprintf("GET /a%%2Fb: %d %s: an HTML page, so a proxy may have answered instead of the API",
		status, http.StatusText(status))
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

func TestErrorHoldsNoToken(t *testing.T) {
	t.Parallel()
	for name, only := range echoes {
		if name == "success" {
			continue
		}
		client, _ := scripted(t, []step{only}, retries(0))
		_, err := client.Do(t.Context(), get("a"))
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, *asError(t, err)), partOfToken) {
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

func TestEmptyTokenHidesNothing(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, []step{answer(400, "abc")}, func(c *httpapi.Config) { c.BearerToken = "" })
	if _, err := client.Do(t.Context(), get("a")); asError(t, err).Message != "abc" {
		t.Errorf("the error is %v", err)
	}
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
