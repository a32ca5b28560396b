package enfinitos_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// epoch is when every test begins. It is not in UTC, so that a time that is not converted shows.
var epoch = time.Date(2026, 1, 2, 5, 4, 5, 678_000_000, time.FixedZone("east", 2*60*60))

const epochText = "2026-01-02T03:04:05Z"

// api is a sandbox together with a client of it. The client follows the vendor's pages and takes nothing from the sandbox but the key
// that Env returns.
type api struct {
	t      *testing.T
	server *enfinitos.Server
	clock  *clock.Manual
	key    string
}

func start(t *testing.T, change ...func(*enfinitos.Options)) *api {
	t.Helper()
	a, options := &api{t: t}, enfinitos.Options{}
	options.Options, a.clock = sandboxtest.Options(t, epoch)
	for _, c := range change {
		c(&options)
	}
	a.server = enfinitos.New(options)
	a.key = a.server.Env("")["ENFINITOS_API_KEY"]
	return a
}

type reply struct {
	sandboxtest.Reply

	t *testing.T
}

// send makes a call, such as "GET /v1/webhooks", with the headers the vendor asks for, each of which a change may replace.
func (a *api) send(call, body string, change ...func(http.Header)) reply {
	a.t.Helper()
	header := http.Header{"Authorization": {"Bearer " + a.key}, "Content-Type": {"application/json"}}
	for _, c := range change {
		c(header)
	}
	return reply{sandboxtest.Serve(a.t.Context(), a.server, call, body, header), a.t}
}

// issue raises an event of the kind right.issued.
func (a *api) issue(data string) {
	a.t.Helper()
	if _, err := a.server.Raise("right.issued", json.RawMessage(data)); err != nil {
		a.t.Fatal(err)
	}
}

// ok fails the test unless the answer is a success in its envelope, whose data it returns.
func (r reply) ok() map[string]any {
	r.t.Helper()
	envelope := sandboxtest.Decode[map[string]any](r.t, r.Body)
	data, isObject := envelope["data"].(map[string]any)
	delete(envelope, "data")
	if r.Status/100 != 2 || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Request-Id") == "" || !isObject ||
		!cmp.Equal(envelope, map[string]any{"ok": true, "contractVersion": "v1.0"}) {
		r.t.Fatalf("the answer is %d %v %s, want a success in the envelope", r.Status, r.Header, r.Body)
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
	}](r.t, r.Body)
	if r.Status != status || out.OK == nil || *out.OK || out.Data != nil || out.Error.Code == "" ||
		out.Error.Message == "" || !strings.Contains(out.Error.Message, words) {
		r.t.Errorf("the answer is %d %s, want %d with %q", r.Status, r.Body, status, words)
	}
	if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Request-Id") == "" {
		r.t.Errorf("the headers of the refusal are %v", r.Header)
	}
}

// create registers a webhook for each event at a URL, and returns the id.
func (a *api) create(url string) string {
	return a.server.Register(enfinitos.Subscription{URL: url, Events: []string{"*"}, Label: "x"})
}
