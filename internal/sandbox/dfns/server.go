// Package dfns simulates the webhook part of the Dfns API, with its state.
//
// It shares nothing with the client that it tests: the wire types, the decoding and the signature checks are written separately
// from the vendor's documentation, so that a mistake on one side shows on the other.
//
// Where the documentation is silent, these are the choices:
//   - an empty description clears it, and a cleared description is absent from answers;
//   - a user action token is consumed once its signature is accepted, even when the body is then found invalid;
//   - a page of a list holds 50 items when no limit is asked, in order of creation;
//   - a webhook may subscribe to any name of the right shape, because the vendor adds kinds faster than the sandbox can follow;
//   - a receiver has 10 seconds to answer;
//   - retryOf is the id of the first attempt, and the times of the retries count from that one;
//   - a ping is an event of the kind webhook.ping without data, and goes to a disabled webhook too.
package dfns

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Options configure a sandbox.
type Options struct {
	simulation.Options

	// WebhookLimit is the number of webhooks an organization may have. Zero means no limit.
	WebhookLimit int
	// SecretOnUpdate adds the signing secret to the answer of an update, as one edition of the vendor's pages shows.
	SecretOnUpdate bool
	// BareEvents leaves out of events what only the vendor's prose names and its schema does not.
	BareEvents bool
	// Normalize changes what a create or an update stores, as an API does that keeps values in another form. It may be nil, and
	// must not call the sandbox.
	Normalize func(*Webhook)
}

// Server stands in for the Dfns API of one organization. It is safe for concurrent use.
type Server struct {
	simulation.Server[Webhook]

	options    Options
	mux        *http.ServeMux
	account    account
	challenges map[string]*challenge
	tokens     map[string]*actionToken
	swept      time.Time // when expired challenges and tokens were last looked for
}

// account is the account that may call: one service account with one bearer token and one Key credential.
type account struct {
	Token      string
	UserID     string
	Credential string
	PrivateKey string
	// Credentials are the public halves of this credential and of the added ones.
	Credentials []credential
}

// New returns a sandbox with one service account. Env returns its credentials.
func New(options Options) *Server {
	if options.Normalize == nil {
		options.Normalize = func(*Webhook) {}
	}
	s := &Server{Server: simulation.Server[Webhook]{Options: options.Options}, options: options, mux: http.NewServeMux()}
	s.openAccount()
	s.Begin(simulation.Vendor[Webhook]{
		Title: "Dfns", Kinds: kinds(), View: (*Webhook).view, Assign: s.assign, Reset: s.resetActions,
		SaveAccount: func() any { return s.account }, LoadAccount: simulation.Loading(&s.account, (*account).complete),
		Deliveries: simulation.Rules{
			NewID: func(random *rand.ChaCha8) string { return newID(random, "whe") }, EachAttempt: true,
			Payload: checkData, Body: payload, Header: "X-DFNS-WEBHOOK-SIGNATURE", Sign: sign, Succeeds: succeeds, Waits: retries, Due: due,
		},
	})
	s.routes()
	return s
}

// complete parses the keys of an account that was loaded.
func (a *account) complete() (err error) {
	for i, known := range a.Credentials {
		if a.Credentials[i].key, err = parsePublicKey(known.PublicKey); err != nil {
			return fmt.Errorf("credential %s: %w", known.ID, err)
		}
	}
	if len(a.Credentials) == 0 || a.Token == "" {
		return errors.New("it has no account")
	}
	return nil
}

// Env returns the environment variables for a client of this sandbox at url.
func (s *Server) Env(url string) map[string]string {
	return map[string]string{
		"DFNS_API_URL":     url,
		"DFNS_AUTH_TOKEN":  s.account.Token,
		"DFNS_CRED_ID":     s.account.Credential,
		"DFNS_PRIVATE_KEY": s.account.PrivateKey,
	}
}

// resetActions forgets what is being signed, and the added credentials.
func (s *Server) resetActions() {
	s.account.Credentials = s.account.Credentials[:1:1] // a save may still read what follows
	s.challenges = map[string]*challenge{}
	s.tokens = map[string]*actionToken{}
}

func (s *Server) openAccount() {
	key, public := s.newKey()
	s.account = account{
		UserID:     s.newID("us"),
		Credential: s.newID("cr"),
		PrivateKey: key,
	}
	// The official SDKs read the organization from this claim and refuse a token of another one.
	s.account.Token = s.newJWT(map[string]any{
		"iss":                         "sandbox",
		"sub":                         s.account.UserID,
		"https://custom/app_metadata": map[string]string{"userId": s.account.UserID, "orgId": s.newID("or")},
	})
	s.account.Credentials = []credential{{ID: s.account.Credential, PublicKey: publicPEM(public), key: public}}
}

func (s *Server) routes() {
	s.mux.HandleFunc("POST /auth/action/init", s.initAction)
	s.mux.HandleFunc("POST /auth/action", s.completeAction)
	s.mux.HandleFunc("GET /webhooks", s.listWebhooks)
	s.mux.HandleFunc("GET /webhooks/{id}", s.getWebhook)
	s.mux.HandleFunc("GET /webhooks/{id}/events", s.listEvents)
	s.mux.HandleFunc("GET /webhooks/{id}/events/{event}", s.getEvent)
	s.mux.HandleFunc("POST /webhooks", s.signed(s.createWebhook))
	s.mux.HandleFunc("PUT /webhooks/{id}", s.signed(s.updateWebhook))
	s.mux.HandleFunc("DELETE /webhooks/{id}", s.signed(s.deleteWebhook))
	s.mux.HandleFunc("POST /webhooks/{id}/ping", s.signed(s.pingWebhook))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
}

// Control answers POST credentials, which only this vendor has.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_sandbox/credentials", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			ID        string `json:"id"`
			PublicKey string `json:"public_key"`
		}
		err := wire.DecodeStrictly(wire.Body(r), &in)
		if err == nil {
			err = s.AddCredential(in.ID, in.PublicKey)
		}
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// ServeHTTP answers one call of the API. It handles one call at a time, so each call sees all effects of the one before. Only a
// ping lets other calls pass while it waits for the receiver.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.stamp(w)
	if problem := s.authenticate(r); problem != "" {
		refuse(w, http.StatusUnauthorized, problem)
		return
	}
	if r.ContentLength != 0 && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		refuse(w, http.StatusBadRequest, "Content-Type must be application/json")
		return
	}
	s.mux.ServeHTTP(w, r)
}

// stamp sets the headers of every answer.
func (s *Server) stamp(w http.ResponseWriter) {
	w.Header().Set("Date", s.Clock().UTC().Format(http.TimeFormat))
	w.Header().Set("X-Request-Id", s.newID("req"))
}

func (s *Server) authenticate(r *http.Request) string {
	switch {
	case r.UserAgent() == "":
		return "User-Agent is required"
	case r.Header.Get("Authorization") != "Bearer "+s.account.Token:
		return "Not Authorized."
	}
	return ""
}

func answer(w http.ResponseWriter, body any) { wire.Answer(w, http.StatusOK, body) }

func (s *Server) newJWT(claims map[string]any) string {
	body, _ := json.Marshal(claims)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"EdDSA","typ":"JWT"}`)) + "." + encode(body) + "." + encode(wire.Bytes(s.Random, 64))
}

func (s *Server) newID(prefix string) string { return newID(s.Random, prefix) }

func newID(random *rand.ChaCha8, prefix string) string {
	return prefix + "-" + wire.Text(random, 5) + "-" + wire.Text(random, 5) + "-" + wire.Text(random, 16)
}
