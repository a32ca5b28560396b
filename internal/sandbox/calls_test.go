package sandbox_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// The journal and the log have every call of a vendor, and a reset empties the journal and ends all else but the account.
func TestJournal(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, sandbox.Config{Log: &log})
	s.fault(s.EnfinitosCalls, `{"effect":"status","status":503,"method":"PUT"}`)
	s.fault(s.EnfinitosCalls, `{"effect":"drop_after","method":"DELETE"}`)
	s.enfinitos("GET /v1/webhooks?limit=1&cursor=", "")
	s.create()
	s.enfinitos("GET /v1/webhooks/a%20b", "")
	s.enfinitos("PUT /v1/webhooks/wh", `{"active":false}`)
	s.enfinitos("DELETE /v1/webhooks/wh", "")
	want := []sandbox.Call{
		{Time: epoch, Method: "GET", Path: "/v1/webhooks", Query: "limit=1&cursor=", Status: 404},
		{Time: epoch, Method: "POST", Path: "/v1/webhooks", Body: right, Status: 201},
		{Time: epoch, Method: "GET", Path: "/v1/webhooks/a%20b", Status: 404},
		{Time: epoch, Method: "PUT", Path: "/v1/webhooks/wh", Body: `{"active":false}`, Status: 503, Fault: "status"},
		{Time: epoch, Method: "DELETE", Path: "/v1/webhooks/wh", Fault: "drop_after"},
	}
	sandboxtest.Same(t, sandboxtest.Decode[[]sandbox.Call](t, s.control("GET enfinitos/requests", "", http.StatusOK)), want)
	s.EnfinitosCalls.Journal()[0].Method = "PUT" // of a copy
	sandboxtest.Same(t, s.EnfinitosCalls.Journal(), want)
	sandboxtest.Contains(t, s.control("GET enfinitos/requests/3", "", http.StatusOK), `"body":"{\"active\":false}"`)
	s.control("GET enfinitos/requests/5", "", http.StatusNotFound)
	s.control("POST enfinitos/reset", "", http.StatusNoContent)
	sandboxtest.Same(t, strings.TrimSpace(s.control("GET enfinitos/requests", "", http.StatusOK)), "[]")
	sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), 0)
	sandboxtest.Same(t, s.enfinitos("PUT /v1/webhooks/wh", "").status, 404) // the fault is gone
	s.Close()
	sandboxtest.Same(t, strings.Fields(log.String()), strings.Fields(`
		enfinitos GET /v1/webhooks?limit=1&cursor= 404
		enfinitos POST /v1/webhooks 201
		enfinitos GET /v1/webhooks/a%20b 404
		enfinitos PUT /v1/webhooks/wh 503 (status)
		enfinitos DELETE /v1/webhooks/wh cut (drop_after)
		enfinitos PUT /v1/webhooks/wh 404`))
	sandboxtest.Same(t, strings.Count(log.String(), "\n"), 6)
}

// The journal holds the latest calls, as many and of as many bytes as it has room for.
func TestJournalIsBounded(t *testing.T) {
	t.Parallel()
	const most, mostBytes = 100_000, 64 << 20
	s := start(t, sandbox.Config{})
	call := func(path, body string) {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, strings.NewReader(body))
		s.DfnsCalls.ServeHTTP(httptest.NewRecorder(), request)
	}
	for i := range most + 3 {
		call(fmt.Sprint("/", i), "")
	}
	journal := s.DfnsCalls.Journal()
	sandboxtest.Same(t, len(journal), most)
	sandboxtest.Same(t, []string{journal[0].Path, journal[most-1].Path}, []string{"/3", fmt.Sprint("/", most+2)})

	for range mostBytes>>20 + 1 {
		call("/large?"+strings.Repeat("q", 1<<18), strings.Repeat("b", 3<<18))
	}
	journal = s.DfnsCalls.Journal()
	sandboxtest.Same(t, len(journal), mostBytes>>20-1) // the paths take room too
	s.DfnsCalls.ForgetCalls()
	call("/last", strings.Repeat("b", 1<<20))
	sandboxtest.Same(t, len(s.DfnsCalls.Journal()), 1)
}

func TestTooLargeBody(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	sandboxtest.Same(t, s.enfinitos("POST /v1/webhooks", strings.Repeat(" ", 1<<20)).status, 400)
	// The answer may be lost while the rest of the body is still on its way; the journal has it in any case.
	if got := s.enfinitos("POST /v1/webhooks", strings.Repeat(" ", 1<<20+1)); got.err == nil {
		sandboxtest.Same(t, got.status, 413)
	}
	sandboxtest.Same(t, s.EnfinitosCalls.Journal()[1], sandbox.Call{Time: epoch, Method: "POST", Path: "/v1/webhooks", Status: 413})
}
