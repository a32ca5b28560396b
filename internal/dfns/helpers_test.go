package dfns_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/oddapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// now is what the clock of every sandbox shows.
var now = time.Date(2026, 10, 1, 12, 30, 0, 5e6, time.UTC)

const nowText = "2026-10-01T12:30:00.005Z"

// wanted is the webhook that the tests create.
var wanted = dfns.Settings{URL: "https://h.example", Events: []string{"key.created", "wallet.created"}, Status: "Enabled"}

// held returns a webhook of the wanted content as a sandbox holds it.
func held() state.Webhook {
	return state.Webhook{URL: wanted.URL, Events: []string{"wallet.created", "key.created"}, Status: "Enabled"}
}

// The calls of a create, as journal returns them.
const (
	listing   = "GET /webhooks?limit=200"
	challenge = "POST /auth/action/init"
	answer    = "POST /auth/action"
	create    = "POST /webhooks"
)

// get is a read of one webhook, after withoutIDs.
const get = "GET /webhooks/ID"

// start returns a sandbox whose ids, secrets and dates are the same in every run.
func start(t *testing.T, changes ...func(*sandbox.Config)) *sandbox.Sandbox {
	t.Helper()
	config := sandbox.Config{Seed: 1, Clock: func() time.Time { return now }}
	for _, change := range changes {
		change(&config)
	}
	s, err := sandbox.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// newClient returns a client for the account of a sandbox. It retries three times and hardly pauses, neither before it retries nor
// until reads are up to date.
func newClient(t *testing.T, s *sandbox.Sandbox, changes ...func(*dfns.Config)) *dfns.Client {
	t.Helper()
	env := s.Env()
	signer := must(dfns.ParsePrivateKey(env["DFNS_PRIVATE_KEY"]))
	return configured(t, append([]func(*dfns.Config){func(config *dfns.Config) {
		config.CredentialID, config.Signer = env["DFNS_CRED_ID"], signer
		config.HTTP.BaseURL, config.HTTP.BearerToken = env["DFNS_API_URL"], env["DFNS_AUTH_TOKEN"]
	}}, changes...))
}

func configured(t *testing.T, changes []func(*dfns.Config)) *dfns.Client {
	t.Helper()
	config := dfns.Config{HTTP: httpapi.Config{UserAgent: "test/1", MaxRetries: 3, RetryWait: time.Nanosecond, SettleTime: time.Nanosecond}}
	for _, change := range changes {
		change(&config)
	}
	client, err := dfns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// inVirtualTime runs a test in a bubble, with a sandbox that takes latency to answer a call.
func inVirtualTime(t *testing.T, latency time.Duration, test func(*testing.T, *sandbox.Sandbox, *dfns.Client)) {
	t.Helper()
	inBubble(t, func(w *world) {
		inProcess := func(config *dfns.Config) { config.HTTP.Transport = w.DfnsCalls.Transport() }
		test(w.t, w.Sandbox, newClient(w.t, w.Sandbox, inProcess))
	}, func(config *sandbox.Config) { config.Latency = latency })
}

// fault makes calls of a sandbox go wrong. The text is a method, a path, and the fault in JSON.
func fault(t *testing.T, s *sandbox.Sandbox, text string) {
	t.Helper()
	words := strings.SplitN(text, " ", 3)
	f := sandbox.Fault{Method: words[0], Path: words[1]}
	err := json.Unmarshal([]byte(words[2]), &f)
	if err = errors.Join(err, s.DfnsCalls.AddFault(f)); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// table reads a file whose columns are separated by bars.
func table(file string) (rows [][]string) {
	for line := range strings.Lines(string(must(os.ReadFile(file)))) {
		if row := strings.Split(strings.TrimSpace(line), " | "); len(row) > 1 {
			rows = append(rows, row)
			for i := range row {
				row[i] = strings.TrimSpace(row[i])
			}
		}
	}
	return rows
}

// journal returns the calls made so far as "METHOD path?query", and forgets them.
func journal(s *sandbox.Sandbox) (out []string) {
	for _, call := range s.DfnsCalls.Journal() {
		line := call.Method + " " + call.Path
		if call.Query != "" {
			line += "?" + call.Query
		}
		out = append(out, line)
	}
	s.DfnsCalls.ForgetCalls()
	return out
}

// withoutIDs replaces the ids of webhooks in calls.
func withoutIDs(calls []string) []string {
	for i, call := range calls {
		if at := strings.Index(call, "/wh-"); at >= 0 {
			calls[i] = call[:at] + "/ID"
		}
	}
	return calls
}

func sameCalls(t *testing.T, s *sandbox.Sandbox, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, withoutIDs(journal(s))); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// register adds webhooks to a sandbox.
func register(s *sandbox.Sandbox, count int) (ids []string) {
	for range count {
		ids = append(ids, s.Dfns.Register(held()))
	}
	return ids
}

// describe changes the description of a webhook.
func describe(t *testing.T, client *dfns.Client, id, description string) {
	t.Helper()
	if _, err := client.UpdateWebhook(t.Context(), &dfns.Webhook{ID: id}, dfns.Settings{Description: description}); err != nil {
		t.Error(err)
	}
}

// api is a server that answers as a test says and otherwise knows only how to sign.
type api struct{ *oddapi.API }

// serve starts an api.
func serve(t *testing.T, routes map[string]http.HandlerFunc) *api {
	t.Helper()
	all := map[string]http.HandlerFunc{
		challenge: says(200, `{"challenge":"Y2g","challengeIdentifier":"id","allowCredentials":{"key":[{"id":"cr-1"}]}}`),
		answer:    says(200, `{"userAction":"token"}`),
	}
	maps.Copy(all, routes)
	return &api{oddapi.Serve(t, all)}
}

// says is a handler that gives one answer, which is a redirect if it has the status of one.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		oddapi.Says(status, body)(w, r)
	}
}

var cuts = oddapi.Cuts

// client returns a client for the credential cr-1, whose signature nobody checks.
func (a *api) client(t *testing.T, changes ...func(*dfns.Config)) *dfns.Client {
	t.Helper()
	return configured(t, append([]func(*dfns.Config){func(config *dfns.Config) {
		config.CredentialID, config.Signer = "cr-1", signerFunc(func([]byte) ([]byte, error) {
			a.Note("sign")
			return []byte("signature"), nil
		})
		config.HTTP.BaseURL, config.HTTP.BearerToken = a.URL, "bearer"
	}}, changes...))
}

// at is what the text of an error says of the host.
func (a *api) at() string { return " (" + strings.TrimPrefix(a.URL, "http://") + ")" }

type signerFunc func(message []byte) ([]byte, error)

func (f signerFunc) Sign(_ context.Context, message []byte) ([]byte, error) { return f(message) }

// operation is one method of the client, about the webhook wh-1 and the event whe-1.
type operation struct {
	name, method, path string
	run                func(context.Context, *dfns.Client) (any, error)
}

func (o operation) route() string { return o.method + " " + o.path }

var operations = []operation{
	{"create", "POST", "/webhooks", func(ctx context.Context, c *dfns.Client) (any, error) {
		return c.CreateWebhook(ctx, dfns.Settings{URL: "https://h.example", Events: []string{"*"}})
	}},
	{"update", "PUT", "/webhooks/wh-1", func(ctx context.Context, c *dfns.Client) (any, error) {
		return c.UpdateWebhook(ctx, &dfns.Webhook{ID: "wh-1"}, dfns.Settings{Events: []string{"*"}})
	}},
	{"delete", "DELETE", "/webhooks/wh-1", func(ctx context.Context, c *dfns.Client) (any, error) {
		return nil, c.DeleteWebhook(ctx, "wh-1", "")
	}},
	{"ping", "POST", "/webhooks/wh-1/ping", func(ctx context.Context, c *dfns.Client) (any, error) {
		return c.PingWebhook(ctx, "wh-1")
	}},
	{"get", "GET", "/webhooks/wh-1", func(ctx context.Context, c *dfns.Client) (any, error) {
		return c.GetWebhook(ctx, "wh-1")
	}},
	{"read", "GET", "/webhooks/wh-1", func(ctx context.Context, c *dfns.Client) (any, error) {
		return c.ReadWebhook(ctx, "wh-1", "")
	}},
	{"list", "GET", "/webhooks", func(ctx context.Context, c *dfns.Client) (any, error) {
		return collect(c.ListWebhooks(ctx, 0))
	}},
	{"list events", "GET", "/webhooks/wh-1/events", func(ctx context.Context, c *dfns.Client) (any, error) {
		return collect(c.ListWebhookEvents(ctx, "wh-1", dfns.EventFilter{}, 0))
	}},
	{"get event", "GET", "/webhooks/wh-1/events/whe-1", func(ctx context.Context, c *dfns.Client) (any, error) {
		return c.GetWebhookEvent(ctx, "wh-1", "whe-1")
	}},
}

// changes are the operations that need a signature.
func changes() []operation {
	return slices.DeleteFunc(slices.Clone(operations), func(o operation) bool { return o.method == http.MethodGet })
}

// outcome returns what an error proves about a change.
func outcome(err error) httpapi.Outcome {
	out, _ := httpapi.OutcomeOf(err)
	return out
}

// collect reads a sequence to its end.
func collect[T any](sequence iter.Seq2[T, error]) (out []T, err error) {
	for item, err := range sequence {
		if err != nil {
			return out, err
		}
		out = append(out, item)
	}
	return out, nil
}
