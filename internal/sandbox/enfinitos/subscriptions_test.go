package enfinitos_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func conventional(o *enfinitos.Options) { o.Conventional = true }

// TestDocuments makes the calls of the documents in testdata, one for each profile.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for document, profile := range map[string]func(*enfinitos.Options){
		"documented": func(*enfinitos.Options) {}, "conventional": conventional,
	} {
		t.Run(document, func(t *testing.T) {
			t.Parallel()
			a := start(t, profile)
			texts := sandboxtest.Converse(t, "testdata/"+document+".txt", func(method, path, body string) (int, string) {
				got := a.send(method+" "+path, body)
				if got.Status/100 == 2 {
					got.ok()
				} else {
					got.refused(got.Status, "")
				}
				return got.Status, got.Body
			})
			for name, shape := range map[string]string{
				"id": `^whs_[a-z0-9]{20}$`, "developer": `^dev_[a-z0-9]{16}$`, "secret": `^whsec_[a-z0-9]{40}$`,
			} {
				if !regexp.MustCompile(shape).MatchString(texts[name]) {
					t.Errorf("%s is %q", name, texts[name])
				}
			}
		})
	}
}

// A label has up to 60 characters, however many bytes they have.
func TestLabelLength(t *testing.T) {
	t.Parallel()
	a := start(t)
	for label, status := range map[string]int{
		strings.Repeat("a", 60): 201, strings.Repeat("a", 61): 400, strings.Repeat("🙂", 60): 201, strings.Repeat("🙂", 61): 400,
	} {
		body := `{"url":"https://hooks.example.com/in","events":["*"],"label":"` + label + `"}`
		sandboxtest.Same(t, a.send("POST /v1/webhooks", body).Status, status)
	}
}

func TestHeadersAreRequired(t *testing.T) {
	t.Parallel()
	a := start(t, conventional)
	if !regexp.MustCompile(`^sk_sandbox_[a-z0-9]{32}$`).MatchString(a.key) {
		t.Errorf("the key is %q", a.key)
	}
	id := a.create("https://hooks.example.com/in")
	for _, c := range []struct {
		name, value, words string
		status             int
	}{
		{"Authorization", "", "API key", 401},
		{"Authorization", a.key, "API key", 401},
		{"Authorization", "Bearer " + a.key + "x", "API key", 401},
		{"Content-Type", "", "application/json", 415},
		{"Content-Type", "text/plain", "application/json", 415},
	} {
		for _, call := range []string{"POST /v1/webhooks", "DELETE /v1/webhooks/" + id, "POST /v1/webhooks/" + id + "/active", "GET /v1/nothing"} {
			got := a.send(call, `{"active":false}`, func(h http.Header) { h.Set(c.name, c.value) })
			got.refused(c.status, c.words)
			sandboxtest.Same(t, strings.Contains(got.Body, a.key), false)
		}
	}
	sandboxtest.Same(t, a.server.Subscriptions()[0].Active, true)
	a.send("GET /v1/webhooks", "", func(h http.Header) { h.Del("Content-Type") }).ok()
	a.send("DELETE /v1/webhooks/"+id, "{}", func(h http.Header) { h.Set("Content-Type", "application/json; charset=utf-8") }).ok()
}

// A reset also ends what tests have set in the sandbox. The account and its key stay.
func TestReset(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("https://hooks.example.com/in")
	a.issue("{}")
	a.server.AnswerContract("v1.1")
	a.server.FailReplays("dead")
	sandboxtest.Contains(t, a.send("GET /v1/webhooks/"+id+"/deliveries", "").Body, `"contractVersion":"v1.1"`)
	sandboxtest.Contains(t, a.send("GET /v1/nothing", "").Body, `"contractVersion":"v1.1"`)
	a.server.Reset()
	sandboxtest.Same(t, len(a.server.Subscriptions())+len(a.server.Deliveries())+a.server.Pending(), 0)
	a.send("GET /v1/webhooks/"+id+"/deliveries", "").refused(404, "Subscription not found")
	id = a.create(sandboxtest.Receive(t, 200).URL)
	sandboxtest.Same(t, a.send(a.replay(id, a.add(id, enfinitos.Delivery{})), "").ok()["replay"], any(map[string]any{"ok": true, "errorMessage": nil}))
}

func TestChangesFromOutside(t *testing.T) {
	t.Parallel()
	a := start(t, conventional)
	id := a.server.Register(enfinitos.Subscription{URL: "https://hooks.example.com/in", Events: []string{"right.issued"}, Label: "ledger"})
	call := "GET /v1/webhooks/" + id
	want := a.send(call, "").ok()["subscription"].(map[string]any)
	err := a.server.Edit(id, func(s *enfinitos.Subscription) {
		s.Label, s.Active = "new", false
		s.LastDelivered, s.SecretRotated = epoch.Add(time.Minute), epoch.Add(time.Hour)
	})
	if err != nil {
		t.Fatal(err)
	}
	want["label"], want["active"] = "new", false
	want["lastDeliveredAt"], want["secretLastRotatedAt"] = "2026-01-02T03:05:05Z", "2026-01-02T04:04:05Z"
	sandboxtest.Same(t, a.send(call, "").ok()["subscription"], any(want))
	a.server.Remove(id)
	a.send(call, "").refused(404, "Subscription not found")
}
