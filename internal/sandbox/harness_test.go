package sandbox_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// right is a webhook of EnfinitOS, which signs no calls.
const right = `{"url":"https://hooks.example.com/in","events":["right.issued"],"label":"rights"}`

// running is a started sandbox and a client of it that opens a connection for every call: a client that reuses one
// may repeat a call by itself when the connection is cut.
type running struct {
	*sandbox.Sandbox

	t      *testing.T
	client *http.Client
}

func start(t *testing.T, config sandbox.Config) *running {
	t.Helper()
	if config.Clock == nil {
		config.Clock = func() time.Time { return epoch }
	}
	s, err := sandbox.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &running{Sandbox: s, t: t, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

// reply is what a call was answered, or err when the answer did not come or not to its end.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

// call makes a call to Dfns without a body, given as one text, such as "GET /webhooks".
func (s *running) call(call string) reply { return s.dfns(call, "") }

func (s *running) dfns(call, body string) reply {
	s.t.Helper()
	return s.do(s.DfnsURL, call, body, http.Header{"Authorization": {"Bearer " + s.Env()["DFNS_AUTH_TOKEN"]}})
}

// enfinitos makes a call to EnfinitOS.
func (s *running) enfinitos(call, body string) reply {
	s.t.Helper()
	return s.do(s.EnfinitosURL, call, body, http.Header{"Authorization": {"Bearer " + s.Env()["ENFINITOS_API_KEY"]}})
}

func (s *running) create() reply {
	s.t.Helper()
	return s.enfinitos("POST /v1/webhooks", right)
}

func (s *running) do(url, call, body string, header http.Header) reply {
	s.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	request, err := http.NewRequestWithContext(s.t.Context(), method, url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return reply{status: response.StatusCode, header: response.Header, body: string(text), err: err}
}

// control makes a call under /_sandbox/ and fails the test unless it is answered with the status.
func (s *running) control(call, body string, status int) string {
	s.t.Helper()
	got := s.do(s.DfnsURL, strings.Replace(call, " ", " /_sandbox/", 1), body, http.Header{})
	if got.err != nil || got.status != status {
		s.t.Fatalf("%s %s is answered %d %s (%v), want %d", call, body, got.status, got.body, got.err, status)
	}
	return got.body
}

// fault sets a fault without a call.
func (s *running) fault(calls *sandbox.Calls, fault string) {
	s.t.Helper()
	if err := calls.AddFault(sandboxtest.Decode[sandbox.Fault](s.t, fault)); err != nil {
		s.t.Fatal(err)
	}
}

// journal is a journal as a person reads it, without the padding.
func journal(calls *sandbox.Calls) []string {
	lines := []string{}
	for _, call := range calls.Journal() {
		lines = append(lines, strings.Join(strings.Fields(call.String()), " "))
	}
	return lines
}
