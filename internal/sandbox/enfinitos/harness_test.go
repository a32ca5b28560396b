package enfinitos_test

import (
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// epoch is when every test begins. It is not in UTC, so that a time that is not converted shows.
var epoch = time.Date(2026, 1, 2, 5, 4, 5, 678_000_000, time.FixedZone("east", 2*60*60))

const epochText = "2026-01-02T03:04:05Z"

// api is a sandbox behind a listener together with a client of it. The client follows the vendor's pages and takes
// nothing from the sandbox but the key that Env tells.
type api struct {
	t      *testing.T
	server *enfinitos.Server
	clock  *clock.Manual
	client *http.Client
	url    string
	key    string
}

func start(t *testing.T, change ...func(*enfinitos.Options)) *api {
	t.Helper()
	a := &api{t: t, clock: clock.NewManual(epoch)}
	engine := delivery.New(delivery.Options{Now: a.clock.Now, Wait: a.clock.Wait, Timeout: time.Hour})
	t.Cleanup(engine.Close)
	options := enfinitos.Options{Clock: a.clock.Now, Random: rand.NewChaCha8([32]byte{1}), Engine: engine}
	for _, c := range change {
		c(&options)
	}
	a.server = enfinitos.New(options)
	mux := http.NewServeMux()
	mux.Handle("POST /_sandbox/events", engine.Events(a.server))
	mux.Handle("/", a.server)
	listener := httptest.NewServer(mux)
	t.Cleanup(listener.Close)
	a.url, a.client = listener.URL, listener.Client()
	a.key = a.server.Env(a.url)["ENFINITOS_API_KEY"]
	return a
}

func conventional(o *enfinitos.Options) { o.Conventional = true }

// reply is what a call was answered.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

// send makes a call, such as "GET /v1/webhooks", with the headers the vendor asks for, each of which a change may replace
// or remove.
func (a *api) send(call, body string, change ...func(http.Header)) reply {
	a.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	request, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+a.key)
	request.Header.Set("Content-Type", "application/json")
	for _, c := range change {
		c(request.Header)
	}
	response, err := a.client.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return reply{t: a.t, status: response.StatusCode, header: response.Header, body: string(text)}
}

// event makes the control call that raises one, which takes no credentials.
func (a *api) event(body string) reply {
	a.t.Helper()
	return a.send("POST /_sandbox/events", body, func(h http.Header) { h.Del("Authorization") })
}

// issue raises an event of the kind right.issued.
func (a *api) issue(data string) {
	a.t.Helper()
	if r := a.event(`{"kind":"right.issued","data":` + data + `}`); r.status != http.StatusOK {
		a.t.Fatalf("raising an event: %d %s", r.status, r.body)
	}
}

// ok fails the test unless the answer is a success in its envelope, whose data it returns.
func (r reply) ok(status ...int) map[string]any {
	r.t.Helper()
	want := append(status, http.StatusOK)[0]
	envelope := sandboxtest.Decode[map[string]any](r.t, r.body)
	data, isObject := envelope["data"].(map[string]any)
	delete(envelope, "data")
	if r.status != want || r.header.Get("Content-Type") != "application/json" || !isObject ||
		!cmp.Equal(envelope, map[string]any{"ok": true, "contractVersion": "v1.0"}) {
		r.t.Fatalf("the answer is %d (%s) %s, want %d in the envelope", r.status, r.header.Get("Content-Type"), r.body, want)
	}
	if r.header.Get("X-Request-Id") == "" {
		r.t.Error("the answer has no request id")
	}
	return data
}

// refused fails the test unless the answer is a refusal whose message holds the given words.
func (r reply) refused(status int, words string) {
	r.t.Helper()
	out := sandboxtest.Decode[struct {
		OK    *bool
		Error struct{ Code, Message string }
		Data  any
	}](r.t, r.body)
	if r.status != status || out.OK == nil || *out.OK || out.Data != nil || out.Error.Code == "" ||
		out.Error.Message == "" || !strings.Contains(out.Error.Message, words) {
		r.t.Errorf("the answer is %d %s, want %d with %q", r.status, r.body, status, words)
	}
	if r.header.Get("Content-Type") != "application/json" || r.header.Get("X-Request-Id") == "" {
		r.t.Errorf("the headers of the refusal are %v", r.header)
	}
}

const minimal = `{"url":"https://hooks.example.com/in","events":["right.issued"],"label":"ledger"}`

// over returns the minimal body with the given fields replaced or added, and those left out that are dropped.
func over(t *testing.T, fields string, dropped ...string) string {
	t.Helper()
	body := sandboxtest.Decode[map[string]any](t, minimal)
	maps.Copy(body, sandboxtest.Decode[map[string]any](t, "{"+fields+"}"))
	for _, name := range dropped {
		delete(body, name)
	}
	return sandboxtest.Encode(t, body)
}

// create registers a webhook and returns its id.
func (a *api) create(events ...string) string {
	a.t.Helper()
	body := over(a.t, `"events":`+sandboxtest.Encode(a.t, events))
	id, _ := a.send("POST /v1/webhooks", body).subscription(http.StatusCreated)["subscriptionId"].(string)
	return id
}

// described is the documented shape of a subscription created from minimal, with the given fields on top. The ids are
// those of an answer.
func described(got map[string]any, further map[string]any) map[string]any {
	out := map[string]any{
		"subscriptionId": got["subscriptionId"], "developerId": got["developerId"],
		"url": "https://hooks.example.com/in", "events": []any{"right.issued"}, "label": "ledger", "active": true,
		"createdAt": epochText, "lastDeliveredAt": nil, "secretLastRotatedAt": nil,
	}
	maps.Copy(out, further)
	return out
}

// subscription returns that of an answer.
func (r reply) subscription(status ...int) map[string]any {
	r.t.Helper()
	data := r.ok(status...)
	out, _ := data["subscription"].(map[string]any)
	return out
}

// held returns the one subscription the sandbox holds.
func (a *api) held() enfinitos.Subscription {
	a.t.Helper()
	all := a.server.Subscriptions()
	if len(all) != 1 {
		a.t.Fatalf("there are %d subscriptions, want one", len(all))
	}
	return all[0]
}
