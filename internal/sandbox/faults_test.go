package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// TestFaultSelection makes calls of which some are answered 500 by a fault. Without one, GET /webhooks is answered
// 200, a change without a token 403 and GET /webhooks/a 404.
func TestFaultSelection(t *testing.T) {
	t.Parallel()
	const list, get, events, put, post = "GET /webhooks", "GET /webhooks/a", "GET /webhooks/a/events", "PUT /webhooks/a", "POST /webhooks"
	for name, c := range map[string]struct {
		faults []string
		calls  []string
		want   []int
	}{
		"none":          {nil, []string{list, get, put, post}, []int{200, 404, 403, 403}},
		"everything":    {[]string{""}, []string{list, get, put, post}, []int{500, 500, 500, 500}},
		"times":         {[]string{`,"times":2`}, []string{list, get, list, list}, []int{500, 500, 200, 200}},
		"skip":          {[]string{`,"skip":2`}, []string{list, list, list, list}, []int{200, 200, 500, 500}},
		"skip, times":   {[]string{`,"skip":1,"times":1`}, []string{list, list, list}, []int{200, 500, 200}},
		"skip matching": {[]string{`,"skip":1,"method":"PUT"`}, []string{put, list, put}, []int{403, 200, 500}},
		"method":        {[]string{`,"method":"put"`}, []string{list, put, post}, []int{200, 500, 403}},
		"path":          {[]string{`,"path":"/webhooks"`}, []string{list + "?limit=1", get, post}, []int{500, 404, 500}},
		"glob":          {[]string{`,"path":"/webhooks/*"`}, []string{list, get, put, events}, []int{200, 500, 500, 404}},
		"class":         {[]string{`,"path":"[/]webhooks"`}, []string{list, get}, []int{500, 404}},
		"longer glob":   {[]string{`,"path":"/webhooks/*/events"`}, []string{get, events}, []int{404, 500}},
		"both":          {[]string{`,"path":"/webhooks/*","method":"PUT"`}, []string{get, put, post}, []int{404, 500, 403}},
		"star":          {[]string{`,"method":"*","path":"*"`}, []string{list, events, put}, []int{500, 500, 500}},
		"oldest first":  {[]string{`,"times":1`, `,"status":501,"times":1`}, []string{list, list, list}, []int{500, 501, 200}},
		"a skipping fault yields": {
			[]string{`,"skip":1,"times":1`, `,"status":501,"times":1`}, []string{list, list, list}, []int{501, 500, 200},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, sandbox.Config{})
			for _, fault := range c.faults {
				s.fault(s.DfnsCalls, `{"effect":"status","status":500`+fault+`}`)
			}
			got := []int{}
			for _, call := range c.calls {
				got = append(got, s.call(call).status)
			}
			sandboxtest.Same(t, got, c.want)
		})
	}
}

func TestRefusedFaults(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	for fault, words := range map[string]string{
		`{"effect":"explode"}`:                   `unknown effect "explode"`,
		`{}`:                                     `unknown effect ""`,
		`{"effect":"html","colour":"red"}`:       "colour",
		`{"effect":"status"}`:                    "status",
		`{"effect":"status","status":199}`:       "199",
		`{"effect":"status","status":600}`:       "600",
		`{"effect":"status_after"}`:              "status",
		`{"effect":"html","status":99}`:          "99",
		`{"effect":"status","status":"500"}`:     "status",
		`{"effect":"html","path":"/webhooks/["}`: "syntax error in pattern",
		`{"effect":"html","path":"webhooks"}`:    "begins with /",
		`{"effect":"html","path":"?webhooks"}`:   "begins with /",
		`{"effect":"html","retry_after":-1}`:     "number -1",
		`{"effect":"html","skip":-1}`:            "skip",
		`{"effect":"html","times":-1}`:           "times",
		`{"effect":"delay","ms":-1}`:             "ms",
		`{"effect":"lag"}`:                       "ms 0: effect lag needs one between 1 and 60000",
		`{"effect":"lag","ms":60001}`:            "ms 60001",
		`{"effect":"late"}`:                      "late needs ms",
		`{"effect":"patch"}`:                     "needs patch or headers",
		`{"effect":"html","patch":{}}`:           "html has no patch",
		`{"effect":"html","body":""}`:            "html has no body",
		`{"effect":"html","content_type":"a/b"}`: "content_type is the type of body",
		`nonsense`:                               "invalid character",
		``:                                       "EOF",
	} {
		sandboxtest.Contains(t, s.control("POST faults", fault, http.StatusBadRequest), words)
	}
	if s.DfnsCalls.AddFault(sandbox.Fault{Effect: sandbox.Patch, Patch: []byte("{")}) == nil {
		t.Error("a patch that is not JSON is accepted")
	}
	sandboxtest.Same(t, s.call("GET /webhooks").status, 200)
}

