package httpapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

func TestNewRefusesBaseURL(t *testing.T) {
	t.Parallel()
	for _, baseURL := range []string{"", "api.example.com", "/path", "https://", "https://u:hunter2@", "https://u:hunter2@h/%zz"} {
		_, err := httpapi.New(httpapi.Config{BaseURL: baseURL})
		if err == nil || !strings.Contains(err.Error(), "is not an absolute URL") {
			t.Errorf("New with base URL %q: %v, want that it is not an absolute URL", baseURL, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("New with base URL %q quotes the password: %v", baseURL, err)
		}
	}
}

func TestPathIsEscaped(t *testing.T) {
	t.Parallel()
	elements := map[string]string{
		"wh-1":       "wh-1",
		"a/b":        "a%2Fb",
		"../auth":    "..%2Fauth",
		"...":        "...",
		".a":         ".a",
		"100%":       "100%25",
		"%2F":        "%252F",
		"a b+c":      "a%20b+c",
		"a?b#c":      "a%3Fb%23c",
		"ü":          "%C3%BC",
		"a\r\nb":     "a%0D%0Ab",
		"a:b;c,d@e":  "a:b%3Bc%2Cd@e",
		"\xff":       "%FF",
		"//host/etc": "%2F%2Fhost%2Fetc",
	}
	prefixes := map[string]string{"": "", "/": "", "/v1": "/v1", "/v1/": "/v1", "/a%2Fb": "/a%2Fb", "/ü/x": "/%C3%BC/x"}
	got := make(chan string, 1)
	server, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { got <- r.RequestURI })
	for prefix, wantPrefix := range prefixes {
		client := newClient(t, server+prefix)
		for element, escaped := range elements {
			if _, err := client.Do(t.Context(), get("webhooks", element, "ping")); err != nil {
				t.Errorf("prefix %q, element %q: %v", prefix, element, err)
				continue
			}
			signed := "/webhooks/" + escaped + "/ping"
			if uri := <-got; uri != wantPrefix+signed {
				t.Errorf("prefix %q, element %q: the server was asked for %s, want %s", prefix, element, uri, wantPrefix+signed)
			}
			if path := httpapi.EscapedPath("webhooks", element, "ping"); path != signed {
				t.Errorf("element %q: the signed path is %s, want %s", element, path, signed)
			}
		}
	}
}

// A proxy or a server may take "", "." and ".." out of a path, and the request would reach another one.
func TestPathNeverReachesAnother(t *testing.T) {
	t.Parallel()
	server, count := serve(t, func(http.ResponseWriter, *http.Request) {})
	client := newClient(t, server)
	for _, element := range []string{"", ".", ".."} {
		for _, path := range [][]string{{"webhooks", element}, {"webhooks", element, "events"}} {
			_, err := client.Do(t.Context(), get(path...))
			var failed *httpapi.Error
			if !errors.As(err, &failed) || !failed.NotSent {
				t.Errorf("path %q: %v, want an error that the request was not sent", path, err)
			}
		}
	}
	if count.Load() != 0 {
		t.Errorf("the server was asked %d times", count.Load())
	}
}

func TestRequestAsSent(t *testing.T) {
	t.Parallel()
	type sent struct {
		Method, URI, Body string
		Length            int64
		Header            http.Header
	}
	var got sent
	server, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Header.Del("Accept-Encoding")
		r.Header.Del("Content-Length")
		got = sent{r.Method, r.RequestURI, string(body), r.ContentLength, r.Header}
	})
	header := func(further ...string) http.Header {
		out := http.Header{
			"Authorization": {"Bearer " + token}, "Accept": {"application/json"}, "Content-Type": {"application/json"},
			"User-Agent": {"test/1"},
		}
		for i := 0; i < len(further); i += 2 {
			out.Set(further[i], further[i+1])
		}
		return out
	}
	tests := map[string]struct {
		request httpapi.Request
		want    sent
	}{
		"read": {
			httpapi.Request{Method: "GET", Path: []string{"a"}, Query: url.Values{"limit": {"2"}, "p": {"x&y=/ü"}}},
			sent{"GET", "/a?limit=2&p=x%26y%3D%2F%C3%BC", "", 0, header()},
		},
		"body to the letter": {
			httpapi.Request{Method: "POST", Path: []string{"a"}, Body: []byte("{ \"a\" : 1 }\n")},
			sent{"POST", "/a", "{ \"a\" : 1 }\n", 12, header()},
		},
		"no body": {
			httpapi.Request{Method: "DELETE", Path: []string{"a", "b"}},
			sent{"DELETE", "/a/b", "", 0, header()},
		},
		"header": {
			httpapi.Request{Method: "PUT", Path: []string{"a"}, Header: http.Header{"X-Action": {"t"}}, Body: []byte("{}")},
			sent{"PUT", "/a", "{}", 2, header("X-Action", "t")},
		},
		"the client's headers win": {
			httpapi.Request{Method: "PUT", Path: []string{"a"}, Header: http.Header{"Authorization": {"Basic x"}}, Body: []byte("{}")},
			sent{"PUT", "/a", "{}", 2, header()},
		},
	}
	for name, test := range tests {
		withUser := strings.Replace(server, "http://", "http://u:hunter2@", 1) // the user info of a base URL is no credential
		if _, err := newClient(t, withUser).Do(t.Context(), test.request); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEvery2xxIsPassedThrough(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 204, 299} {
		client, script := scripted(t, []step{answer(status, `{"a":1}`, "X-Thing", "y")})
		response, err := client.Do(t.Context(), post("a"))
		if err != nil {
			t.Errorf("%d: %v", status, err)
			continue
		}
		if response.Status != status || string(response.Body) != `{"a":1}` || response.Header.Get("X-Thing") != "y" {
			t.Errorf("%d: the response is %+v", status, response)
		}
		if script.attempts() != 1 {
			t.Errorf("%d: %d attempts", status, script.attempts())
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, request := range []httpapi.Request{get("a"), post("a")} {
			target, followed := serve(t, func(http.ResponseWriter, *http.Request) {})
			server, count := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target+"/b", status) })
			_, err := newClient(t, server).Do(t.Context(), request)
			if httpapi.Status(err) != status || !strings.Contains(err.Error(), "does not follow redirects") {
				t.Errorf("%s answered %d: %v, want a redirect reported", request.Method, status, err)
			}
			if count.Load() != 1 || followed.Load() != 0 {
				t.Errorf("%s answered %d: %d requests, %d followed", request.Method, status, count.Load(), followed.Load())
			}
		}
	}
}

func TestOversizedAnswer(t *testing.T) {
	t.Parallel()
	const most = 16 << 20
	for size, tooLarge := range map[int]bool{most: false, most + 1: true} {
		server, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, size))
		})
		response, err := newClient(t, server).Do(t.Context(), post("a"))
		switch {
		case !tooLarge && (err != nil || len(response.Body) != size):
			t.Errorf("%d bytes: %v", size, err)
		case tooLarge && (err == nil || !strings.HasPrefix(err.Error(), "POST /a: no usable answer: reading the answer failed: it is larger than 16 MiB")):
			t.Errorf("%d bytes: %v", size, err)
		case tooLarge && !isUnknown(err):
			t.Errorf("%d bytes: the outcome passes for known", size)
		}
	}
}
