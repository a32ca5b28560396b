// Package enfinitos simulates the webhook part of the EnfinitOS API, with its state.
//
// It shares nothing with the client it is used to test. By itself it serves the five documented operations and answers
// everything else with 404, as an API does that has nothing else; on request it adds the conventional calls.
//
// Where the vendor's pages are silent, the choice made here is named:
//   - a create is answered with 201;
//   - a refusal is {"ok": false, "error": {"code", "message"}}, and that of a missing route looks the same;
//   - subscription ids are whs_ and 20 characters;
//   - plain http is accepted for a loopback receiver, so that one can be tested;
//   - a payload is {"kind", "data", "occurredAt"}, and the key of its signature is the whole secret with its prefix;
//   - a delivery that is due while its subscription is paused waits until that is resumed, and a replay to a paused one fails;
//   - a replay counts as an attempt, and one that fails changes no status and no schedule;
//   - deliveries are kept without a limit of time.
package enfinitos

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Options are the choices a test or a user makes for one sandbox.
type Options struct {
	simulation.Options

	// Conventional adds the undocumented calls: get, list and delete.
	Conventional bool
}

// Server stands in for the EnfinitOS API of one account. It is safe for concurrent use.
type Server struct {
	simulation.Server[Subscription]

	mux         *http.ServeMux
	account     account
	replayError string
	contract    string
}

// account is the account that may call.
type account struct {
	APIKey      string
	DeveloperID string
}

// New returns a sandbox with one account, whose key Env tells.
func New(options Options) *Server {
	s := &Server{Server: simulation.Server[Subscription]{Options: options.Options}, mux: http.NewServeMux()}
	s.account = account{APIKey: "sk_sandbox_" + wire.Text(s.Random, 32), DeveloperID: "dev_" + wire.Text(s.Random, 16)}
	s.Begin(simulation.Vendor[Subscription]{
		Title: "EnfinitOS", Kinds: kinds, View: (*Subscription).view, Assign: s.assign, Reset: s.resetSettings,
		SaveAccount: func() any { return s.account }, LoadAccount: simulation.Loading(&s.account, (*account).check),
		Deliveries: simulation.Rules{
			NewID:   func(random *rand.ChaCha8) string { return "dlv_" + wire.Text(random, 20) },
			Payload: s.payload, Header: "Enfinitos-Signature", Sign: simulation.SignWithTime, Waits: gaps, Due: s.due,
			PartOfWebhook: true,
		},
	})
	s.routes(options.Conventional)
	return s
}

func (a *account) check() error {
	if a.APIKey == "" {
		return errors.New("it has no API key")
	}
	return nil
}

// Env returns the environment variables by which a client finds this sandbox at url.
func (s *Server) Env(url string) map[string]string {
	return map[string]string{"ENFINITOS_API_URL": url, "ENFINITOS_API_KEY": s.account.APIKey}
}

// AnswerContract changes the contract version of the answers from now on.
func (s *Server) AnswerContract(version string) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.contract = version
}

// resetSettings ends what tests have set.
func (s *Server) resetSettings() { s.replayError, s.contract = "", "v1.0" }

func (s *Server) routes(conventional bool) {
	s.mux.HandleFunc("POST /v1/webhooks", s.create)
	s.mux.HandleFunc("POST /v1/webhooks/{id}/active", s.setActive)
	s.mux.HandleFunc("GET /v1/webhooks/{id}/deliveries", s.listDeliveries)
	s.mux.HandleFunc("POST /v1/webhooks/{id}/deliveries/{delivery}/replay", s.replay)
	s.mux.HandleFunc("POST /v1/webhooks/deliveries/process-due", s.processDue)
	if conventional {
		s.mux.HandleFunc("GET /v1/webhooks", s.list)
		s.mux.HandleFunc("GET /v1/webhooks/{id}", s.get)
		s.mux.HandleFunc("DELETE /v1/webhooks/{id}", s.remove)
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		s.refuse(w, http.StatusNotFound, "not_found", "Not found")
	})
}

// ServeHTTP answers one call of the API. Calls are handled one at a time, so each sees all of the one before;
// only those that wait for a receiver let others pass.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	w.Header().Set("X-Request-Id", "req_"+wire.Text(s.Random, 16))
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.account.APIKey:
		s.refuse(w, http.StatusUnauthorized, "unauthorized", "Missing or invalid API key")
	case r.ContentLength > 0 && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		s.refuse(w, http.StatusUnsupportedMediaType, "unsupported_media_type", "Content-Type must be application/json")
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// Refuse answers a call as the vendor would refuse it with a status of its own accord: a missing scope, a rate limit, an
// outage. An empty message means the usual words.
func (s *Server) Refuse(w http.ResponseWriter, _ *http.Request, status int, message string) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	code := strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_")
	message = cmp.Or(message, http.StatusText(status))
	w.Header().Set("X-Request-Id", "req_"+wire.Text(s.Random, 16))
	s.refuse(w, status, code, message)
}

// answer puts data into the envelope every answer comes in.
func (s *Server) answer(w http.ResponseWriter, status int, data any) {
	wire.Answer(w, status, map[string]any{"ok": true, "data": data, "contractVersion": s.contract})
}

func (s *Server) refuse(w http.ResponseWriter, status int, code, message string) {
	wire.Answer(w, status, map[string]any{
		"ok": false, "error": map[string]string{"code": code, "message": message}, "contractVersion": s.contract,
	})
}

// optionalTime is a time as the vendor writes it, null before it first happens.
func optionalTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}
