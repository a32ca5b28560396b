package dfns_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestTokenIsRequired(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		words  string
		change func(http.Header)
	}{
		"no token":    {"Not Authorized.", func(h http.Header) { h.Del("Authorization") }},
		"wrong token": {"Not Authorized.", func(h http.Header) { h.Set("Authorization", "Bearer nonsense") }},
		"no scheme": {"Not Authorized.", func(h http.Header) {
			h.Set("Authorization", strings.TrimPrefix(h.Get("Authorization"), "Bearer "))
		}},
		"no user agent": {"User-Agent", func(h http.Header) { h.Set("User-Agent", "") }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			for _, call := range []string{"GET /webhooks", "POST /webhooks", "POST /auth/action/init", "GET /nowhere"} {
				method, path, _ := strings.Cut(call, " ")
				a.send(method, path, "", c.change).refused(401, c.words)
			}
		})
	}
}

func TestBodyNeedsContentType(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, kind := range []string{"", "text/plain"} {
		a.send("POST", "/auth/action/init", "{}", func(h http.Header) { h.Set("Content-Type", kind) }).refused(400, "Content-Type")
	}
}

// TestChallengeAnswer holds every key of the vendor's answer, because clients decode all of them.
func TestChallengeAnswer(t *testing.T) {
	t.Parallel()
	a := start(t)
	got := a.send("POST", "/auth/action/init", intent("")).ok()
	text, err := base64.RawURLEncoding.DecodeString(got["challenge"].(string))
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{64}$`).Match(text) || strings.Count(got["challengeIdentifier"].(string), ".") != 2 {
		t.Errorf("the challenge is %q, and its identifier is %q: %v", text, got["challengeIdentifier"], err)
	}
	sandboxtest.Same(t, a.challenge("POST", "/webhooks", "").Challenge == got["challenge"], false)
	delete(got, "challenge")
	delete(got, "challengeIdentifier")
	sandboxtest.Same(t, got, map[string]any{
		"allowCredentials": map[string]any{
			"key":      []any{map[string]any{"type": "public-key", "id": a.signer.id}},
			"webauthn": []any{},
		},
		"supportedCredentialKinds":  []any{map[string]any{"kind": "Key", "factor": "first"}},
		"userVerification":          "required",
		"attestation":               "none",
		"externalAuthenticationUrl": "",
	})
}

// intent is a body of POST /auth/action/init, its last key replaced when one is given.
func intent(last string) string {
	if last == "" {
		last = `"userActionServerKind":"Api"`
	}
	return `{"userActionPayload":"","userActionHttpMethod":"POST","userActionHttpPath":"/webhooks",` + last + `}`
}

func TestRefusedIntents(t *testing.T) {
	t.Parallel()
	a := start(t)
	for body, words := range map[string]string{
		intent(`"userActionServerKind":"Staff"`): "userActionServerKind",
		intent(`"userActionServerKind":null`):    "userActionServerKind",
		intent(`"userActionServerKind":1`):       "userActionServerKind",
		intent(`"serverKind":"Api"`):             `"serverKind"`,
		`{"userActionServerKind":"Api"}`:         "userActionPayload is required\nuserActionHttpMethod is required\nuserActionHttpPath is required",
		``:                                       "userActionPayload is required",
		`[]`:                                     "not a JSON object",
	} {
		a.send("POST", "/auth/action/init", body).refused(400, words)
	}
}

func TestUnsignedChanges(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := "/webhooks/" + a.create("*")
	const words = "user action signature is missing or invalid"
	for _, token := range []string{"", "nonsense", a.token} {
		a.withToken(token, "POST", "/webhooks", minimal).refused(403, words)
		a.withToken(token, "PUT", path, `{}`).refused(403, words)
		a.withToken(token, "DELETE", path, "").refused(403, words)
		a.withToken(token, "POST", path+"/ping", "").refused(403, words)
	}
	sandboxtest.Same(t, len(a.server.Webhooks()), 1)
}

func TestActionTokenWorksOnce(t *testing.T) {
	t.Parallel()
	a := start(t)
	token := a.userAction("POST", "/webhooks", minimal)
	a.withToken(token, "POST", "/webhooks", minimal).ok()
	a.withToken(token, "POST", "/webhooks", minimal).refused(400, "user action has already been used")
	sandboxtest.Same(t, len(a.server.Webhooks()), 1)
}

// TestRefusedBodyUsesTheTokenUp is a choice of the sandbox's: the vendor's pages do not say.
func TestRefusedBodyUsesTheTokenUp(t *testing.T) {
	t.Parallel()
	a := start(t)
	token := a.userAction("POST", "/webhooks", "{}")
	a.withToken(token, "POST", "/webhooks", "{}").refused(400, "required")
	a.withToken(token, "POST", "/webhooks", "{}").refused(400, "user action has already been used")
}

// TestTokenIsForOneCall makes another call than the one that was signed, and then the one that was.
func TestTokenIsForOneCall(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ method, path, body string }{
		"body":   {"PUT", "/webhooks/%s", `{"status":"Enabled"}`},
		"order":  {"PUT", "/webhooks/%s", `{"status":"Disabled","description":""}`},
		"empty":  {"PUT", "/webhooks/%s", ``},
		"path":   {"PUT", "/webhooks/other", `{"status":"Disabled"}`},
		"method": {"DELETE", "/webhooks/%s", `{"status":"Disabled"}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			id := a.create("*")
			token := a.userAction("PUT", "/webhooks/"+id, `{"status":"Disabled"}`)
			a.withToken(token, c.method, strings.Replace(c.path, "%s", id, 1), c.body).refused(403, "missing or invalid")
			sandboxtest.Same(t, a.server.Webhooks()[0].Status, "Enabled")
			a.withToken(token, "PUT", "/webhooks/"+id, `{"status":"Disabled"}`).ok()
		})
	}
}

