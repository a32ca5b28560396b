package sandbox_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const minimal = `{"url":"https://hooks.example.com/in","events":["wallet.created"]}`

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

func (s *running) send(method, path, body, token string) reply {
	s.t.Helper()
	return s.do(s.client, method, s.DfnsURL+path, body, http.Header{
		"Authorization": {"Bearer " + s.Env()["DFNS_AUTH_TOKEN"]}, "X-Dfns-Useraction": {token},
	})
}

// enfinitos makes a call to EnfinitOS, given as one text, such as "GET /v1/webhooks".
func (s *running) enfinitos(call, body string) reply {
	s.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	client := &http.Client{Transport: s.EnfinitosCalls.Transport()}
	return s.do(client, method, s.EnfinitosURL+path, body, http.Header{"Authorization": {"Bearer " + s.Env()["ENFINITOS_API_KEY"]}})
}

func (s *running) do(client *http.Client, method, url, body string, header http.Header) reply {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return reply{status: response.StatusCode, header: response.Header, body: string(text), err: err}
}

// call sends a call given as one text, such as "GET /webhooks".
func (s *running) call(call string) reply {
	s.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	return s.send(method, path, "", "")
}

// control makes a call under /_sandbox/ and fails the test unless it is answered with the status.
func (s *running) control(call, body string, status int) string {
	s.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	got := s.send(method, "/_sandbox/"+path, body, "")
	if got.err != nil || got.status != status {
		s.t.Fatalf("%s %s is answered %d %s (%v), want %d", call, body, got.status, got.body, got.err, status)
	}
	return got.body
}

func (s *running) fault(fault string) {
	s.t.Helper()
	s.control("POST faults", fault, http.StatusNoContent)
}

// create registers a webhook, with the signing it needs.
func (s *running) create() reply {
	s.t.Helper()
	return s.send("POST", "/webhooks", minimal, s.userAction("POST", "/webhooks", minimal))
}

func (s *running) userAction(method, path, payload string) string {
	s.t.Helper()
	challenge := s.auth("/auth/action/init", map[string]any{
		"userActionPayload": payload, "userActionHttpMethod": method, "userActionHttpPath": path,
		"userActionServerKind": "Api",
	})
	clientData := []byte(`{"challenge":"` + challenge["challenge"].(string) + `","type":"key.get"}`)
	token, _ := s.auth("/auth/action", map[string]any{
		"challengeIdentifier": challenge["challengeIdentifier"],
		"firstFactor": map[string]any{"kind": "Key", "credentialAssertion": map[string]string{
			"credId":     s.Env()["DFNS_CRED_ID"],
			"clientData": base64.RawURLEncoding.EncodeToString(clientData),
			"signature":  base64.RawURLEncoding.EncodeToString(ed25519.Sign(s.key(), clientData)),
		}},
	})["userAction"].(string)
	return token
}

func (s *running) auth(path string, body any) map[string]any {
	s.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	got := s.send("POST", path, string(text), "")
	out := map[string]any{}
	if err := errors.Join(got.err, json.Unmarshal([]byte(got.body), &out)); err != nil || got.status != 200 {
		s.t.Fatalf("%s is answered %d %s: %v", path, got.status, got.body, err)
	}
	return out
}

func (s *running) key() ed25519.PrivateKey {
	s.t.Helper()
	block, _ := pem.Decode([]byte(s.Env()["DFNS_PRIVATE_KEY"]))
	if block == nil {
		s.t.Fatal("DFNS_PRIVATE_KEY is no PEM block")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		s.t.Fatal(err)
	}
	return key.(ed25519.PrivateKey)
}

// journal is the journal as a person reads it, without the padding.
func (s *running) journal() []string {
	lines := []string{}
	for _, call := range s.DfnsCalls.Journal() {
		lines = append(lines, strings.Join(strings.Fields(call.String()), " "))
	}
	return lines
}

// addFault sets a fault without a call.
func addFault(t *testing.T, calls *sandbox.Calls, fault sandbox.Fault) {
	t.Helper()
	if err := calls.AddFault(fault); err != nil {
		t.Fatal(err)
	}
}