// TestEffects creates a webhook with a fault: what the client sees, what the sandbox holds, and what the journal says.
func TestEffects(t *testing.T) {
	t.Parallel()
	const limits = `"headers":{"date":"Sat, 03 Jan 2026 03:04:05 GMT","Retry-After":"7"}`
	const json, html, created = "application/json", "text/html", `"signingSecret":"whsec_`
	for name, c := range map[string]struct {
		fault, contentType, body, retryAfter string
		status, held                         int
	}{
		"cut before":              {`"effect":"drop_before"`, "", "", "", 0, 0},
		"cut after":               {`"effect":"drop_after"`, "", "", "", 0, 1},
		"late":                    {`"effect":"late","ms":3600000`, "", "", "", 0, 0},
		"a page of success":       {`"effect":"html","status":200`, html, "<html>", "", 200, 0},
		"a body, not carried out": {`"effect":"status","status":200,"body":"{\"a\":1}"`, json, `{"a":1}`, "", 200, 0},
		"a body, carried out":     {`"effect":"status_after","status":200,"body":"null"`, json, "null", "", 200, 1},
		"an empty body":           {`"effect":"status","status":599,"body":""`, json, "", "", 599, 0},
		"no content":              {`"effect":"status_after","status":204,"body":""`, json, "", "", 204, 1},
		"a body of another type":  {`"effect":"status","status":404,"body":"gone","content_type":"text/plain"`, "text/plain", "gone", "", 404, 0},
		"a body beside others":    {`"effect":"status","status":429,"body":"{}","message":"unused","retry_after":"7"`, json, "{}", "7", 429, 0},
		"the vendor's words":      {`"effect":"status","status":403,"body":null`, json, `"message":"Forbidden"`, "", 403, 0},
		"words of one's own":      {`"effect":"status_after","status":429,"message":"slow down","retry_after":7`, json, `"message":"slow down"`, "7", 429, 1},
		"no time to wait":         {`"effect":"status","status":429,"retry_after":null`, json, "too_many_requests", "", 429, 0},
		"a page":                  {`"effect":"html","status":504`, html, "<title>504 Gateway Timeout</title>", "", 504, 0},
		"headers of a status":     {`"effect":"status","status":503,` + limits, json, "service_unavailable", "7", 503, 0},
		"headers of a page":       {`"effect":"html",` + limits, html, "<h1>Bad Gateway</h1>", "7", 502, 0},
		"headers of a delay":      {`"effect":"delay",` + limits, json, created, "7", 201, 1},
		"headers of a patch":      {`"effect":"patch",` + limits, json, created, "7", 201, 1},
		"headers of a half":       {`"effect":"truncate",` + limits, json, `{"contractVersion"`, "7", 201, 1},
		"headers of two":          {`"effect":"twice",` + limits, json, created, "7", 201, 2},
		"none, as it is no read":  {`"effect":"lag","ms":1`, json, created, "", 201, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, sandbox.Config{})
			s.fault(s.EnfinitosCalls, `{`+c.fault+`}`)
			got := s.create()
			sandboxtest.Same(t, []any{got.status, got.header.Get("Content-Type"), got.header.Get("Retry-After")}, []any{c.status, c.contentType, c.retryAfter})
			sandboxtest.Contains(t, got.body, c.body)
			sandboxtest.Same(t, c.body == "" && got.body != "" || strings.Contains(c.fault, "date") && got.header.Get("Date") != "Sat, 03 Jan 2026 03:04:05 GMT", false)
			sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), c.held)
			effect, _, _ := strings.Cut(strings.TrimPrefix(c.fault, `"effect":"`), `"`)
			line := fmt.Sprintf("POST /v1/webhooks %d (%s)", c.status, effect)
			line = strings.TrimSuffix(strings.Replace(line, " 0 ", " cut ", 1), " (lag)")
			sandboxtest.Same(t, journal(s.EnfinitosCalls), []string{line})
		})
	}
}

// An answer that never began is cut in another way than one that ended early, with a connection and without.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	for effect, want := range map[string]error{
		"drop_before": io.EOF, "drop_after": io.EOF, "truncate": io.ErrUnexpectedEOF,
	} {
		s := start(t, sandbox.Config{})
		whole := s.call("GET /webhooks").body
		s.fault(s.DfnsCalls, `{"effect":"`+effect+`"}`)
		for _, transport := range []http.RoundTripper{s.client.Transport, s.DfnsCalls.Transport()} {
			s.client = &http.Client{Transport: transport}
			got := s.call("GET /webhooks")
			if !errors.Is(got.err, want) || effect == "truncate" && got.body != whole[:len(whole)/2] {
				t.Errorf("%s: the error is %v after %q, want %v", effect, got.err, got.body, want)
			}
		}
	}
}

// What is set is listed with its hits, and ended one by one or all at once. A control call never goes wrong.
func TestListedFaults(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	s.control("POST faults", `{"effect":"status","status":500,"skip":1,"method":"GET"}`, http.StatusNoContent)
	s.control("POST faults", `{"effect":"drop_before"}`, http.StatusNoContent)
	s.call("GET /webhooks")
	s.call("GET /webhooks")
	sandboxtest.Same(t, strings.TrimSpace(s.control("GET faults", "", http.StatusOK)),
		`[{"number":1,"hits":1,"method":"GET","skip":1,"effect":"status","status":500},{"number":2,"hits":1,"effect":"drop_before"}]`)
	s.control("DELETE faults/1", "", http.StatusNoContent)
	s.control("DELETE faults/1", "", http.StatusNotFound)
	sandboxtest.Same(t, s.call("GET /webhooks").err != nil, true)
	s.control("DELETE faults", "", http.StatusNoContent)
	sandboxtest.Same(t, strings.TrimSpace(s.control("GET faults", "", http.StatusOK)), "[]")
	sandboxtest.Same(t, s.call("GET /webhooks").status, 200)
}