// The vendor's Python SDK signs the compact form of what its HTTP library sends with blanks. What is signed must be the compact form of
// all that is sent.
func TestSignedCompactSentWithBlanks(t *testing.T) {
	t.Parallel()
	a := start(t)
	const compact = `{"url":"https://hooks.example.com/ä","events":["wallet.created"]}`
	for sent, status := range map[string]int{
		`{"url": "https://hooks.example.com/\u00e4", "events": ["wallet.created"]}`:                  200,
		"{\n  \"url\": \"https://hooks.example.com/ä\",\n  \"events\": [\"wallet.created\"]\n}\n":    200,
		`{"events": ["wallet.created"], "url": "https://hooks.example.com/ä"}`:                       403,
		`{"url": "https://hooks.example.com/ä", "events": ["wallet.created"], "status": "Disabled"}`: 403,
		`{"url": "https://hooks.example.com/ä", "events": ["wallet.created"]} {}`:                    403,
	} {
		sandboxtest.Same(t, a.withToken(a.userAction("POST", "/webhooks", compact), "POST", "/webhooks", sent).status, status)
	}
	spaced := `{"status": "Disabled"}`
	path := "/webhooks/" + a.create("*")
	a.withToken(a.userAction("PUT", path, spaced), "PUT", path, `{"status":"Disabled"}`).refused(403, "missing or invalid")
}

// TestEmptyBodies signs one form of nothing and sends another. The vendor's SDKs differ in it.
func TestEmptyBodies(t *testing.T) {
	t.Parallel()
	forms := []string{"", `""`, "{}"}
	for _, signed := range forms {
		for _, sent := range forms {
			a := start(t)
			path := "/webhooks/" + a.create("*")
			a.withToken(a.userAction("POST", path+"/ping", signed), "POST", path+"/ping", sent).ok()
			a.withToken(a.userAction("DELETE", path, signed), "DELETE", path, sent).ok()
		}
	}
}

// TestQueryIsNotSigned holds because the signed path leaves the query out.
func TestQueryIsNotSigned(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.withToken(a.userAction("POST", "/webhooks", minimal), "POST", "/webhooks?a=b", minimal).ok()
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		wait   time.Duration
		status int
	}{"just in time": {15*time.Minute - time.Second, 200}, "too late": {15 * time.Minute, 400}}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			completion := a.answerTo(a.challenge("POST", "/webhooks", minimal))
			a.clock.Move(c.wait)
			sandboxtest.Same(t, a.complete(completion).status, c.status)
		})
	}
}

func TestTokenExpiry(t *testing.T) {
	t.Parallel()
	a := start(t)
	early, late := a.userAction("POST", "/webhooks", minimal), a.userAction("POST", "/webhooks", minimal)
	a.clock.Move(15*time.Minute - time.Second)
	a.withToken(early, "POST", "/webhooks", minimal).ok()
	a.clock.Move(time.Second)
	a.withToken(late, "POST", "/webhooks", minimal).refused(403, "missing or invalid")
}

// TestExpiredIsForgotten holds a long run to the challenges and tokens of its last quarter of an hour. A used token is known
// for as long as an unused one works.
func TestExpiredIsForgotten(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.challenge("POST", "/webhooks", minimal)
	first := a.userAction("POST", "/webhooks", minimal)
	a.withToken(first, "POST", "/webhooks", minimal).ok()
	a.clock.Move(15*time.Minute - time.Second)
	second := a.userAction("POST", "/webhooks", minimal)
	a.challenge("POST", "/webhooks", minimal)
	a.withToken(first, "POST", "/webhooks", minimal).refused(400, "user action has already been used")
	challenges, tokens := a.server.Held()
	sandboxtest.Same(t, []int{challenges, tokens}, []int{2, 2})

	a.clock.Move(time.Minute)
	a.challenge("POST", "/webhooks", minimal)
	a.withToken(first, "POST", "/webhooks", minimal).refused(403, "missing or invalid")
	challenges, tokens = a.server.Held()
	sandboxtest.Same(t, []int{challenges, tokens}, []int{2, 1})
	a.withToken(second, "POST", "/webhooks", minimal).ok()
}

