package dfns_test

import (
	"crypto"
	"crypto/ed25519"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// epoch is when every test begins. Its milliseconds show whether they are kept.
var epoch = time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)

const epochText = "2026-01-02T03:04:05.678Z"

// api is a sandbox together with a client of it. The client follows the vendor's pages and takes nothing from the sandbox but the
// credentials that Env returns.
type api struct {
	t      *testing.T
	server *dfns.Server
	clock  *clock.Manual
	token  string
	signer signer
}

func start(t *testing.T, change ...func(*dfns.Options)) *api {
	t.Helper()
	a, options := &api{t: t}, dfns.Options{}
	options.Options, a.clock = sandboxtest.Options(t, epoch)
	for _, c := range change {
		c(&options)
	}
	a.server = dfns.New(options)
	env := a.server.Env("")
	a.token = env["DFNS_AUTH_TOKEN"]
	a.signer = signer{env["DFNS_CRED_ID"], signing(privateKey(t, env["DFNS_PRIVATE_KEY"]))}
	return a
}

// signer is one credential of the vendor's: an id and what signs with its private key.
type signer struct {
	id   string
	sign func(message []byte) []byte
}

func privateKey(t *testing.T, text string) crypto.Signer {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "PRIVATE KEY" {
		t.Fatalf("DFNS_PRIVATE_KEY is not a PKCS#8 PEM block: %q", text)
	}
	return must(x509.ParsePKCS8PrivateKey(block.Bytes)).(crypto.Signer)
}

// signing signs as the vendor asks for it: with Ed25519 the message itself, with other keys its SHA-256.
func signing(key crypto.Signer) func([]byte) []byte {
	return func(message []byte) []byte {
		if _, isEd25519 := key.(ed25519.PrivateKey); isEd25519 {
			return must(key.Sign(nil, message, crypto.Hash(0)))
		}
		digest := sha256.Sum256(message)
		return must(key.Sign(cryptorand.Reader, digest[:], crypto.SHA256))
	}
}

func must[T any](out T, err error) T {
	if err != nil {
		panic(err)
	}
	return out
}

type reply struct {
	sandboxtest.Reply

	t *testing.T
}

// send makes one call with the headers the vendor asks for, each of which a change may replace or remove.
func (a *api) send(method, path, body string, change ...func(http.Header)) reply {
	a.t.Helper()
	header := http.Header{"Authorization": {"Bearer " + a.token}, "Content-Type": {"application/json"}, "User-Agent": {"test"}}
	for _, c := range change {
		c(header)
	}
	return reply{sandboxtest.Serve(a.t.Context(), a.server, method+" "+path, body, header), a.t}
}

func (a *api) get(path string) reply {
	a.t.Helper()
	return a.send(http.MethodGet, path, "")
}

// change makes a call that has to be signed, the signing included.
func (a *api) change(method, path, body string) reply {
	a.t.Helper()
	return a.withToken(a.userAction(method, path, body), method, path, body)
}

func (a *api) withToken(token, method, path, body string) reply {
	a.t.Helper()
	return a.send(method, path, body, func(h http.Header) { h.Set("X-DFNS-USERACTION", token) })
}

// ok fails the test unless the answer is a 200 with JSON, which it returns.
func (r reply) ok() map[string]any {
	r.t.Helper()
	if r.Status != http.StatusOK || r.Header.Get("Content-Type") != "application/json" {
		r.t.Fatalf("answer is %d (%s) %s, want 200", r.Status, r.Header.Get("Content-Type"), r.Body)
	}
	return sandboxtest.Decode[map[string]any](r.t, r.Body)
}

// refused fails the test unless the answer is an error of the vendor's shape whose message holds the given words.
func (r reply) refused(status int, words string) {
	r.t.Helper()
	out := sandboxtest.Decode[struct {
		Error struct {
			ID      string
			Status  int
			Message string
		}
	}](r.t, r.Body).Error
	if r.Status != status || out.Status != status || out.ID == "" || !strings.Contains(out.Message, words) {
		r.t.Errorf("answer is %d %s, want %d with %q", r.Status, r.Body, status, words)
	}
}

// challenge is the answer of POST /auth/action/init, as far as signing needs it.
type challenge struct {
	Challenge           string
	ChallengeIdentifier string
	AllowCredentials    struct {
		Key []struct{ Type, ID string }
	}
}

// completion is what POST /auth/action is about to be sent. Tests bend one field to see it refused.
type completion struct {
	identifier string
	kind       string
	clientData string
	signer     signer
}

// userAction goes through the signing flow and returns the token for one call.
func (a *api) userAction(method, path, payload string) string {
	a.t.Helper()
	token, _ := a.complete(a.answerTo(a.challenge(method, path, payload))).ok()["userAction"].(string)
	return token
}

func (a *api) challenge(method, path, payload string) challenge {
	a.t.Helper()
	return sandboxtest.Decode[challenge](a.t, a.send(http.MethodPost, "/auth/action/init", sandboxtest.Encode(a.t, map[string]string{
		"userActionPayload": payload, "userActionHttpMethod": method, "userActionHttpPath": path, "userActionServerKind": "Api",
	})).Body)
}

func (a *api) answerTo(c challenge) completion {
	return completion{c.ChallengeIdentifier, "Key", `{"challenge":"` + c.Challenge + `","type":"key.get"}`, a.signer}
}

func (a *api) complete(c completion) reply {
	a.t.Helper()
	return a.send(http.MethodPost, "/auth/action", sandboxtest.Encode(a.t, map[string]any{
		"challengeIdentifier": c.identifier,
		"firstFactor": map[string]any{"kind": c.kind, "credentialAssertion": map[string]string{
			"credId":     c.signer.id,
			"clientData": base64.RawURLEncoding.EncodeToString([]byte(c.clientData)),
			"signature":  base64.RawURLEncoding.EncodeToString(c.signer.sign([]byte(c.clientData))),
		}},
	}))
}

// create registers a webhook whose receiver is not on this machine, and returns its id.
func (a *api) create(events ...string) string {
	return a.server.Register(dfns.Webhook{URL: "https://hooks.example.com/in", Events: events, Status: "Enabled"})
}
