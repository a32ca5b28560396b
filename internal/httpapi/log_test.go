package httpapi_test

import (
	"context"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// recorder is a logger that keeps what it gets.
type recorder struct {
	mu  sync.Mutex
	got []line
}

type line struct {
	level, message string
	fields         map[string]any
}

func (r *recorder) attach(config *httpapi.Config) { config.Logger = r }

func (r *recorder) Debug(_ context.Context, message string, fields map[string]any) {
	r.add(line{"debug", message, fields})
}

func (r *recorder) Trace(_ context.Context, message string, fields map[string]any) {
	r.add(line{"trace", message, fields})
}

// add keeps a line with the texts that a log shows of its fields.
func (r *recorder) add(l line) {
	for name, field := range l.fields {
		if text, ok := field.(encoding.TextMarshaler); ok {
			shown, _ := text.MarshalText()
			l.fields[name] = string(shown)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, l)
}

func (r *recorder) lines(message string) (out []line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.got {
		if l.message == message {
			out = append(out, l)
		}
	}
	return out
}

// all returns everything that was logged as one text.
func (r *recorder) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprintf("%+v", r.got)
}

func logged(names ...string) func(*httpapi.Config) {
	return func(c *httpapi.Config) { c.LoggedFields = names }
}

// The lines hold no headers, no query, and no field that is not allowed.
func TestLogLines(t *testing.T) {
	t.Parallel()
	log := &recorder{}
	fine := answer(200, `{"id":"1","x":"y","url":"https://h/x"}`, "X-Request-Id", "req-1", "Set-Cookie", "s")
	client, _ := scripted(t, []step{answer(500, "oops"), cut, fine}, log.attach, logged("id"))
	request := idempotent(post("a"))
	request.Query, request.Header = url.Values{"paginationToken": {"s"}}, http.Header{"X-Action": {"s"}}
	if _, err := client.Do(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range log.got {
		if _, ok := l.fields["duration_ms"].(int64); ok != (l.message == "API call") {
			t.Errorf("the duration of %v is missing, or not", l)
		}
		delete(l.fields, "duration_ms")
		fields, _ := json.Marshal(l.fields)
		got = append(got, l.level+" "+l.message+" "+string(fields))
	}
	want := []string{
		`trace API request {"body":"{\"a\":\"(hidden)\"}","method":"POST","path":"/a"}`,
		`trace API answer {"body":"(4 bytes that are not JSON)","method":"POST","path":"/a"}`,
		`debug API call {"method":"POST","path":"/a","request_id":"","status":500}`,
		`trace API request {"body":"{\"a\":\"(hidden)\"}","method":"POST","path":"/a"}`,
		`debug API call {"error":"read tcp: read: connection reset by peer","method":"POST","path":"/a"}`,
		`trace API request {"body":"{\"a\":\"(hidden)\"}","method":"POST","path":"/a"}`,
		`trace API answer {"body":"{\"id\":\"1\",\"url\":\"(hidden)\",\"x\":\"(hidden)\"}","method":"POST","path":"/a"}`,
		`debug API call {"method":"POST","path":"/a","request_id":"req-1","status":200}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

func TestLogOfBodies(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"empty":              {"", ""},
		"white space":        {" \n", ""},
		"allowed":            {`{"id":"a","n":1}`, `{"id":"a","n":1}`},
		"allowed list":       {`{"id":["a","b"]}`, `{"id":["a","b"]}`},
		"other":              {`{"x":"a","y":1,"z":true}`, `{"x":"(hidden)","y":"(hidden)","z":"(hidden)"}`},
		"other list":         {`{"x":["a",1]}`, `{"x":["(hidden)","(hidden)"]}`},
		"null":               {`{"x":null}`, `{"x":null}`},
		"case matters":       {`{"ID":"a"}`, `{"ID":"(hidden)"}`},
		"nested":             {`{"x":{"id":"a","y":{"id":"b","z":"c"}}}`, `{"x":{"id":"a","y":{"id":"b","z":"(hidden)"}}}`},
		"below an allowed":   {`{"id":{"x":"a"}}`, `{"id":{"x":"(hidden)"}}`},
		"list of objects":    {`[{"id":"a","x":"b"}]`, `[{"id":"a","x":"(hidden)"}]`},
		"in an allowed list": {`{"id":[{"x":"a"}]}`, `{"id":[{"x":"(hidden)"}]}`},
		"string":             {`"a"`, `"(hidden)"`},
		"number":             {`7`, `"(hidden)"`},
		"URL":                {`{"url":"https://u:p@h/x?y=z"}`, `{"url":"https://h"}`},
		"URL with a path":    {`{"url":"https://h/secret"}`, `{"url":"https://h"}`},
		"list of URLs":       {`{"url":["https://h/secret",null]}`, `{"url":["https://h",null]}`},
		"broken URL":         {`{"url":"h/secret"}`, `{"url":"(hidden)"}`},
		"no URL":             {`{"url":7}`, `{"url":7}`},
		"HTML":               {`<html>secret</html>`, `(19 bytes that are not JSON)`},
		"cut JSON":           {`{"id":"a`, `(8 bytes that are not JSON)`},
		"two values":         {`{"id":"a"} {"id":"b"}`, `(21 bytes that are not JSON)`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &recorder{}
			server, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
			client := newClient(t, server, log.attach, logged("id", "n", "url"))
			response, err := client.Do(t.Context(), httpapi.Request{Method: "POST", Path: []string{"a"}, Body: []byte(test.body)})
			if err != nil || string(response.Body) != test.body {
				t.Fatalf("logging has changed the call: %v, %+v", err, response)
			}
			for _, message := range []string{"API request", "API answer"} {
				if got := log.lines(message)[0].fields["body"]; got != test.want {
					t.Errorf("%s: the body is logged as %s, want %s", message, got, test.want)
				}
			}
		})
	}
}

// The token comes back in a field that may be logged, in the request id and in what is not even HTTP.
func TestLogHoldsNoEchoedToken(t *testing.T) {
	t.Parallel()
	for name, only := range echoes {
		log := &recorder{}
		client, _ := scripted(t, []step{only}, log.attach, logged("message", "code", "error"), retries(0))
		_, _ = client.Do(t.Context(), get("a"))
		if log.all() == "[]" || strings.Contains(log.all(), partOfToken) {
			t.Errorf("%s: the log is\n%s", name, log.all())
		}
	}
}
