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

func TestLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, sandbox.Config{Log: &log})
	s.fault(s.EnfinitosCalls, `{"effect":"drop_after","method":"DELETE"}`)
	s.enfinitos("GET /v1/webhooks?limit=1&cursor=", "")
	s.enfinitos("DELETE /v1/webhooks/a%20b", "")
	s.control("GET enfinitos/requests", "", http.StatusOK)
	s.Close()
	sandboxtest.Same(t, strings.Fields(log.String()),
		strings.Fields("enfinitos GET /v1/webhooks?limit=1&cursor= 404 enfinitos DELETE /v1/webhooks/a%20b cut (drop_after)"))
	sandboxtest.Same(t, strings.Count(log.String(), "\n"), 2)
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
