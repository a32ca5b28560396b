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

// TestDocuments makes the calls of the documents in testdata, changes with a signature.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for document, shapes := range map[string]map[string]string{
		"webhooks": {
			"id": `^wh-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$`, "secret": `^whs-[A-Za-z0-9]{32}$`, "unreachable": "loopback",
		},
		"events":  {"first": eventID.String()},
		"signing": {"challenge": `^[A-Za-z0-9_-]{86}$`, "identifier": `^[^.]+\.[^.]+\.[^.]+$`, "credential": "^cr-"},
	} {
		t.Run(document, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			if document == "events" {
				a.create("vault.created")
				a.create("*")
				for _, kind := range []string{"wallet.created", "policy.triggered", "wallet.created"} {
					a.record(kind)
				}
			}
			texts := sandboxtest.Converse(t, "testdata/"+document+".txt", func(method, path, body string) (int, string) {
				call := a.change
				if method == "GET" || strings.HasPrefix(path, "/auth/") {
					call = func(method, path, body string) reply { return a.send(method, path, body) }
				}
				got := call(method, path, body)
				if got.Status != http.StatusOK {
					got.refused(got.Status, "")
				}
				sandboxtest.Same(t, got.Header.Get("Date"), epoch.Format(http.TimeFormat))
				return got.Status, got.Body
			})
			for name, shape := range shapes {
				if !regexp.MustCompile(shape).MatchString(texts[name]) {
					t.Errorf("%s is %q", name, texts[name])
				}
			}
			sandboxtest.Same(t, texts["challenge"] == texts["next"] && document == "signing", false)
		})
	}
}

func TestHeadersAreRequired(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, c := range []struct {
		name, value, words string
		status             int
	}{
		{"Authorization", "", "Not Authorized.", 401},
		{"Authorization", "Bearer nonsense", "Not Authorized.", 401},
		{"Authorization", a.token, "Not Authorized.", 401},
		{"User-Agent", "", "User-Agent", 401},
		{"Content-Type", "", "Content-Type", 400},
		{"Content-Type", "text/plain", "Content-Type", 400},
	} {
		for _, call := range []string{"POST /webhooks", "POST /auth/action/init", "PUT /nowhere"} {
			method, path, _ := strings.Cut(call, " ")
			a.send(method, path, "{}", func(h http.Header) { h.Set(c.name, c.value) }).refused(c.status, c.words)
		}
	}
}

// TestTokenIsForOneCall makes other calls than the one that was signed, and then the one that was.
func TestTokenIsForOneCall(t *testing.T) {
	t.Parallel()
	a := start(t)
	path, body := "/webhooks/"+a.create("*"), `{"status":"Disabled"}`
	const words = "user action signature is missing or invalid"
	token := a.userAction("PUT", path, body)
	for _, c := range []struct{ token, method, path, body string }{
		{"", "PUT", path, body},
		{a.token, "PUT", path, body},
		{token, "PUT", path, `{"status":"Enabled"}`},
		{token, "PUT", path, `{"status":"Disabled","description":""}`},
		{token, "PUT", path, ""},
		{token, "PUT", "/webhooks/other", body},
		{token, "DELETE", path, body},
		{"", "DELETE", path, ""},
		{"", "POST", "/webhooks", minimal},
		{"", "POST", path + "/ping", ""},
		{a.userAction("PUT", path, `{"status": "Disabled"}`), "PUT", path, body},
	} {
		a.withToken(c.token, c.method, c.path, c.body).refused(403, words)
	}
	sandboxtest.Same(t, []any{len(a.server.Webhooks()), a.server.Webhooks()[0].Status}, []any{1, "Enabled"})
	a.withToken(token, "PUT", path+"?the=query-is-not-signed", body).ok()

	// A body that is refused uses the token up. This is a choice of the sandbox's: the vendor's pages do not say.
	token = a.userAction("POST", "/webhooks", "{}")
	a.withToken(token, "POST", "/webhooks", "{}").refused(400, "required")
	a.withToken(token, "POST", "/webhooks", "{}").refused(400, "user action has already been used")
}

