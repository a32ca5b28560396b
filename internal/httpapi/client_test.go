package httpapi_test

import (
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

func TestNewRefusesBaseURL(t *testing.T) {
	t.Parallel()
	for _, baseURL := range []string{"", "api.example.com", "/path", "https://", "https://u:hunter2@", "https://u:hunter2@h/%zz"} {
		_, err := httpapi.New(httpapi.Config{BaseURL: baseURL})
		if err == nil || !strings.Contains(err.Error(), "is not an absolute URL") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("New with base URL %q: %v, want that it is not an absolute URL", baseURL, err)
		}
	}
}

func TestPathIsEscaped(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { got <- r.RequestURI })
	elements := map[string]string{
		"wh-1": "wh-1", "../auth": "..%2Fauth", "...": "...", "%2F": "%252F", "a b+?#": "a%20b+%3F%23", "\xff\r\n": "%FF%0D%0A",
	}
	for prefix, escapedPrefix := range map[string]string{"": "", "/": "", "/v1/": "/v1", "/a%2Fb": "/a%2Fb", "/ü/x": "/%C3%BC/x"} {
		client := newClient(t, server+prefix)
		for element, escaped := range elements {
			if _, err := client.Do(t.Context(), get("webhooks", element, "ping")); err != nil {
				t.Fatalf("prefix %q, element %q: %v", prefix, element, err)
			}
			signed := "/webhooks/" + escaped + "/ping"
			if uri := <-got; uri != escapedPrefix+signed || httpapi.EscapedPath("webhooks", element, "ping") != signed {
				t.Errorf("prefix %q, element %q: the server was asked for %s", prefix, element, uri)
			}
		}
	}
}

// A proxy or a server may take "", "." and ".." out of a path, and the request would reach another one.
func TestPathNeverReachesAnother(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, []step{answer(200, "")})
	for _, element := range []string{"", ".", ".."} {
		for _, path := range [][]string{{"webhooks", element}, {"webhooks", element, "events"}} {
			if _, err := client.Do(t.Context(), get(path...)); !asError(t, err).NotSent || len(script.times) != 0 {
				t.Errorf("path %q: %d attempts: %v", path, len(script.times), err)
			}
		}
	}
}

func TestRequestAsSent(t *testing.T) {
	t.Parallel()
	var got string
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Header.Del("Accept-Encoding")
		r.Header.Del("Content-Length")
		got = fmt.Sprintf("%s %s %d %q %v", r.Method, r.RequestURI, r.ContentLength, body, r.Header)
	})
	client := newClient(t, strings.Replace(server, "http://", "http://u:hunter2@", 1)) // the user info of a base URL is no credential
	const headers = " map[Accept:[application/json] Authorization:[Bearer %s] Content-Type:[application/json] User-Agent:[test/1]"
	for want, request := range map[string]httpapi.Request{
		`GET /a?limit=2&p=x%26y%3D%2F%C3%BC 0 ""` + headers + "]": {Method: "GET", Query: url.Values{"limit": {"2"}, "p": {"x&y=/ü"}}},
		`POST /a 12 "{ \"a\" : 1 }\n"` + headers + "]":            {Method: "POST", Body: []byte("{ \"a\" : 1 }\n")},
		`DELETE /a 0 ""` + headers + "]":                          {Method: "DELETE"},
		`PUT /a 2 "{}"` + headers + " X-Action:[t]]":              {Method: "PUT", Body: []byte("{}"), Header: http.Header{"X-Action": {"t"}}},
		strings.Replace(`POST /a 3 "a=b"`+headers+"]", "application/json] U", "text/plain] U", 1): {
			Method: "POST", Body: []byte("a=b"), Header: http.Header{"Content-Type": {"text/plain"}},
		},
		// No other header of a request wins.
		`PATCH /a 2 "{}"` + headers + "]": {Method: "PATCH", Body: []byte("{}"), Header: http.Header{"Authorization": {"x"}}},
	} {
		request.Path = []string{"a"}
		want = strings.Replace(want, "Bearer %s", "Bearer "+token, 1)
		if _, err := client.Do(t.Context(), request); err != nil || got != want {
			t.Errorf("got\n%s, want\n%s: %v", got, want, err)
		}
	}
}

func TestEvery2xxIsPassedThrough(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 204, 299} {
		client, script := scripted(t, []step{answer(status, `{"a":1}`, "X-Thing", "y")})
		response, err := client.Do(t.Context(), post("a"))
		if err != nil || response.Status != status || string(response.Body) != `{"a":1}` || response.Header.Get("X-Thing") != "y" {
			t.Errorf("%d: %v, %+v", status, err, response)
		}
		if len(script.times) != 1 {
			t.Errorf("%d: %d attempts", status, len(script.times))
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, request := range []httpapi.Request{get("a"), post("a")} {
			client, script := scripted(t, []step{answer(status, "", "Location", "https://login.example.com/")})
			_, err := client.Do(t.Context(), request)
			if httpapi.Status(err) != status || !strings.Contains(err.Error(), "does not follow redirects") || len(script.times) != 1 {
				t.Errorf("%s answered %d: %d requests: %v", request.Method, status, len(script.times), err)
			}
		}
	}
}

func TestOversizedAnswer(t *testing.T) {
	t.Parallel()
	const most, tooLarge = 16 << 20, "POST /a: no usable answer: reading the answer failed: it is larger than 16 MiB (api.test)"
	client, _ := scripted(t, []step{answer(200, strings.Repeat("x", most)), answer(200, strings.Repeat("x", most+1))})
	if response, err := client.Do(t.Context(), post("a")); err != nil || len(response.Body) != most {
		t.Errorf("the largest answer: %v", err)
	}
	if _, err := client.Do(t.Context(), post("a")); err == nil || err.Error() != tooLarge || !isUnknown(err) {
		t.Errorf("a larger answer: %v", err)
	}
}

// However many calls Terraform makes at a time, a connection that a call has opened serves the next one. Over HTTP/2, net/http sends a
// change again by itself after a REFUSED_STREAM. A create must not be sent twice, whatever that code promises, so a server that offers
// HTTP/2 is spoken to in HTTP/1.1.
func TestConnections(t *testing.T) {
	t.Parallel()
	const concurrency = 30
	var together, calls sync.WaitGroup // the calls of a round, so that none can use the connection of another
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		together.Done()
		together.Wait()
		_, _ = fmt.Fprint(w, r.ProtoMajor)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	if _, err := newClient(t, server.URL).Do(t.Context(), get("a")); !asError(t, err).NotSent {
		t.Errorf("to an unknown server: %v", err)
	}
	client, trusted := newClient(t, server.URL), x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	client.Trust(trusted)
	for range 3 {
		together.Add(concurrency)
		for range concurrency {
			calls.Go(func() {
				if response, err := client.Do(t.Context(), get("a")); err != nil || string(response.Body) != "1" {
					t.Errorf("%v, %+v", err, response)
				}
			})
		}
		calls.Wait()
	}
	// A call may begin just before the connection of the one before it is free again.
	if got := opened.Load(); got > concurrency*3/2 {
		t.Errorf("%d connections were opened for %d calls at a time", got, concurrency)
	}
}
