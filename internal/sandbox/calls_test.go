package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestJournal(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	s.fault(`{"effect":"status","status":503,"method":"PUT"}`)
	s.fault(`{"effect":"drop_before","method":"DELETE"}`)
	s.call("GET /webhooks?limit=1&paginationToken=")
	s.send("POST", "/webhooks", minimal, "")
	s.call("GET /webhooks/a%20b")
	s.send("PUT", "/webhooks/wh", `{"status":"Disabled"}`, "")
	s.call("DELETE /webhooks/wh")
	want := []sandbox.Call{
		{Time: epoch, Method: "GET", Path: "/webhooks", Query: "limit=1&paginationToken=", Status: 200},
		{Time: epoch, Method: "POST", Path: "/webhooks", Body: minimal, Status: 403},
		{Time: epoch, Method: "GET", Path: "/webhooks/a%20b", Status: 404},
		{Time: epoch, Method: "PUT", Path: "/webhooks/wh", Body: `{"status":"Disabled"}`, Status: 503, Fault: "status"},
		{Time: epoch, Method: "DELETE", Path: "/webhooks/wh", Fault: "drop_before"},
	}
	var got []sandbox.Call
	if err := json.Unmarshal([]byte(s.control("GET requests", "", http.StatusOK)), &got); err != nil {
		t.Fatal(err)
	}
	sandboxtest.Same(t, got, want)
	s.DfnsCalls.Journal()[0].Method = "PUT" // of a copy
	sandboxtest.Same(t, s.DfnsCalls.Journal(), want)
	sandboxtest.Contains(t, s.control("GET requests/3", "", http.StatusOK), `"body":"{\"status\":\"Disabled\"}"`)
	s.control("GET requests/5", "", http.StatusNotFound)
	s.DfnsCalls.ForgetCalls()
	sandboxtest.Same(t, strings.TrimSpace(s.control("GET requests", "", http.StatusOK)), "[]")
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

func TestLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, sandbox.Config{Log: &log})
	s.fault(`{"effect":"drop_after","method":"DELETE"}`)
	s.call("GET /webhooks?limit=1")
	s.call("DELETE /webhooks/wh")
	s.Close()
	sandboxtest.Same(t, strings.Fields(log.String()), strings.Fields(`
		dfns GET /webhooks?limit=1 200
		dfns DELETE /webhooks/wh cut (drop_after)`))
	sandboxtest.Same(t, strings.Count(log.String(), "\n"), 2)
}

func TestTooLargeBody(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	sandboxtest.Same(t, s.send("POST", "/webhooks", strings.Repeat(" ", 1<<20), "").status, 403)
	// The answer may be lost while the rest of the body is still on its way; the journal has it in any case.
	if got := s.send("POST", "/webhooks", strings.Repeat(" ", 1<<20+1), ""); got.err == nil {
		sandboxtest.Same(t, got.status, 413)
	}
	journal := s.DfnsCalls.Journal()
	sandboxtest.Same(t, journal[len(journal)-1], sandbox.Call{Time: epoch, Method: "POST", Path: "/webhooks", Status: 413})
}

func TestReset(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	s.create()
	s.fault(`{"effect":"status","status":500}`)
	s.call("GET /webhooks")
	s.control("POST reset", "", http.StatusNoContent)
	sandboxtest.Same(t, len(s.Dfns.Webhooks()), 0)
	sandboxtest.Same(t, s.journal(), []string{})
	sandboxtest.Same(t, s.create().status, 200)
}
