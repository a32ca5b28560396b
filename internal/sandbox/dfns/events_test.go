package dfns_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

var eventID = regexp.MustCompile(`^whe-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$`)

// control makes a call under /_sandbox/, which takes no credentials.
func (a *api) control(path, body string) reply {
	a.t.Helper()
	return a.send(http.MethodPost, path, body, func(h http.Header) { h.Del("Authorization") })
}

// record has events in the books without a receiver.
func (a *api) record(kind, data string) {
	a.t.Helper()
	if err := a.server.RecordEvent(kind, json.RawMessage(data)); err != nil {
		a.t.Fatal(err)
	}
}

func (a *api) kinds(path string) []string {
	a.t.Helper()
	answer := a.get(path)
	answer.ok()
	kinds := []string{}
	for _, item := range decode[struct{ Items []struct{ Kind string } }](a.t, answer.body).Items {
		kinds = append(kinds, item.Kind)
	}
	return kinds
}

func TestEvent(t *testing.T) {
	t.Parallel()
	for _, bare := range []bool{false, true} {
		a := start(t, func(o *dfns.Options) { o.BareEvents = bare })
		id := a.create("wallet.created")
		a.clock.Move(time.Minute)
		a.record("wallet.created", `{"wallet":{"id":"wa-1"}}`)
		path := "/webhooks/" + id + "/events"
		event := a.page(path).Items[0].ID
		if !eventID.MatchString(event) {
			t.Errorf("id is %q", event)
		}
		want := map[string]any{
			"id": event, "date": "2026-01-02T03:05:05.678Z", "kind": "wallet.created", "status": "200",
			"data": map[string]any{"wallet": map[string]any{"id": "wa-1"}}, "timestampSent": float64(epoch.Add(time.Minute).Unix()),
		}
		if !bare {
			want["deliveryFailed"], want["deliveryAttempt"] = false, 1.0
		}
		same(t, a.get(path+"/"+event).ok(), want)
		same(t, a.get(path).ok(), map[string]any{"items": []any{want}})
	}
}

func TestEventsGoToSubscribers(t *testing.T) {
	t.Parallel()
	a := start(t)
	one, other, all, disabled := a.create("wallet.created"), a.create("policy.triggered"), a.create("*"), a.create("*")
	a.change("PUT", "/webhooks/"+disabled, `{"status":"Disabled"}`).ok()
	a.record("wallet.created", `{}`)
	for id, want := range map[string]int{one: 1, other: 0, all: 1, disabled: 0} {
		same(t, len(a.page("/webhooks/"+id+"/events").Items), want)
	}
}

func TestEventWithoutData(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	a.record("wallet.created", "")
	path := "/webhooks/" + id + "/events"
	same(t, a.get(path + "/" + a.page(path).Items[0].ID).ok()["data"], map[string]any{})
}

func TestEventFilters(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	for _, kind := range []string{"wallet.created", "policy.triggered", "wallet.created"} {
		a.record(kind, `{}`)
	}
	all := []string{"wallet.created", "policy.triggered", "wallet.created"}
	for query, want := range map[string][]string{
		"":                          all,
		"?kind=wallet.created":      {"wallet.created", "wallet.created"},
		"?kind=vault.created":       {},
		"?deliveryFailed=false":     all,
		"?deliveryFailed=true":      {},
		"?kind=policy.triggered":    {"policy.triggered"},
		"?deliveryFailed=&kind=":    all,
		"?deliveryFailed=true&kind": {},
	} {
		same(t, a.kinds("/webhooks/"+id+"/events"+query), want)
	}
}

func TestBadEventFilters(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := "/webhooks/" + a.create("*") + "/events"
	a.get(path+"?kind=*").refused(400, "kind")
	a.get(path+"?kind=wallet").refused(400, "kind")
	a.get(path+"?deliveryFailed=yes").refused(400, "deliveryFailed")
	a.get(path+"?deliveryFailed=TRUE").refused(400, "deliveryFailed")
}

// TestEventOfAnotherWebhook asks for an event that exists, but not there.
func TestEventOfAnotherWebhook(t *testing.T) {
	t.Parallel()
	a := start(t)
	mine, other := a.create("wallet.created"), a.create("policy.triggered")
	a.record("wallet.created", `{}`)
	event := a.page("/webhooks/" + mine + "/events").Items[0].ID
	a.get("/webhooks/"+other+"/events/"+event).refused(404, "event not found")
	a.get("/webhooks/"+mine+"/events/whe-aaaaa-bbbbb-cccccccccccccccc").refused(404, "event not found")
	a.change("DELETE", "/webhooks/"+mine, "").ok()
	a.get("/webhooks/"+mine+"/events/"+event).refused(404, "Webhook not found")
	a.get("/webhooks/"+mine+"/events").refused(404, "Webhook not found")
}

func TestRefusedEvents(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	for body, words := range map[string]string{
		`{"kind":"*"}`:                          "kind",
		`{"kind":"wallet"}`:                     "kind",
		`{}`:                                    "kind",
		`{"kind":"wallet.created","data":null}`: "data",
		`{"kind":"wallet.created","dta":{}}`:    "dta",
		`{"kind":"wallet.created","data":[{"a": 1}]}`: "data",
		`nonsense`: "",
	} {
		a.control("/_sandbox/events", body).refused(400, words)
	}
	same(t, a.kinds("/webhooks/"+id+"/events"), []string{})
}
