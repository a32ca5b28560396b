package dfns_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// Every call of a change is compared to the letter, with a signer whose signature is known.
func TestSigningFlow(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		if !operation.change() {
			continue
		}
		t.Run(operation.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			record := func(answer http.HandlerFunc) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					var body json.RawMessage
					_ = json.NewDecoder(r.Body).Decode(&body)
					got = append(got, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("X-DFNS-USERACTION")+" "+string(body)))
					answer(w, r)
				}
			}
			a := serve(t, map[string]http.HandlerFunc{
				"POST /auth/action/init": record(says(200, `{"challenge":"Y2g","challengeIdentifier":"id-1","allowCredentials":{"key":[{"id":"cr-0"},{"id":"cr-1"}]}}`)),
				"POST /auth/action":      record(says(200, `{"userAction":"token-1"}`)),
				operation.route():        record(says(200, `{"id":"wh-1","url":"https://h.example","status":"200","deleted":true}`)),
			})
			if err := operation.run(t.Context(), a.client(t)); err != nil {
				t.Fatal(err)
			}
			payload := map[string]string{"create": `{"url":"https://h.example","events":["*"]}`, "update": `{"events":["*"]}`}[operation.name]
			quoted, _ := json.Marshal(payload)
			encode := base64.RawURLEncoding.EncodeToString
			want := []string{
				fmt.Sprintf(`/auth/action/init  {"userActionHttpMethod":%q,"userActionHttpPath":%q,"userActionPayload":%s,"userActionServerKind":"Api"}`,
					operation.method, operation.path, quoted),
				fmt.Sprintf(`/auth/action  {"challengeIdentifier":"id-1","firstFactor":{"credentialAssertion":{"credId":"cr-1","clientData":%q,"signature":%q},"kind":"Key"}}`,
					encode([]byte(`{"challenge":"Y2g","type":"key.get"}`)), encode([]byte("signature"))),
				strings.TrimSpace(operation.path + " token-1 " + payload),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSignedBytesAreTheBytesSent(t *testing.T) {
	t.Parallel()
	var signed []byte
	s := start(t)
	client := newClient(t, s, func(c *dfns.Config) {
		signer := c.Signer
		c.Signer = signerFunc(func(message []byte) ([]byte, error) {
			signed = message
			return signer.Sign(context.Background(), message)
		})
	})
	_, err := client.CreateWebhook(t.Context(), dfns.CreateWebhookRequest{URL: "https://h.example/?a&<b>", Events: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	calls := s.DfnsCalls.Journal()[1:] // without the list before the create
	if payload := fields(t, calls[0].Body)["userActionPayload"]; payload != calls[2].Body {
		t.Errorf("signed for\n%s, sent\n%s", payload, calls[2].Body)
	}
	if !strings.Contains(calls[1].Body, base64.RawURLEncoding.EncodeToString(signed)) {
		t.Error("the client data sent is not the client data signed")
	}
}

func TestEveryKindOfKeySigns(t *testing.T) {
	t.Parallel()
	for kind, key := range keys() {
		for form, text := range key.forms {
			t.Run(kind+" "+form, func(t *testing.T) {
				t.Parallel()
				s := start(t)
				if err := s.Dfns.AddCredential("cr-"+kind, key.public); err != nil {
					t.Fatal(err)
				}
				signer, err := dfns.ParsePrivateKey(text)
				if err != nil {
					t.Fatal(err)
				}
				client := newClient(t, s, func(c *dfns.Config) { c.CredentialID, c.Signer = "cr-"+kind, signer })
				created, err := client.CreateWebhook(t.Context(), dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"*"}})
				if err != nil {
					t.Fatal(err)
				}
				if err := client.DeleteWebhook(t.Context(), created.ID, ""); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestWrongKey(t *testing.T) {
	t.Parallel()
	s := start(t)
	signer, err := dfns.ParsePrivateKey(keys()["Ed25519"].forms["PKCS#8"])
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, s, func(c *dfns.Config) { c.Signer = signer })
	_, err = client.CreateWebhook(t.Context(), dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"*"}})
	var signing *dfns.SigningError
	if !errors.As(err, &signing) || dfns.Status(err) != http.StatusUnauthorized {
		t.Errorf("%v, want a signing error of status 401", err)
	}
	if diff := cmp.Diff([]string{listing, challenge, answer}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestCredentialNotAllowed(t *testing.T) {
	t.Parallel()
	s := start(t)
	if err := s.Dfns.AddCredential("cr-second", keys()["P-256"].public); err != nil {
		t.Fatal(err)
	}
	own := s.Env()["DFNS_CRED_ID"]
	client := newClient(t, s, func(c *dfns.Config) {
		c.CredentialID = "cr-other"
		c.Signer = signerFunc(func([]byte) ([]byte, error) { panic("nothing is to be signed") })
	})
	for _, operation := range operations {
		if !operation.change() {
			continue
		}
		err := operation.run(t.Context(), client)
		var refused *dfns.CredentialError
		var signing *dfns.SigningError
		if !errors.As(err, &refused) || !errors.As(err, &signing) {
			t.Fatalf("%s: %v is not a CredentialError", operation.name, err)
		}
		if diff := cmp.Diff(&dfns.CredentialError{ID: "cr-other", Allowed: []string{own, "cr-second"}}, refused); diff != "" {
			t.Errorf("%s (-want +got):\n%s", operation.name, diff)
		}
		want := `the change could not be signed: the API does not allow credential "cr-other" to sign for this token; it allows ` +
			own + ", cr-second; the change was not made"
		if err.Error() != want {
			t.Errorf("%s: the error is\n%v, want\n%s", operation.name, err, want)
		}
		calls := slices.DeleteFunc(journal(s), func(call string) bool { return call == listing }) // a create begins with a list
		if diff := cmp.Diff([]string{challenge}, calls); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", operation.name, diff)
		}
	}
}

func TestNoCredentialAllowed(t *testing.T) {
	t.Parallel()
	for _, offered := range []string{`{}`, `{"key":[]}`, `{"key":null,"webauthn":[{"id":"cr-1"}]}`} {
		a := serve(t, map[string]http.HandlerFunc{
			"POST /auth/action/init": says(200, `{"challenge":"c","challengeIdentifier":"i","allowCredentials":`+offered+`}`),
		})
		_, err := a.client(t).PingWebhook(t.Context(), "wh-1")
		var refused *dfns.CredentialError
		if !errors.As(err, &refused) || len(refused.Allowed) != 0 || !strings.Contains(err.Error(), `allows no Key credential to sign for this token; credential_id is "cr-1"`) {
			t.Errorf("%s: %v, want that no credential is allowed", offered, err)
		}
	}
}

func TestSignerFails(t *testing.T) {
	t.Parallel()
	s := start(t)
	broken := errors.New("the token is unplugged")
	client := newClient(t, s, func(c *dfns.Config) {
		c.Signer = signerFunc(func([]byte) ([]byte, error) { return nil, broken })
	})
	err := client.DeleteWebhook(t.Context(), "wh-1", "")
	if !errors.Is(err, broken) || outcome(err) != httpapi.NotMade || !strings.Contains(err.Error(), s.Env()["DFNS_CRED_ID"]) {
		t.Errorf("the error is %v", err)
	}
	if diff := cmp.Diff([]string{"POST /auth/action/init"}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// signingTrouble is what can go wrong with a call of the signing flow.
var signingTrouble = map[string]http.HandlerFunc{
	"401":       says(401, `{"error":{"message":"Not Authorized."}}`),
	"404":       says(404, `{"error":{"message":"Webhook not found"}}`),
	"404 HTML":  says(404, "<html>"),
	"500":       says(500, `{"error":{"message":"Internal Server Error"}}`),
	"502":       says(502, "<html>"),
	"cut":       cuts(""),
	"truncated": cuts(`{"challenge":`),
	"HTML":      says(200, "<html>"),
	"empty":     says(200, ""),
	"null":      says(200, "null"),
	"nothing":   says(200, "{}"),
	"half":      says(200, `{"challenge":"c","allowCredentials":{"key":[{"id":"cr-1"}]},"userAction":""}`),
	"approval":  says(202, "{}"),
	"redirect":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
}

// Whatever goes wrong while a change is signed, the change was not made, and nothing is known of what it is about.
func TestSigningFailure(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"POST /auth/action/init", "POST /auth/action"} {
		for what, handler := range signingTrouble {
			for _, operation := range operations {
				if !operation.change() {
					continue
				}
				t.Run(endpoint+" "+what+" "+operation.name, func(t *testing.T) {
					t.Parallel()
					a := serve(t, map[string]http.HandlerFunc{
						endpoint: handler,
						operation.route(): func(http.ResponseWriter, *http.Request) {
							t.Error("the change was sent")
						},
					})
					checkSigningFailure(t, operation.run(t.Context(), a.client(t)))
				})
			}
		}
	}
}

func checkSigningFailure(t *testing.T, err error) {
	t.Helper()
	var signing *dfns.SigningError
	if !errors.As(err, &signing) || !strings.HasPrefix(err.Error(), "the change could not be signed: ") {
		t.Errorf("%v is not a SigningError", err)
	}
	for _, err := range []error{err, fmt.Errorf("wrapped: %w", err)} {
		if outcome(err) != httpapi.NotMade || dfns.IsNotFound(err) {
			t.Errorf("%v: the outcome is %v, and IsNotFound %t", err, outcome(err), dfns.IsNotFound(err))
		}
	}
}

func TestSigningPermission(t *testing.T) {
	t.Parallel()
	s := start(t)
	fault(t, s, sandbox.Fault{Path: "/auth/action/init", Effect: sandbox.Status, Status: 403})
	err := newClient(t, s).DeleteWebhook(t.Context(), "wh-1", "")
	if dfns.Status(err) != 403 {
		t.Errorf("Status is %d for %v", dfns.Status(err), err)
	}
}

// Every change that is made buys a token of its own.
func TestTokenIsNeverReused(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	id := s.Dfns.Register(example)
	for range 2 {
		if _, err := client.PingWebhook(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

// lines is a logger that keeps everything it gets as one text.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Debug(_ context.Context, message string, fields map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintln(&l.text, message, fields)
}

func (l *lines) Trace(ctx context.Context, message string, fields map[string]any) {
	l.Debug(ctx, message, fields)
}

func TestLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *sandbox.Config) { c.DfnsSecretOnUpdate = true })
	log := &lines{}
	client := newClient(t, s, func(c *dfns.Config) { c.HTTP.Logger = httpapi.Logger(log) })
	created, err := client.CreateWebhook(t.Context(), dfns.CreateWebhookRequest{
		URL: "https://u:hunter2@h.example/hunter2?key=hunter2", Events: []string{"wallet.created"}, Description: "ledger",
	})
	if err != nil {
		t.Fatal(err)
	}
	status := dfns.StatusDisabled
	if _, err := client.UpdateWebhook(t.Context(), created, dfns.UpdateWebhookRequest{Status: &status}); err != nil {
		t.Fatal(err)
	}
	if err := s.Dfns.Edit(created.ID, func(w *state.Webhook) { w.Status = "Enabled" }); err != nil {
		t.Fatal(err)
	}
	if err := s.Dfns.RecordEvent("wallet.created", json.RawMessage(`{"wallet":{"address":"0xhunter2"}}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := collect(client.ListWebhookEvents(t.Context(), created.ID, dfns.EventFilter{}, 0)); err != nil {
		t.Fatal(err)
	}
	text := log.text.String()
	for name, secret := range logSecrets(t, s, string(created.Secret)) {
		if len(secret) < 5 || strings.Contains(text, secret) {
			t.Errorf("the log holds the %s %q:\n%s", name, secret, text)
		}
	}
	for _, want := range []string{
		created.ID, "/auth/action/init", "wallet.created", "ledger", "Disabled", "https://h.example", nowText, "req-", "userActionHttpPath",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not hold %q:\n%s", want, text)
		}
	}
}

// logSecrets returns what was secret in the calls made.
func logSecrets(t *testing.T, s *sandbox.Sandbox, secret string) map[string]string {
	t.Helper()
	var completion struct {
		ChallengeIdentifier string
		FirstFactor         struct {
			CredentialAssertion struct{ Signature, ClientData string }
		}
	}
	if err := json.Unmarshal([]byte(s.DfnsCalls.Journal()[2].Body), &completion); err != nil {
		t.Fatal(err)
	}
	env := s.Env()
	return map[string]string{
		"webhook secret":       secret,
		"part of the url":      "hunter2",
		"bearer token":         env["DFNS_AUTH_TOKEN"],
		"private key":          strings.Split(env["DFNS_PRIVATE_KEY"], "\n")[1],
		"signature":            completion.FirstFactor.CredentialAssertion.Signature,
		"client data":          completion.FirstFactor.CredentialAssertion.ClientData,
		"challenge identifier": completion.ChallengeIdentifier,
		"any JWT":              base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA"`))[:16],
	}
}
