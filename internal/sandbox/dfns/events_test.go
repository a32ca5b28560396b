package dfns_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
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
	for _, item := range sandboxtest.Decode[struct{ Items []struct{ Kind string } }](a.t, answer.body).Items {
		kinds = append(kinds, item.Kind)
	}
	return kinds
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
		sandboxtest.Same(t, a.kinds("/webhooks/"+id+"/events"+query), want)
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

// The published schema of an event lacks the fields that only the vendor's prose names.
func TestBareEvent(t *testing.T) {
	t.Parallel()
	for _, bare := range []bool{false, true} {
		a := start(t, func(o *dfns.Options) { o.BareEvents = bare })
		path := "/webhooks/" + a.create("wallet.created") + "/events"
		a.record("wallet.created", `{}`)
		listed := a.page(path).Items[0].ID
		got := a.get(path + "/" + listed).ok()
		for _, name := range []string{"deliveryFailed", "deliveryAttempt"} {
			if _, told := got[name]; told == bare {
				t.Errorf("bare %t: %s is told: %t", bare, name, told)
			}
		}
	}
}
