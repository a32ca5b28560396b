package enfinitos_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestEnv(t *testing.T) {
	t.Parallel()
	env := start(t).server.Env("http://127.0.0.1:1")
	if !regexp.MustCompile(`^sk_sandbox_[a-z0-9]{32}$`).MatchString(env["ENFINITOS_API_KEY"]) {
		t.Errorf("the key is %q", env["ENFINITOS_API_KEY"])
	}
	delete(env, "ENFINITOS_API_KEY")
	sandboxtest.Same(t, env, map[string]string{"ENFINITOS_API_URL": "http://127.0.0.1:1"})
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	a := start(t, conventional)
	id := a.create("*")
	for name, header := range map[string]string{
		"none": "", "other key": "Bearer sk_sandbox_other", "no scheme": a.key, "other scheme": "Basic " + a.key,
		"more": "Bearer " + a.key + "x", "less": "Bearer " + a.key[:20],
	} {
		for _, call := range []string{
			"POST /v1/webhooks", "GET /v1/webhooks", "GET /v1/webhooks/" + id, "DELETE /v1/webhooks/" + id,
			"POST /v1/webhooks/" + id + "/active", "GET /v1/webhooks/" + id + "/deliveries",
			"POST /v1/webhooks/deliveries/process-due", "GET /v1/nothing",
		} {
			got := a.send(call, minimal, func(h http.Header) { h.Set("Authorization", header) })
			if got.refused(401, "API key"); strings.Contains(got.body, a.key) {
				t.Errorf("%s, %s: the key is in %s", name, call, got.body)
			}
		}
	}
	sandboxtest.Same(t, a.held().Active, true)
}

func TestContentType(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded"} {
		a.send("POST /v1/webhooks", minimal, func(h http.Header) { h.Set("Content-Type", kind) }).refused(415, "application/json")
	}
	a.send("POST /v1/webhooks", minimal, func(h http.Header) { h.Set("Content-Type", "application/json; charset=utf-8") }).ok(201)
	a.send("POST /v1/webhooks/deliveries/process-due", "", func(h http.Header) { h.Del("Content-Type") }).ok()
}

// undocumented are calls that only the conventional profile has. %s is the id of a subscription.
var undocumented = []string{"GET /v1/webhooks", "GET /v1/webhooks/%s", "DELETE /v1/webhooks/%s"}

func TestDocumentedProfileLacksOtherCalls(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	for _, call := range undocumented {
		a.send(strings.ReplaceAll(call, "%s", id), "").refused(404, "Not found")
	}
	sandboxtest.Same(t, a.held().ID, id)
}

func TestUnknownRoutes(t *testing.T) {
	t.Parallel()
	for profile, change := range map[string]func(*enfinitos.Options){"documented": func(*enfinitos.Options) {}, "conventional": conventional} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			a := start(t, change)
			id := a.create("*")
			for _, call := range []string{
				"GET /", "GET /v1", "GET /v1/webhooks/", "GET /webhooks", "GET /v2/webhooks", "PUT /v1/webhooks",
				"PUT /v1/webhooks/%s", "PATCH /v1/webhooks/%s", "POST /v1/webhooks/%s", "POST /v1/webhooks/%s/rotate",
				"GET /v1/webhooks/%s/active", "PUT /v1/webhooks/%s/active", "POST /v1/webhooks/%s/deliveries",
				"GET /v1/webhooks/%s/deliveries/dlv_1", "POST /v1/webhooks/%s/deliveries/dlv_1",
				"GET /v1/webhooks/%s/deliveries/dlv_1/replay", "GET /v1/webhooks/deliveries/process-due",
			} {
				a.send(strings.ReplaceAll(call, "%s", id), "").refused(404, "Not found")
			}
		})
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	a := start(t)
	for status, code := range map[int]string{401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "too_many_requests", 503: "service_unavailable"} {
		for _, message := range []string{"", "as told"} {
			out := httptest.NewRecorder()
			a.server.Refuse(out, httptest.NewRequestWithContext(t.Context(), "GET", "/v1/webhooks", nil), status, message)
			got := reply{t: t, status: out.Code, header: out.Header(), body: out.Body.String()}
			if message == "" {
				message = http.StatusText(status)
			}
			got.refused(status, message)
			sandboxtest.Same(t, sandboxtest.Decode[map[string]any](t, got.body)["error"], any(map[string]any{"code": code, "message": message}))
		}
	}
}

func TestAnswerContract(t *testing.T) {
	t.Parallel()
	a := start(t)
	version := func(call, body string) any {
		return sandboxtest.Decode[map[string]any](t, a.send(call, body).body)["contractVersion"]
	}
	sandboxtest.Same(t, version("POST /v1/webhooks", minimal), any("v1.0"))
	a.server.AnswerContract("v1.1")
	sandboxtest.Same(t, version("POST /v1/webhooks", minimal), any("v1.1"))
	sandboxtest.Same(t, version("GET /v1/nothing", ""), any("v1.1"))
	a.server.Reset()
	sandboxtest.Same(t, version("POST /v1/webhooks", minimal), any("v1.0"))
}

func TestReset(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	a.issue("{}")
	a.server.FailReplays("dead")
	a.server.Reset()
	sandboxtest.Same(t, len(a.server.Subscriptions())+len(a.server.Deliveries()), 0)
	a.send("GET /v1/webhooks/"+id+"/deliveries", "").refused(404, "Subscription not found")

	id, _ = a.subscribe(sandboxtest.Receive(t, 200), `"*"`) // the account and its key stay
	delivery := a.server.AddDelivery(enfinitos.Delivery{SubscriptionID: id, Status: enfinitos.Failed})
	sandboxtest.Same(t, a.send("POST /v1/webhooks/"+id+"/deliveries/"+delivery+"/replay", "").ok()["replay"],
		any(map[string]any{"ok": true, "errorMessage": nil}))
}
