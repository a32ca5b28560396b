package dfns_test

import (
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

const minimal = `{"url":"https://hooks.example.com/in","events":["wallet.created"]}`

// The vendor counts the characters of a description as JavaScript does.
func TestDescriptionLength(t *testing.T) {
	t.Parallel()
	a := start(t)
	for text, status := range map[string]int{
		strings.Repeat("é", 256): 200, strings.Repeat("é", 257): 400, strings.Repeat("🙂", 128): 200, strings.Repeat("🙂", 129): 400,
	} {
		body := strings.Replace(minimal, "{", `{"description":"`+text+`",`, 1)
		sandboxtest.Same(t, a.change("POST", "/webhooks", body).Status, status)
	}
}

func TestChangesFromOutside(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.server.Register(dfns.Webhook{URL: "https://hooks.example.com/in", Events: []string{"wallet.created"}, Status: "Enabled"})
	want := map[string]any{
		"id": id, "url": "https://hooks.example.com/in", "events": []any{"wallet.created"}, "status": "Enabled",
		"dateCreated": epochText, "dateUpdated": epochText,
	}
	sandboxtest.Same(t, a.get("/webhooks/"+id).ok(), want)
	a.clock.Move(time.Second)
	if err := a.server.Edit(id, func(w *dfns.Webhook) { w.Status = "Disabled" }); err != nil {
		t.Fatal(err)
	}
	want["status"], want["dateUpdated"] = "Disabled", "2026-01-02T03:04:06.678Z"
	sandboxtest.Same(t, a.get("/webhooks/"+id).ok(), want)
	a.clock.Move(time.Second)
	want["dateUpdated"] = "2026-01-02T03:04:07.678Z" // an update has a time too
	sandboxtest.Same(t, a.change("PUT", "/webhooks/"+id, "{}").ok(), want)
	a.server.Remove(id)
	a.get("/webhooks/"+id).refused(404, "not found")
}

func TestReset(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	token := a.userAction("DELETE", "/webhooks/"+id, "")
	pending := a.answerTo(a.challenge("POST", "/webhooks", minimal))
	if err := a.server.AddCredential("cr-more", publicPEM(newEd25519().Public())); err != nil {
		t.Fatal(err)
	}
	a.server.Reset()
	sandboxtest.Same(t, a.get("/webhooks").ok(), map[string]any{"items": []any{}})
	a.withToken(token, "DELETE", "/webhooks/"+id, "").refused(403, "missing or invalid")
	a.complete(pending).refused(400, "Challenge token is not valid.")
	sandboxtest.Same(t, len(a.challenge("POST", "/webhooks", minimal).AllowCredentials.Key), 1)
	a.change("POST", "/webhooks", minimal).ok()
}

// The sandbox can have a limit, another form of what it keeps, a secret in the answer to an update, and events with no more fields than
// the published schema has. What comes from outside is kept as it is.
func TestOptions(t *testing.T) {
	t.Parallel()
	a := start(t, func(o *dfns.Options) {
		o.WebhookLimit, o.SecretOnUpdate, o.BareEvents, o.Normalize = 1, true, true, func(w *dfns.Webhook) { w.URL += "/" }
	})
	created := a.change("POST", "/webhooks", minimal).ok()
	sandboxtest.Same(t, created["url"], any("https://hooks.example.com/in/"))
	a.change("POST", "/webhooks", minimal).refused(400, "Maximum number of webhooks reached (1)")
	updated := a.change("PUT", "/webhooks/"+created["id"].(string), `{"url":"https://hooks.example.com/out"}`).ok()
	sandboxtest.Same(t, []any{updated["url"], updated["secret"]}, []any{"https://hooks.example.com/out/", created["secret"]})
	a.server.Register(dfns.Webhook{URL: "https://hooks.example.com/stranger"})
	held := a.server.Webhooks()
	sandboxtest.Same(t, []string{held[0].URL, held[0].Secret, held[1].URL},
		[]string{"https://hooks.example.com/out/", created["secret"].(string), "https://hooks.example.com/stranger"})
	a.record("wallet.created")
	id := a.server.Events()[0].ID
	sandboxtest.Same(t, a.get("/webhooks/"+held[0].ID+"/events/"+id).ok(), map[string]any{
		"id": id, "date": epochText, "kind": "wallet.created", "data": map[string]any{"n": 1.0}, "status": "200",
		"timestampSent": float64(epoch.Unix()),
	})
}
