package dfns_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

var (
	webhookID = regexp.MustCompile(`^wh-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$`)
	secret    = regexp.MustCompile(`^whs-[A-Za-z0-9]{32}$`)
)

const minimal = `{"url":"https://hooks.example.com/in","events":["wallet.created"]}`

// answerOf is the documented answer for a webhook created from minimal, with the given fields on top.
func answerOf(id any, further map[string]any) map[string]any {
	out := map[string]any{
		"id": id, "url": "https://hooks.example.com/in", "events": []any{"wallet.created"}, "status": "Enabled",
		"dateCreated": epochText, "dateUpdated": epochText,
	}
	for key, value := range further {
		out[key] = value
	}
	return out
}

func TestCreate(t *testing.T) {
	t.Parallel()
	a := start(t)
	got := a.change("POST", "/webhooks", minimal).ok()
	if id, _ := got["id"].(string); !webhookID.MatchString(id) {
		t.Errorf("id is %q", id)
	}
	if text, _ := got["secret"].(string); !secret.MatchString(text) {
		t.Errorf("secret is %q", text)
	}
	sandboxtest.Same(t, got, answerOf(got["id"], map[string]any{"secret": got["secret"]}))
}

func TestCreateWithEverything(t *testing.T) {
	t.Parallel()
	a := start(t)
	got := a.change("POST", "/webhooks",
		`{"url":"http://hooks.example.com","events":["*"],"status":"Disabled","description":"ledger"}`).ok()
	sandboxtest.Same(t, got, answerOf(got["id"], map[string]any{
		"secret": got["secret"], "url": "http://hooks.example.com", "events": []any{"*"},
		"status": "Disabled", "description": "ledger",
	}))
}

func TestGetAndListHideTheSecret(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("wallet.created")
	sandboxtest.Same(t, a.get("/webhooks/"+id).ok(), answerOf(id, nil))
	sandboxtest.Same(t, a.get("/webhooks").ok(), map[string]any{"items": []any{answerOf(id, nil)}})
}

func TestUpdateKeepsWhatIsOmitted(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		body string
		want map[string]any
	}{
		"url":         {`{"url":"https://other.example.com"}`, map[string]any{"url": "https://other.example.com"}},
		"events":      {`{"events":["policy.triggered","*"]}`, map[string]any{"events": []any{"policy.triggered", "*"}}},
		"status":      {`{"status":"Disabled"}`, map[string]any{"status": "Disabled"}},
		"description": {`{"description":"new"}`, map[string]any{"description": "new"}},
		"nothing":     {`{}`, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			id := a.create("wallet.created")
			a.clock.Move(time.Hour)
			want := answerOf(id, c.want)
			want["dateUpdated"] = "2026-01-02T04:04:05.678Z"
			sandboxtest.Same(t, a.change("PUT", "/webhooks/"+id, c.body).ok(), want)
			sandboxtest.Same(t, a.get("/webhooks/"+id).ok(), want)
		})
	}
}

func TestUpdateClearsDescription(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("wallet.created")
	a.change("PUT", "/webhooks/"+id, `{"description":"ledger"}`).ok()
	sandboxtest.Same(t, a.change("PUT", "/webhooks/"+id, `{"description":""}`).ok(), answerOf(id, nil))
}

func TestDelete(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, kept := a.create("*"), a.create("*")
	sandboxtest.Same(t, a.change("DELETE", "/webhooks/"+id, "").ok(), map[string]any{"deleted": true})
	a.get("/webhooks/"+id).refused(404, "Webhook not found")
	a.get("/webhooks/" + kept).ok()
}

func TestUnknownWebhook(t *testing.T) {
	t.Parallel()
	a := start(t)
	const path = "/webhooks/wh-aaaaa-bbbbb-cccccccccccccccc"
	a.get("/wallets").refused(404, "Not Found")
	a.send("PATCH", path, "{}").refused(404, "Not Found")
	a.get(path).refused(404, "not found")
	a.get(path+"/events").refused(404, "not found")
	a.change("PUT", path, `{}`).refused(404, "not found")
	a.change("DELETE", path, "").refused(404, "not found")
	a.change("POST", path+"/ping", "").refused(404, "not found")
}

