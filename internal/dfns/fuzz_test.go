package dfns_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

// FuzzAnswer has the API answer anything at all. Nothing may crash the client, and what it takes for a webhook is one.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"id":"wh-1","url":"https://h.example","events":["*"],"status":"Enabled","secret":"whs-1"}`, `{"items":[{"id":"a"}],"nextPageToken":"b"}`,
		`{"error":{"message":"no"}}`, `{"deleted":"true"}`, `[]`, `null`, `"`, `{"id":1}`, `{"items":null}`, "<html>",
	} {
		f.Add(200, body)
		f.Add(404, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 || status == 204 || status == 304 || status == 429 || status >= 500 {
			return // those without a body, and those that are only retried
		}
		a := serve(t, map[string]http.HandlerFunc{"/webhooks": says(status, body), "/webhooks/": says(status, body)})
		client := a.client(t)
		webhook, err := client.GetWebhook(t.Context(), "wh-1")
		if err == nil && (webhook.ID != "wh-1" || webhook.URL == "" || strings.Contains(string(webhook.Secret), "*")) {
			t.Fatalf("%d %q is taken for %+v", status, body, webhook)
		}
		if _, err := collect(client.ListWebhooks(t.Context(), 0)); err == nil && status > 299 {
			t.Fatalf("%d %q is taken for a list", status, body)
		}
		if _, err := client.PingWebhook(t.Context(), "wh-1"); err == nil && status > 299 {
			t.Fatalf("%d %q is taken for a ping", status, body)
		}
		_, _ = client.GetWebhookEvent(t.Context(), "wh-1", "whe-1")
		_ = client.DeleteWebhook(t.Context(), "wh-1", "")
	})
}

// The value was computed with printf '{"a":1}' | openssl dgst -sha256 -hmac whs-0123.
func TestSignature(t *testing.T) {
	t.Parallel()
	const want = "sha256=4f2dc4ed4e8a1af8323d3d82baf9ba0d0cdd0a939613df9fc848cfaaccbf5d19"
	if got := dfns.Signature("whs-0123", []byte(`{"a":1}`)); got != want {
		t.Errorf("it is %s, want %s", got, want)
	}
}
