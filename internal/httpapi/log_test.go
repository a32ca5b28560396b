package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// recorder is a logger that keeps the lines that it gets, as a JSON log shows them.
type recorder struct {
	mu    sync.Mutex
	lines []string
}

func (r *recorder) attach(config *httpapi.Config) { config.Logger = r }

func (r *recorder) Debug(_ context.Context, message string, fields map[string]any) {
	if _, ok := fields["duration_ms"].(int64); ok {
		fields["duration_ms"] = 0
	}
	r.add("debug "+message, fields)
}

func (r *recorder) Trace(_ context.Context, message string, fields map[string]any) {
	r.add("trace "+message, fields)
}

func (r *recorder) add(message string, fields map[string]any) {
	text, _ := json.Marshal(fields)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, message+" "+string(text))
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
	const sent = `trace API request {"body":"{\"a\":\"(hidden)\"}","method":"POST","path":"/a"}`
	want := []string{
		sent,
		`trace API answer {"body":"(4 bytes that are not JSON)","method":"POST","path":"/a"}`,
		`debug API call {"duration_ms":0,"method":"POST","path":"/a","request_id":"","status":500}`,
		sent,
		`debug API call {"duration_ms":0,"error":"read tcp: read: connection reset by peer","method":"POST","path":"/a"}`,
		sent,
		`trace API answer {"body":"{\"id\":\"1\",\"url\":\"(hidden)\",\"x\":\"(hidden)\"}","method":"POST","path":"/a"}`,
		`debug API call {"duration_ms":0,"method":"POST","path":"/a","request_id":"req-1","status":200}`,
	}
	if diff := cmp.Diff(want, log.lines); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

func TestLogOfBodies(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                                 "",
		" \n":                              "",
		`{"id":"a","n":1,"x":"a","y":1}`:   `{"id":"a","n":1,"x":"(hidden)","y":"(hidden)"}`,
		`{"x":true,"y":null,"ID":"a"}`:     `{"ID":"(hidden)","x":"(hidden)","y":null}`,
		`{"id":["a","b"],"x":["a",1]}`:     `{"id":["a","b"],"x":["(hidden)","(hidden)"]}`,
		`{"x":{"id":"a","y":{"z":"c"}}}`:   `{"x":{"id":"a","y":{"z":"(hidden)"}}}`,
		`{"id":{"x":"a"},"n":[{"x":"a"}]}`: `{"id":{"x":"(hidden)"},"n":[{"x":"(hidden)"}]}`,
		`[{"id":"a","x":"b"}]`:             `[{"id":"a","x":"(hidden)"}]`,
		`"a"`:                              `"(hidden)"`,
		`7`:                                `"(hidden)"`,
		`{"url":"https://u:p@h/x?y=z"}`:    `{"url":"https://h"}`,
		`{"url":["https://h/secret",7]}`:   `{"url":["https://h",7]}`,
		`{"url":"h/secret"}`:               `{"url":"(hidden)"}`,
		`{"id":"` + token + `"}`:           `{"id":"(hidden)"}`,
		`<html>secret</html>`:              `(19 bytes that are not JSON)`,
		`{"id":"a"} {"id":"b"}`:            `(21 bytes that are not JSON)`,
	} {
		log := &recorder{}
		client, script := scripted(t, []step{answer(200, body)}, log.attach, logged("id", "n", "url"))
		response, err := client.Do(t.Context(), httpapi.Request{Method: "POST", Path: []string{"a"}, Body: []byte(body)})
		if err != nil || string(response.Body) != body || script.bodies[0] != body {
			t.Fatalf("logging has changed the call: %v, %+v, %q", err, response, script.bodies)
		}
		for i, message := range []string{"request", "answer"} {
			if line := fmt.Sprintf(`trace API %s {"body":%q,"method":"POST","path":"/a"}`, message, want); log.lines[i] != line {
				t.Errorf("%s: the line is\n%s, want\n%s", body, log.lines[i], line)
			}
		}
	}
}

// The token comes back in a field that may be logged, in the request id and in what is not even HTTP.
func TestLogHoldsNoEchoedToken(t *testing.T) {
	t.Parallel()
	for name, only := range echoes {
		log := &recorder{}
		client, _ := scripted(t, []step{only}, log.attach, logged("message", "code", "error"), retries(0))
		_, _ = client.Do(t.Context(), get("a"))
		if lines := strings.Join(log.lines, "\n"); lines == "" || strings.Contains(lines, partOfToken) {
			t.Errorf("%s: the log is\n%s", name, lines)
		}
	}
}

func TestFieldNames(t *testing.T) {
	t.Parallel()
	type settings struct {
		URL string `json:"url"`
	}
	type answer struct {
		settings
		Label  string         `json:"label,omitempty"`
		Secret httpapi.Secret `json:"secret"`
	}
	if got := httpapi.FieldNames[answer](); !slices.Equal(got, []string{"url", "label"}) {
		t.Errorf("they are %q", got)
	}
}