// create and update are decoded by the same rules, so every body here is sent to both.
func TestRefusedBodies(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ field, words string }{
		"unknown key":        {`"colour":"red"`, `"colour"`},
		"wrong-case key":     {`"URL":"https://a.example.com"`, `"URL"`},
		"url null":           {`"url":null`, "url"},
		"url type":           {`"url":1`, "url"},
		"url scheme":         {`"url":"ftp://a.example.com"`, "url"},
		"url relative":       {`"url":"/in"`, "url"},
		"url host":           {`"url":"https:///in"`, "url"},
		"url empty":          {`"url":""`, "url"},
		"events empty":       {`"events":[]`, "events"},
		"events null":        {`"events":null`, "events"},
		"events type":        {`"events":"*"`, "events"},
		"event null":         {`"events":[null]`, "events"},
		"event shape":        {`"events":["wallet"]`, "events"},
		"event pattern":      {`"events":["wallet.*"]`, "events"},
		"event case":         {`"events":["Wallet.Created"]`, "events"},
		"status":             {`"status":"enabled"`, "status"},
		"status null":        {`"status":null`, "status"},
		"description null":   {`"description":null`, "description"},
		"description length": {`"description":"` + strings.Repeat("é", 257) + `"`, "description"},
		"description pairs":  {`"description":"` + strings.Repeat("🙂", 129) + `"`, "description"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			id := a.create("wallet.created")
			before := a.server.Webhooks()
			a.change("POST", "/webhooks", over(t, c.field)).refused(400, c.words)
			a.change("PUT", "/webhooks/"+id, "{"+c.field+"}").refused(400, c.words)
			sandboxtest.Same(t, a.server.Webhooks()[0].Updated, before[0].Updated)
			sandboxtest.Same(t, len(a.server.Webhooks()), 1)
		})
	}
}

// over returns the minimal body with one field replaced or added.
func over(t *testing.T, field string) string {
	t.Helper()
	body := sandboxtest.Decode[map[string]any](t, minimal)
	for key, value := range sandboxtest.Decode[map[string]any](t, "{"+field+"}") {
		body[key] = value
	}
	return sandboxtest.Encode(t, body)
}

func TestCreateNeedsURLAndEvents(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, body := range []string{``, `{}`, `{"url":"https://a.example.com"}`, `{"events":["*"]}`} {
		a.change("POST", "/webhooks", body).refused(400, "url and events are required")
	}
}

func TestAcceptedBodies(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, field := range []string{
		`"description":"` + strings.Repeat("é", 256) + `"`,
		`"description":"` + strings.Repeat("🙂", 128) + `"`,
		`"events":["a.kind.nobody_knows2"]`,
		`"url":"http://127.0.0.1:8080/in?a=b"`,
	} {
		a.change("POST", "/webhooks", over(t, field)).ok()
	}
}

func TestDeleteRefusesABody(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	a.change("DELETE", "/webhooks/"+id, `{"force":true}`).refused(400, "body")
	sandboxtest.Same(t, len(a.server.Webhooks()), 1)
}

func TestChangesFromOutside(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.server.Register(dfns.Webhook{URL: "https://hooks.example.com/in", Events: []string{"wallet.created"}, Status: "Enabled"})
	sandboxtest.Same(t, a.get("/webhooks/"+id).ok(), answerOf(id, nil))

	a.clock.Move(time.Second)
	if err := a.server.Edit(id, func(w *dfns.Webhook) { w.Status = "Disabled" }); err != nil {
		t.Fatal(err)
	}
	sandboxtest.Same(t, a.get("/webhooks/"+id).ok(), answerOf(id, map[string]any{"status": "Disabled", "dateUpdated": "2026-01-02T03:04:06.678Z"}))

	a.server.Webhooks()[0].Events[0] = "policy.triggered" // of a copy
	sandboxtest.Same(t, a.server.Webhooks()[0].Events, []string{"wallet.created"})
	a.server.Remove(id)
	a.get("/webhooks/"+id).refused(404, "not found")
	if a.server.Edit(id, func(*dfns.Webhook) {}) == nil {
		t.Error("a removed webhook was edited")
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	token := a.userAction("DELETE", "/webhooks/"+id, "")
	pending := a.answerTo(a.challenge("POST", "/webhooks", minimal))
	if err := a.server.AddCredential("cr-more", publicPEM(t, newEd25519(t).Public())); err != nil {
		t.Fatal(err)
	}

	a.server.Reset()
	sandboxtest.Same(t, a.get("/webhooks").ok(), map[string]any{"items": []any{}})
	a.withToken(token, "DELETE", "/webhooks/"+id, "").refused(403, "missing or invalid")
	a.complete(pending).refused(400, "Challenge token is not valid.")
	sandboxtest.Same(t, len(a.challenge("POST", "/webhooks", minimal).AllowCredentials.Key), 1)
	a.create("*")
}
