package sandbox_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// The page is the same on every listener, loads nothing from elsewhere, and none of its requests is a call of a vendor.
func TestPage(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{ReceiverAddress: "127.0.0.1:0"})
	var log []string
	for _, url := range []string{s.DfnsURL, s.EnfinitosURL, s.ReceiverURL} {
		for path, contains := range map[string]string{
			"/": "<title>webhook-sandbox</title>", "/_sandbox/page.js": "EventSource", "/_sandbox/page.css": "prefers-color-scheme", "/favicon.ico": "",
			"/_sandbox/state": `"deliveries":{"dfns":[],"enfinitos":[]}`,
		} {
			got := s.do(s.client, "GET", url+path, "", http.Header{})
			if got.status/100 != 2 || !strings.Contains(got.body, contains) {
				t.Errorf("%s%s is answered %d %s", url, path, got.status, got.body)
			}
			log = append(log, got.header.Get("Content-Security-Policy"))
			for _, elsewhere := range []string{"http://", "https://", "//cdn", "style=", "onclick"} {
				if path != "/_sandbox/state" && strings.Contains(got.body, elsewhere) {
					t.Errorf("%s loads something: %q", path, elsewhere)
				}
			}
		}
	}
	for _, policy := range log {
		if policy != "" && (!strings.HasPrefix(policy, "default-src 'none'; script-src 'self'") || strings.Contains(policy, "unsafe")) {
			t.Errorf("the policy is %q", policy)
		}
	}
	sandboxtest.Same(t, s.journal(), []string{})
	sandboxtest.Same(t, s.send("POST", "/", "", "").status, 404) // that is the vendor's
}

// A page of another origin can neither read nor change anything.
func TestPageOfAnotherOrigin(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	s.create()
	for header, status := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 204, "none": 204} {
		got := s.do(s.client, "POST", s.DfnsURL+"/_sandbox/enfinitos/reset", "", http.Header{"Sec-Fetch-Site": {header}})
		sandboxtest.Same(t, []any{header, got.status, got.header.Get("Access-Control-Allow-Origin")}, []any{header, status, ""})
	}
	sandboxtest.Same(t, len(s.Dfns.Webhooks()), 1)
}

// stream reads what the sandbox pushes to an open page.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
}

func (s *running) stream() *stream {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), sandboxtest.Patience)
	s.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.EnfinitosURL+"/_sandbox/stream", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	return &stream{s.t, lines}
}

// next returns the next event and its data.
func (s *stream) next() (event, data string) {
	s.t.Helper()
	for s.lines.Scan() {
		line := s.lines.Text()
		if name, found := strings.CutPrefix(line, "event: "); found {
			event = name
		} else if text, found := strings.CutPrefix(line, "data: "); found {
			return event, text
		}
	}
	s.t.Fatalf("the stream ends: %v", s.lines.Err())
	return "", ""
}

// until reads changes until one holds a text, and fails the test if anything holds another one.
func (s *stream) until(text, never string) string {
	s.t.Helper()
	for {
		event, data := s.next()
		if event != "change" || strings.Contains(data, never) {
			s.t.Fatalf("the sandbox sends %s %s", event, data)
		}
		if strings.Contains(data, text) {
			return data
		}
	}
}

// An open page gets everything once, and then what changes and nothing else.
func TestStream(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{ReceiverAddress: "127.0.0.1:0"})
	old := s.Dfns.Register(dfns.Webhook{URL: "http://127.0.0.1:1/", Events: []string{"key.created"}, Status: "Enabled"})
	page := s.stream()
	event, data := page.next()
	if event != "state" || !strings.Contains(data, old) || !strings.Contains(data, `"name":"wallet.created"`) {
		t.Fatalf("it begins with %s %s", event, data)
	}
	made := s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL, Events: []string{"*"}, Status: "Enabled"})
	page.until(made, old)
	s.control("POST events", `{"kind":"wallet.created"}`, 200)
	page.until(`"state":"delivered","outcome":"200"`, old)
	s.call("GET /webhooks?limit=1")
	page.until(`"path":"/webhooks","query":"limit=1","status":200`, old)
	s.fault(`{"effect":"status","status":503,"path":"/webhooks/*"}`)
	page.until(`"faults":{"dfns":[{"number":1,"hits":0,"path":"/webhooks/*"`, old)
	s.call("GET /webhooks/x")
	page.until(`"number":1,"hits":1`, old)
	s.Dfns.Remove(made)
	page.until(`"gone":{"dfns":["`+made+`"]}`, old)
	s.control("POST reset", "", 204)
	event, data = page.next()
	if event != "state" || strings.Contains(data, old) {
		t.Errorf("a reset sends %s %s", event, data)
	}
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
		attempts     func() int
		stop         func()
	}{
		"dfns": {"policy.triggered", "X-DFNS-WEBHOOK-SIGNATURE", func() int { return len(s.Dfns.Events()) },
			func() { _ = s.Dfns.Edit(s.Dfns.Webhooks()[0].ID, func(w *dfns.Webhook) { w.Status = "Disabled" }) }},
		"enfinitos": {"right.issued", "Enfinitos-Signature", func() (n int) {
			for _, delivery := range s.Enfinitos.Deliveries() {
				n += delivery.Attempts
			}
			return n
		}, func() {
			_ = s.Enfinitos.Edit(s.Enfinitos.Subscriptions()[0].ID, func(w *enfinitos.Subscription) { w.Active = false })
		}},
	} {
		send := func(method, path, body string) reply { return s.send(method, "/_sandbox/"+vendor+"/"+path, body, "") }
		sandboxtest.Same(t, send("POST", "events", `{"kind":"`+test.kind+`"}`).status, 200)
		sandboxtest.Eventually(t, "it is delivered", func() bool { return test.attempts() == 1 })
		row := s.At(vendor).Vendor.Overview().Deliveries[0]
		var opened struct {
			URL, Kind, Payload, Answer string
			Headers                    map[string]string
		}
		if err := json.Unmarshal([]byte(send("GET", "deliveries/"+row.ID, "").body), &opened); err != nil {
			t.Fatal(err)
		}
		sandboxtest.Same(t, []string{opened.Kind, opened.Answer, opened.Headers[test.header]}, []string{test.kind, "received\n", row.Signature})
		sandboxtest.Same(t, strings.Contains(opened.URL, "hunter2") || row.Signature == "" || !json.Valid([]byte(opened.Payload)), false)
		if state := s.control("GET state", "", 200); !strings.Contains(state, `"id":"`+row.ID+`"`) || strings.Count(state, `"verdict":"verified"`) == 0 {
			t.Errorf("the verdict of the receiver is not in the state: %s", state)
		}
		sandboxtest.Same(t, send("POST", "deliveries/"+row.ID+"/resend", "").status, 204)
		sandboxtest.Eventually(t, "it is sent again", func() bool { return test.attempts() == 2 })
		test.stop()
		sandboxtest.Same(t, send("POST", "deliveries/"+row.ID+"/resend", "").status, 409)
		sandboxtest.Same(t, send("POST", "deliveries/none/resend", "").status, 409)
		sandboxtest.Same(t, send("GET", "deliveries/none", "").status, 404)
	}
	s.Close() // so that nothing more is written
	sandboxtest.Contains(t, log.String(), "receiver  verified  dfns policy.triggered, attempt 1, signed for "+s.Dfns.Webhooks()[0].ID+"\n",
		"receiver  verified  enfinitos right.issued, signed for "+s.Enfinitos.Subscriptions()[0].ID+"\n")
}
