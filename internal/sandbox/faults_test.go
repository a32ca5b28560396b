package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// TestDocuments makes the calls of the documents in testdata, each with a sandbox of its own in virtual time, without signatures. A
// path that begins with /enfinitos is one of that vendor, and PASS lets time pass. The status of an answer that was cut is 0.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"events", "invalid", "journal", "lag", "late", "listed", "patch", "refusals", "selection"} {
		t.Run(document, func(t *testing.T) {
			t.Parallel()
			inProcess(t, func(t *testing.T, s *running) {
				const url = "https://hooks.example.com/in"
				s.Dfns.Register(dfns.Webhook{URL: url, Events: []string{"*"}, Status: "Enabled"})
				s.Dfns.Register(dfns.Webhook{URL: url, Events: []string{"wallet.created"}, Status: "Enabled"})
				s.Dfns.Register(dfns.Webhook{URL: url, Events: []string{"*"}, Status: "Disabled"})
				sandboxtest.Converse(t, "testdata/documents/"+document+".txt", func(method, path, body string) (int, string) {
					if d, err := time.ParseDuration(path); method == "PASS" && err == nil {
						pass(d)
						return 0, ""
					}
					call := s.dfns
					if rest, isEnfinitos := strings.CutPrefix(path, "/enfinitos"); isEnfinitos {
						call, path = s.enfinitos, rest
					}
					got := call(method+" "+path, body)
					return got.status, got.body
				})
			})
		})
	}
	if s := start(t, sandbox.Config{}); s.DfnsCalls.AddFault(sandbox.Fault{Effect: sandbox.Patch, Patch: []byte("{")}) == nil {
		t.Error("a patch that is not JSON is accepted")
	}
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
