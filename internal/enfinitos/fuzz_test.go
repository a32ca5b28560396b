package enfinitos_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// FuzzAnswer has the API answer anything at all. Nothing may crash the client, and nothing but a 404 of the delivery
// list in the vendor's envelope may pass for the proof that a subscription is gone.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"ok":true,"data":{"subscription":{"subscriptionId":"s"},"signingSecret":"w"},"contractVersion":"v1.0"}`, `{"ok":false}`,
		`{"ok":true,"data":{"deliveries":[{}],"nextCursor":3}}`, `{"ok":true,"data":null,"contractVersion":2}`, `null`, `[]`, `{}`, "<html>",
		`{"errors":[{"message":"no"}]}`, `{"code":404,"message":"no Route matched"}`, `{"ok":true,"data":{"replay":{"ok":false},"delivery":null}}`,
	} {
		f.Add(200, body)
		f.Add(404, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 || status == 204 || status == 304 || status == 429 || status >= 500 {
			return // those without a body, and those that are only retried
		}
		client := serve(t, map[string]http.HandlerFunc{"/": says(status, body)}).client(t, once)
		_, _, err := client.Find(t.Context(), "s", "")
		if httpapi.IsNotFound(err) && (status != 404 || !refusing(body)) {
			t.Fatalf("%d %q passes for gone", status, body)
		}
		created, err := client.CreateSubscription(t.Context(), enfinitos.Settings{})
		if err == nil && (created.Subscription.ID == "" || status > 299) {
			t.Fatalf("%d %q passes for a subscription", status, body)
		}
		_, _ = client.Remove(t.Context(), "s", "")
		_, _ = client.ReplayDelivery(t.Context(), "s", "d")
		_, _ = client.ProcessDue(t.Context(), 1)
	})
}

// refusing reports whether a body is the vendor's envelope of a refusal.
func refusing(body string) bool {
	var in map[string]any
	return json.Unmarshal([]byte(body), &in) == nil && in["ok"] == false
}
