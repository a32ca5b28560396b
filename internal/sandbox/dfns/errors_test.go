package dfns_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// refusal is how the sandbox refuses a call when it is told to.
func (a *api) refusal(call string, status int, message string) reply {
	a.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	out := httptest.NewRecorder()
	a.server.Refuse(out, httptest.NewRequestWithContext(a.t.Context(), method, path, nil), status, message)
	return reply{t: a.t, status: out.Code, header: out.Header(), body: out.Body.String()}
}

func TestRefuseNamesThePermission(t *testing.T) {
	t.Parallel()
	a := start(t)
	for call, permission := range map[string]string{
		"POST /webhooks":              "Webhooks:Create",
		"GET /webhooks":               "Webhooks:Read",
		"GET /webhooks/wh":            "Webhooks:Read",
		"PUT /webhooks/wh":            "Webhooks:Update",
		"DELETE /webhooks/wh":         "Webhooks:Delete",
		"POST /webhooks/wh/ping":      "Webhooks:Ping",
		"GET /webhooks/wh/events":     "Webhooks:Events:Read",
		"GET /webhooks/wh/events/whe": "Webhooks:Events:Read",
	} {
		a.refusal(call, 403, "").refused(403, "is not authorized to perform operation ("+permission+")")
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.refusal("GET /webhooks", 401, "").refused(401, "Not Authorized.")
	a.refusal("GET /webhooks/wh", 404, "").refused(404, "Webhook not found")
	a.refusal("GET /webhooks", 500, "").refused(500, "Internal Server Error")
	told := a.refusal("GET /webhooks", 402, "pay first")
	told.refused(402, "pay first")
	sandboxtest.Same(t, told.header.Get("Date"), epoch.Format(http.TimeFormat))
	if told.header.Get("X-Request-Id") == "" {
		t.Error("a refusal has no request id")
	}
}
