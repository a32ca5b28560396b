package sandbox_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// The page is the same on every listener, loads nothing from elsewhere, and none of its requests is a call of a vendor.
func TestPage(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{ReceiverAddress: "127.0.0.1:0"})
	for _, url := range []string{s.DfnsURL, s.EnfinitosURL, s.ReceiverURL} {
		get := func(path string) reply { return s.do(url, "GET "+path, "", http.Header{}) }
		for path, contains := range map[string]string{
			"/": "<title>webhook-sandbox</title>", "/_sandbox/page.js": "EventSource", "/_sandbox/page.css": "prefers-color-scheme",
		} {
			got := get(path)
			sandboxtest.Contains(t, got.body, contains)
			if policy := got.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'") || strings.Contains(policy, "unsafe") {
				t.Errorf("the policy is %q", policy)
			}
			for _, elsewhere := range []string{"http://", "https://", "//cdn", "style=", "onclick"} {
				if strings.Contains(got.body, elsewhere) {
					t.Errorf("%s loads something: %q", path, elsewhere)
				}
			}
		}
		sandboxtest.Contains(t, get("/_sandbox/state").body, `"deliveries":{"dfns":[],"enfinitos":[]`)
		sandboxtest.Same(t, get("/favicon.ico").status, 204)
	}
	sandboxtest.Same(t, len(s.DfnsCalls.Journal()), 0)
	sandboxtest.Same(t, s.call("POST /").status, 404) // that is the vendor's
}

// A page of another origin can neither read nor change anything.
func TestPageOfAnotherOrigin(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	for header, status := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 204, "none": 204} {
		s.create()
		got := s.do(s.DfnsURL, "POST /_sandbox/enfinitos/reset", "", http.Header{"Sec-Fetch-Site": {header}})
		sandboxtest.Same(t, []any{header, got.status, got.header.Get("Access-Control-Allow-Origin")}, []any{header, status, ""})
		sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()) > 0, status == 403)
	}
}

// stream opens what the sandbox pushes to a page. It returns a function that reads events of a kind until one has a text, and fails the
// test if an event is of another kind or has a text that none may have.
func (s *running) stream() (until func(kind, text, never string)) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), sandboxtest.Patience)
	s.t.Cleanup(cancel)
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.EnfinitosURL+"/_sandbox/stream", nil)
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	return func(kind, text, never string) {
		s.t.Helper()
		for lines.Scan() {
			line := lines.Text()
			if event, isEvent := strings.CutPrefix(line, "event: "); isEvent && event != kind || strings.Contains(line, never) {
				s.t.Fatalf("the sandbox sends %s", line)
			}
			if strings.Contains(line, text) {
				return
			}
		}
		s.t.Fatalf("the stream ends: %v", lines.Err())
	}
}

// An open page gets everything once, and then what changes and nothing else.
func TestStream(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{ReceiverAddress: "127.0.0.1:0"})
	old := s.Dfns.Register(dfns.Webhook{URL: "http://127.0.0.1:1/", Events: []string{"key.created"}, Status: "Enabled"})
	until := s.stream()
	until("state", `"name":"wallet.created"`, `"deliveries":{}`)
	made := s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL, Events: []string{"*"}, Status: "Enabled"})
	until("change", made, old)
	s.control("POST events", `{"kind":"wallet.created"}`, 200)
	until("change", `"state":"delivered","outcome":"200"`, old)
	s.call("GET /webhooks?limit=1")
	until("change", `"path":"/webhooks","query":"limit=1","status":200`, old)
	s.fault(s.DfnsCalls, `{"effect":"status","status":503,"path":"/webhooks/*"}`)
	until("change", `"faults":{"dfns":[{"number":1,"hits":0,"path":"/webhooks/*"`, old)
	s.call("GET /webhooks/x")
	until("change", `"number":1,"hits":1`, old)
	s.Dfns.Remove(made)
	until("change", `"gone":{"dfns":["`+made+`"]}`, old)
	s.control("POST reset", "", 204)
	until("state", `"webhooks":{"dfns":[]`, old)
}

// What was sent and answered is read when a delivery is opened. It can be sent again.
func TestOpenedDelivery(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, sandbox.Config{ReceiverAddress: "127.0.0.1:0", Log: &log, DeliveryTimeout: time.Hour})
	sandboxtest.Same(t, s.Env()["WEBHOOK_RECEIVER_URL"], s.ReceiverURL)
	s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL + "?token=hunter2", Events: []string{"*"}, Status: "Enabled"})
	s.Enfinitos.Register(enfinitos.Subscription{URL: s.ReceiverURL, Events: []string{"*"}, Label: "x"})
	for vendor, test := range map[string]struct {
		kind, header string
		stop         func() error
	}{
		"dfns": {"policy.triggered", "X-DFNS-WEBHOOK-SIGNATURE", func() error {
			return s.Dfns.Edit(s.Dfns.Webhooks()[0].ID, func(w *dfns.Webhook) { w.Status = "Disabled" })
		}},
		"enfinitos": {"right.issued", "Enfinitos-Signature", func() error {
			return s.Enfinitos.Edit(s.Enfinitos.Subscriptions()[0].ID, func(w *enfinitos.Subscription) { w.Active = false })
		}},
	} {
		shown := s.At(vendor).Vendor
		delivered := func() { sandboxtest.Eventually(t, "it is delivered", func() bool { return shown.Pending() == 0 }) }
		s.control("POST "+vendor+"/events", `{"kind":"`+test.kind+`"}`, 200)
		delivered()
		row := shown.Overview().Deliveries[0]
		opened := sandboxtest.Decode[wire.Content](t, s.control("GET "+vendor+"/deliveries/"+row.ID, "", 200))
		sandboxtest.Same(t, []string{opened.Kind, opened.Answer, opened.Headers[test.header]}, []string{test.kind, "received\n", row.Signature})
		sandboxtest.Same(t, strings.Contains(opened.URL, "hunter2") || row.Signature == "" || !json.Valid([]byte(opened.Payload)), false)
		sandboxtest.Contains(t, s.control("GET state", "", 200), `"id":"`+row.ID+`"`, `"verdict":"verified"`)
		s.control("POST "+vendor+"/deliveries/"+row.ID+"/resend", "", 204)
		delivered()
		if err := test.stop(); err != nil {
			t.Fatal(err)
		}
		s.control("POST "+vendor+"/deliveries/"+row.ID+"/resend", "", 409)
		s.control("POST "+vendor+"/deliveries/none/resend", "", 409)
		s.control("GET "+vendor+"/deliveries/none", "", 404)
	}
	s.Close() // so that nothing more is written
	sandboxtest.Same(t, slices.Sorted(strings.Lines(log.String())), []string{
		"receiver  verified  dfns policy.triggered, attempt 1, signed for " + s.Dfns.Webhooks()[0].ID + "\n",
		"receiver  verified  dfns policy.triggered, attempt 1, signed for " + s.Dfns.Webhooks()[0].ID + "\n",
		"receiver  verified  enfinitos right.issued, signed for " + s.Enfinitos.Subscriptions()[0].ID + "\n",
		"receiver  verified  enfinitos right.issued, signed for " + s.Enfinitos.Subscriptions()[0].ID + "\n",
	})
}
