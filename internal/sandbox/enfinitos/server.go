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
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Options are the choices a test or a user makes for one sandbox.
type Options struct {
	// Clock tells the time. It is required.
	Clock func() time.Time
	// Random makes ids, secrets and the API key. It is required.
	Random *rand.ChaCha8
	// Conventional adds the undocumented calls: get, list and delete.
	Conventional bool
	// Engine makes the deliveries. It is required.
	Engine *delivery.Engine
	// Scale divides the waits between attempts.
	Scale delivery.Scale
	// Changed is called when a delivery has changed the state, because no call shows that. It may be nil.
	Changed func()
	// Touch is called with the id of a subscription or a delivery when what the page shows of it has changed. It may be nil, and must
	// not call the server.
	Touch func(id string)
}

// Server stands in for the EnfinitOS API of one account. It is safe for concurrent use.
type Server struct {
	options     Options
	mux         *http.ServeMux
	apiKey      string
	developerID string
	// jitters is a source of its own, because attempts are made whenever it is their turn: drawn from options.Random their
	// jitter would change the ids of what comes by call.
	jitters *rand.ChaCha8

	mu            sync.Mutex
	subscriptions wire.Registry[Subscription]
	deliveries    []*Delivery
	byID          map[string]*Delivery
	// bytes is the size of all payloads. unsettled and unsettledBytes count what is still to be delivered.
	bytes          int
	unsettled      int
	unsettledBytes int
	replayError    string
	contract       string
}

// New returns a sandbox with one account, whose key Env tells.
func New(options Options) *Server {
	if options.Changed == nil {
		options.Changed = func() {}
	}
	if options.Touch == nil {
		options.Touch = func(string) {}
	}
	s := &Server{options: options, mux: http.NewServeMux()}
	s.subscriptions = wire.Registry[Subscription]{
		ID: func(subscription *Subscription) string { return subscription.ID }, Copy: (*Subscription).copy,
		Clock: options.Clock, Touch: options.Touch,
	}
	s.apiKey = "sk_sandbox_" + wire.Text(options.Random, 32)
	s.developerID = "dev_" + wire.Text(options.Random, 16)
	s.jitters = rand.NewChaCha8([32]byte(wire.Bytes(options.Random, 32)))
	s.clear()
	s.routes()
	return s
}

// Reset forgets every subscription and delivery. The account stays.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

// Env returns the environment variables by which a client finds this sandbox at url.
func (s *Server) Env(url string) map[string]string {
	return map[string]string{"ENFINITOS_API_URL": url, "ENFINITOS_API_KEY": s.apiKey}
}

// AnswerContract changes the contract version of the answers from now on.
func (s *Server) AnswerContract(version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.contract = version
}

func (s *Server) clear() {
	s.subscriptions.Clear()
	s.deliveries = nil
	s.byID = map[string]*Delivery{}
	s.bytes, s.unsettled, s.unsettledBytes = 0, 0, 0
	s.replayError = ""
	s.contract = "v1.0"
}

func (s *Server) routes() {
	s.mux.HandleFunc("POST /v1/webhooks", s.create)
	s.mux.HandleFunc("POST /v1/webhooks/{id}/active", s.setActive)
	s.mux.HandleFunc("GET /v1/webhooks/{id}/deliveries", s.listDeliveries)
	s.mux.HandleFunc("POST /v1/webhooks/{id}/deliveries/{delivery}/replay", s.replay)
	s.mux.HandleFunc("POST /v1/webhooks/deliveries/process-due", s.processDue)
	if s.options.Conventional {
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
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("X-Request-Id", "req_"+wire.Text(s.options.Random, 16))
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.apiKey:
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
	s.mu.Lock()
	defer s.mu.Unlock()
	code := strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_")
	message = cmp.Or(message, http.StatusText(status))
	w.Header().Set("X-Request-Id", "req_"+wire.Text(s.options.Random, 16))
	s.refuse(w, status, code, message)
}

// Control is nil: this vendor has no control call of its own.
func (s *Server) Control() http.Handler { return nil }

// unlocked lets other calls go on while this one waits for a receiver.
func (s *Server) unlocked(wait func()) {
	s.mu.Unlock()
	defer s.mu.Lock()
	wait()
}

// answer puts data into the envelope every answer comes in.
func (s *Server) answer(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "data": data, "contractVersion": s.contract})
}

func (s *Server) refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"ok": false, "error": map[string]string{"code": code, "message": message}, "contractVersion": s.contract,
	})
}

// optionalTime is a time as the vendor writes it, null before it first happens.
func optionalTime(t time.Time) any { return optionalText(timeText(t)) }