func TestChallengeWorksOnce(t *testing.T) {
	t.Parallel()
	a := start(t)
	completion := a.answerTo(a.challenge("POST", "/webhooks", minimal))
	a.complete(completion).ok()
	a.complete(completion).refused(400, "Challenge token is not valid.")
}

func TestRefusedCompletions(t *testing.T) {
	t.Parallel()
	other := newEd25519(t)
	cases := map[string]struct {
		bend   func(*completion)
		status int
		words  string
	}{
		"identifier":         {func(c *completion) { c.identifier = "nonsense" }, 400, "Challenge token is not valid."},
		"no identifier":      {func(c *completion) { c.identifier = "" }, 400, "Challenge token is not valid."},
		"kind":               {func(c *completion) { c.kind = "Fido2" }, 401, "kind"},
		"unknown credential": {func(c *completion) { c.signer.id = "cr-unknown" }, 401, "signature"},
		"no credential":      {func(c *completion) { c.signer.id = "" }, 401, "signature"},
		"another key":        {func(c *completion) { c.signer.sign = signEd25519(other) }, 401, "signature"},
		"no signature":       {func(c *completion) { c.signer.sign = func([]byte) []byte { return nil } }, 401, "signature"},
		"signature of other bytes": {func(c *completion) {
			sign := c.signer.sign
			c.signer.sign = func(data []byte) []byte { return sign(append(data, ' ')) }
		}, 401, "signature"},
		"type":      {func(c *completion) { c.clientData = strings.Replace(c.clientData, "key.get", "webauthn.get", 1) }, 401, "clientData"},
		"no type":   {func(c *completion) { c.clientData = strings.Replace(c.clientData, `"type"`, `"kind"`, 1) }, 401, "clientData"},
		"challenge": {func(c *completion) { c.clientData = `{"challenge":"bm9uc2Vuc2U","type":"key.get"}` }, 401, "clientData"},
		"not JSON":  {func(c *completion) { c.clientData = "nonsense" }, 401, "clientData"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			completion := a.answerTo(a.challenge("POST", "/webhooks", minimal))
			c.bend(&completion)
			a.complete(completion).refused(c.status, c.words)
		})
	}
}

// TestChallengeOfAnotherCall signs the text of one challenge for the identifier of another.
func TestChallengeOfAnotherCall(t *testing.T) {
	t.Parallel()
	a := start(t)
	mixed := a.answerTo(a.challenge("POST", "/webhooks", minimal))
	mixed.identifier = a.challenge("DELETE", "/webhooks/x", "").ChallengeIdentifier
	a.complete(mixed).refused(401, "clientData")
}

// TestClientDataVariants accepts what the vendor's SDKs send: further keys and any order.
func TestClientDataVariants(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, form := range []string{
		`{"type":"key.get","challenge":"%s"}`,
		`{"type":"key.get","challenge":"%s","origin":"https://app.example.com","crossOrigin":false}`,
		`{ "challenge": "%s", "type": "key.get" }`,
	} {
		challenge := a.challenge("POST", "/webhooks", minimal)
		completion := a.answerTo(challenge)
		completion.clientData = strings.Replace(form, "%s", challenge.Challenge, 1)
		a.complete(completion).ok()
	}
}

// TestMalformedCompletions sends bodies that no signer makes. Each has a valid identifier in place of ID.
func TestMalformedCompletions(t *testing.T) {
	t.Parallel()
	a := start(t)
	const assertion = `{"challengeIdentifier":"ID","firstFactor":{"kind":"Key","credentialAssertion":`
	for body, status := range map[string]int{
		``:                             400,
		`{}`:                           400,
		`nonsense`:                     400,
		`{"more":1}`:                   400,
		`{"challengeIdentifier":"ID"}`: 401,
		`{"challengeIdentifier":"ID","firstFactor":null}`:           400,
		`{"challengeIdentifier":"ID","firstFactor":{"kind":"Key"}}`: 401,
		assertion + `[]}}`: 401,
		assertion + `{"credId":"cr","clientData":"e30","signature":"+/=="}}}`:                     401,
		assertion + `{"credId":"cr","clientData":"e30=","signature":"AA"}}}`:                      401,
		assertion + `{"credId":"cr","clientData":"e30","signature":"AA","more":1}}}`:              401,
		`{"challengeIdentifier":"ID","firstFactor":{"kind":"Key","more":1}}`:                      401,
		`{"challengeIdentifier":"ID","firstFactor":{"kind":"Key"},"secondFactor":{"kind":"Key"}}`: 400,
	} {
		identifier := a.challenge("POST", "/webhooks", minimal).ChallengeIdentifier
		a.send("POST", "/auth/action", strings.Replace(body, "ID", identifier, 1)).refused(status, "")
	}
}
