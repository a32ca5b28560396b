package dfns_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Every call of a change is compared to the letter, with a signer whose signature is known.
func TestSigningFlow(t *testing.T) {
	t.Parallel()
	for _, operation := range changes() {
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
			payload := map[string]string{"create": `{"events":["*"],"status":"Enabled","url":"https://h.example"}`, "update": `{"events":["*"]}`}[operation.name]
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

func TestWrongKey(t *testing.T) {
	t.Parallel()
	s := start(t)
	signer := must(dfns.ParsePrivateKey(keys()["Ed25519"].forms["PKCS#8"]))
	_, err := newClient(t, s, func(c *dfns.Config) { c.Signer = signer }).CreateWebhook(t.Context(), wanted)
	if signing, ok := errors.AsType[*dfns.SigningError](err); !ok || !signing.Challenged || dfns.Status(err) != http.StatusUnauthorized {
		t.Errorf("%v, want a signing error of status 401", err)
	}
	sameCalls(t, s, listing, challenge, answer)
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
	for _, operation := range changes() {
		err := operation.run(t.Context(), client)
		_, refused := errors.AsType[*dfns.CredentialError](err)
		_, signing := errors.AsType[*dfns.SigningError](err)
		want := `the change could not be signed: the API does not allow credential "cr-other" to sign for this token; it allows ` +
			own + ", cr-second; the change was not made"
		if !refused || !signing || err.Error() != want {
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

// signingTrouble is what can go wrong with a call of the signing flow.
var signingTrouble = map[string]http.HandlerFunc{
	"401":       says(401, `{"error":{"message":"Not Authorized."}}`),
	"404":       says(404, `{"error":{"message":"Webhook not found"}}`),
	"500":       says(500, `{"error":{"message":"Internal Server Error"}}`),
	"cut":       cuts(""),
	"truncated": cuts(`{"challenge":`),
	"empty":     says(200, ""),
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
			for _, operation := range changes() {
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
