package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

const html = "<!DOCTYPE html><html><body>Bad gateway</body></html>"

func TestErrorText(t *testing.T) {
	t.Parallel()
	const isHTML, own = "an HTML page, so a proxy may have answered instead of the API", `{"error":{"code":"E7","message":"not yours"}}`
	long := strings.Repeat("x", 200)
	for want, only := range map[string]step{
		"no answer: read tcp: read: connection reset by peer":                   cut,
		"the request was not sent: dial tcp: connect: connection refused":       refused,
		"no usable answer: reading the answer failed: unexpected EOF":           truncated,
		"403 Forbidden: E7: not yours":                                          answer(403, own, "Location", "/login"),
		"404 Not Found: " + isHTML:                                              answer(404, "\n "+html, "Content-Type", "application/json"),
		"502 Bad Gateway: " + isHTML:                                            answer(502, "Bad", "Content-Type", "text/html; charset=utf-8"),
		"500 Internal Server Error: an empty body":                              answer(500, " \r\n"),
		"520: an empty body":                                                    answer(520, ""),
		`400 Bad Request: {"reason":"no"}`:                                      answer(400, `{"reason":"no"}`+"\n", "Location", "/login"),
		"400 Bad Request: " + long:                                              answer(400, long),
		"400 Bad Request: " + long + " …":                                       answer(400, long+"y"),
		"400 Bad Request: " + long[1:] + " …":                                   answer(400, long[1:]+"ü"),
		"400 Bad Request: ab":                                                   answer(400, "a\xffb"),
		"302 Found: the provider does not follow redirects; check the base URL": answer(302, html, "Location", "https://login.example.com/"),
		"500 Internal Server Error: an empty body (api.test, request id req-1)": answer(500, "", "Request-Id", "req-1"),
		"500 Internal Server Error: an empty body (api.test, request id amz-1)": answer(500, "", "Cf-Ray", "ray-1", "X-Amzn-RequestId", "amz-1"),
		"500 Internal Server Error: an empty body (api.test, request id ray-1)": answer(500, "", "CF-RAY", "ray-1"),
	} {
		if !strings.HasSuffix(want, ")") {
			want += " (api.test)"
		}
		client, _ := scripted(t, []step{only}, retries(0))
		if _, err := client.Do(t.Context(), get("a/b")); err == nil || err.Error() != "GET /a%2Fb: "+want {
			t.Errorf("the error is\n%v, want\n%s", err, want)
		}
	}
}

// What was lost stays possible, although the last attempt was not even sent.
func TestErrorTextAfterALostAttempt(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, []step{cut, refused}, retries(1))
	const want = "an earlier attempt failed after it was sent, and the last one was not sent: dial tcp: connect: connection refused"
	if _, err := client.Do(t.Context(), get("a")); err == nil || err.Error() != "GET /a: "+want+" (api.test)" {
		t.Errorf("the error is\n%v, want\n%s", err, want)
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
	"garbage": func(request *http.Request) (*http.Response, error) {
		connectAndSend(request)
		return nil, fmt.Errorf("malformed HTTP response %s: %w", token, io.ErrUnexpectedEOF)
	},
}

func TestErrorHoldsNoToken(t *testing.T) {
	t.Parallel()
	for name, only := range echoes {
		client, _ := scripted(t, []step{only}, retries(0))
		_, err := client.Do(t.Context(), get("a"))
		text := fmt.Sprintf("%v %+v", err, *asError(t, err))
		if strings.Contains(text, partOfToken) || !strings.Contains(text, "(hidden)") {
			t.Errorf("%s: the error is %s", name, text)
		}
	}
}

func asError(t *testing.T, err error) *httpapi.Error {
	t.Helper()
	failed, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
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

// The network has timeouts of its own, such as that of a dial. Go has them pass for the end of a context, which they are not.
func TestTimeoutOfTheNetwork(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, []step{func(*http.Request) (*http.Response, error) { return nil, timedOut }})
	for _, request := range []httpapi.Request{get("a"), post("a")} {
		_, err := client.Do(t.Context(), request)
		if !asError(t, err).NotSent || !strings.Contains(err.Error(), "i/o timeout") || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: it ends in %v", request.Method, err)
		}
	}
}

// A test of the provider has a real CLI meet proxies, certificates and closed ports. It knows no name that no name server knows. What
// the API itself has answered is no matter of the network.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	refusing := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	for base, want := range map[string]string{
		"https://api.invalid": "The name api.invalid is not known here. Check base_url, and the network and its name server.",
		refusing:              "",
	} {
		_, err := newClient(t, base, retries(0)).Do(t.Context(), get("webhooks"))
		if advice := httpapi.Unreachable(err); advice != want {
			t.Errorf("%v\nadvice: %q, want %q", err, advice, want)
		}
		if _, host, _ := strings.Cut(base, "://"); !strings.Contains(err.Error(), host) {
			t.Errorf("the error does not name the host: %v", err)
		}
	}
}

// Where nothing listens on this machine, it was probably a sandbox.
func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	const sandbox, network = "is it still running?", "Check base_url, the network, and firewalls"
	for base, want := range map[string]string{"http://localhost:8080": sandbox, "http://127.0.0.1:8080": sandbox, "https://api.test:8443": network} {
		client := newClient(t, base, func(c *httpapi.Config) { c.Transport = &script{steps: []step{refused}} })
		if _, err := client.Do(t.Context(), get("a")); !strings.Contains(httpapi.Unreachable(err), want) {
			t.Errorf("%s: the advice is %q, want %q", base, httpapi.Unreachable(err), want)
		}
	}
}