// The vendor's SDKs for Python sign the compact form of what their HTTP library sends with blanks. What is signed must be the compact
// form of all that is sent. The SDKs also differ in what they sign and send for nothing.
func TestSignedInAnotherForm(t *testing.T) {
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
		sandboxtest.Same(t, a.withToken(a.userAction("POST", "/webhooks", compact), "POST", "/webhooks", sent).Status, status)
	}
	nothing := []string{"", `""`, "{}"}
	for _, signed := range nothing {
		for _, sent := range nothing {
			path := "/webhooks/" + a.create("*")
			a.withToken(a.userAction("DELETE", path, signed), "DELETE", path, sent).ok()
		}
	}
}

// TestExpiry also holds a long run to the challenges and tokens of its last quarter of an hour. A used token is known for as long as
// an unused one works.
func TestExpiry(t *testing.T) {
	t.Parallel()
	a := start(t)
	completions := []completion{a.answerTo(a.challenge("POST", "/webhooks", minimal)), a.answerTo(a.challenge("POST", "/webhooks", minimal))}
	used, late := a.userAction("POST", "/webhooks", minimal), a.userAction("POST", "/webhooks", minimal)
	a.clock.Move(15*time.Minute - time.Second)
	a.complete(completions[0]).ok()
	a.withToken(used, "POST", "/webhooks", minimal).ok()
	second := a.userAction("POST", "/webhooks", minimal)
	a.withToken(used, "POST", "/webhooks", minimal).refused(400, "user action has already been used")
	challenges, tokens := a.server.Held()
	sandboxtest.Same(t, []int{challenges, tokens}, []int{1, 4})

	a.clock.Move(time.Second)
	a.complete(completions[1]).refused(400, "Challenge token is not valid.")
	a.withToken(used, "POST", "/webhooks", minimal).refused(403, "missing or invalid")
	a.withToken(late, "POST", "/webhooks", minimal).refused(403, "missing or invalid")
	a.clock.Move(time.Minute)
	a.challenge("POST", "/webhooks", minimal)
	challenges, tokens = a.server.Held()
	sandboxtest.Same(t, []int{challenges, tokens}, []int{1, 2})
	a.withToken(second, "POST", "/webhooks", minimal).ok()
}

// What a completion says of the vendor's SDKs may have any order, and further keys. It works once.
func TestCompletions(t *testing.T) {
	t.Parallel()
	a := start(t)
	const rejected = "clientData is not for this challenge"
	for form, words := range map[string]string{
		`{"type":"key.get","challenge":"%s"}`:                                                          "",
		`{"type":"key.get","challenge":"%s","origin":"https://app.example.com","crossOrigin":false}`:   "",
		`{ "challenge": "%s", "type": "key.get" }`:                                                     "",
		`{"challenge":"%s","type":"webauthn.get"}`:                                                     rejected,
		`{"challenge":"%s"}`:                                                                           rejected,
		`{"challenge":"` + a.challenge("POST", "/webhooks", minimal).Challenge + `","type":"key.get"}`: rejected,
		`{"challenge":"` + base64.RawURLEncoding.EncodeToString([]byte("%s")) + `","type":"key.get"}`:  rejected,
	} {
		challenge := a.challenge("POST", "/webhooks", minimal)
		completion := a.answerTo(challenge)
		completion.clientData = strings.Replace(form, "%s", challenge.Challenge, 1)
		if words != "" {
			a.complete(completion).refused(401, words)
			continue
		}
		a.complete(completion).ok()
		a.complete(completion).refused(400, "Challenge token is not valid.")
	}
	kind, credential := a.answerTo(a.challenge("POST", "/webhooks", minimal)), a.answerTo(a.challenge("POST", "/webhooks", minimal))
	kind.kind, credential.signer.id = "Fido2", "cr-unknown"
	a.complete(kind).refused(401, "kind")
	a.complete(credential).refused(401, "signature")
}
