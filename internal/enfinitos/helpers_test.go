package enfinitos_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/oddapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// example is a subscription, and request is what it is created with.
var (
	example = state.Subscription{URL: "https://h.example/a?b=c&d=<e>", Events: []string{"right.issued"}, Label: "ledger"}
	request = enfinitos.Settings{URL: example.URL, Events: example.Events, Label: example.Label}
)

// start returns a sandbox without listeners, and a client of it. In the bubble of synctest their time is virtual.
func start(t *testing.T, conventional bool, changes ...func(*config)) (*sandbox.Sandbox, *enfinitos.Client) {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Seed: 1, EnfinitosConventional: conventional})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, of(t, s, changes...)
}

// of returns another client of a sandbox.
func of(t *testing.T, s *sandbox.Sandbox, changes ...func(*config)) *enfinitos.Client {
	t.Helper()
	env := s.Env()
	changes = append(changes, func(c *config) { c.Transport = s.EnfinitosCalls.Transport() })
	return newClient(t, env["ENFINITOS_API_URL"], env["ENFINITOS_API_KEY"], changes...)
}

// newClient returns a client that retries three times and hardly pauses before it does.
func newClient(t *testing.T, baseURL, key string, changes ...func(*config)) *enfinitos.Client {
	t.Helper()
	out := config{BaseURL: baseURL, BearerToken: key, MaxRetries: 3, RetryWait: time.Nanosecond}
	for _, change := range changes {
		change(&out)
	}
	client, err := enfinitos.New(out)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

type config = httpapi.Config

// settles makes reads of a client show at once what was carried out.
func settles(c *config) { c.SettleTime = time.Millisecond }

// once keeps a client from sending anything again.
func once(c *config) { c.MaxRetries = 0 }

// noted makes a client keep notes in a directory.
func noted(dir string) func(*config) {
	return func(c *config) { c.Notes = intent.NewLog(dir) }
}

// journal returns the calls made so far as lines of "METHOD path?query body", and forgets them.
func journal(s *sandbox.Sandbox) string {
	var out []string
	for _, call := range s.EnfinitosCalls.Journal() {
		line := call.Method + " " + call.Path + "?" + call.Query + " " + call.Body
		out = append(out, strings.Replace(strings.TrimRight(line, "? "), "? ", " ", 1))
	}
	s.EnfinitosCalls.ForgetCalls()
	return strings.Join(out, "\n")
}

// key is the API key of the clients of an api.
const key = "sk_sandbox_c4n4ryc4n4ryc4n4ry"

// api is a server that answers as a test says.
type api struct{ *oddapi.API }

func serve(t *testing.T, routes map[string]http.HandlerFunc) *api {
	t.Helper()
	return &api{oddapi.Serve(t, routes)}
}

func (a *api) client(t *testing.T, changes ...func(*config)) *enfinitos.Client {
	t.Helper()
	return newClient(t, a.URL, key, changes...)
}

// How an api answers.
var says, cuts, inTurn = oddapi.Says, oddapi.Cuts, oddapi.InTurn

// holds is a handler that answers with data in the envelope.
func holds(data string) http.HandlerFunc { return says(200, envelope(data)) }

func envelope(data string) string {
	return `{"ok":true,"data":` + data + `,"contractVersion":"v1.0"}`
}

// refuses is a handler that refuses in the shape the vendor's answers suggest.
func refuses(status int) http.HandlerFunc { return says(status, refusal) }

const refusal = `{"ok":false,"error":{"code":"refused","message":"as asked"}}`

// foreign are the 404s of gateways, frameworks and proxies, and what is no answer of the vendor's: none is in the vendor's envelope.
var foreign = map[string]string{
	"FastAPI":      `{"detail":"Not Found"}`,
	"gRPC gateway": `{"code":5,"message":"Not Found","details":[]}`,
	"Fastify":      `{"statusCode":404,"error":"Not Found","message":"Not Found"}`,
	"JSON:API":     `{"errors":[{"status":"404","title":"Not Found"}]}`,
	"no ok":        `{"error":{"code":"not_found","message":"Subscription not found"},"contractVersion":"v1.0"}`,
	"ok in quotes": `{"ok":"false","error":{"code":"not_found"}}`,
	"ok below":     `{"error":{"ok":false,"code":"not_found"}}`,
	"ok in a list": `[{"ok":false}]`,
	"ok":           `{"ok":true,"data":null,"contractVersion":"v1.0"}`,
	"HTML":         "<html>",
	"empty":        "",
	"text":         "404 page not found",
	"cut":          notFound[:20],
	"twice":        notFound + notFound,
}

const notFound = `{"ok":false,"error":{"code":"not_found","message":"Not found"}}`

func some[T any](value T) httpapi.Optional[T] { return httpapi.Optional[T]{Value: &value} }

func outcomeUnknown(err error) bool {
	outcome, _ := httpapi.OutcomeOf(err)
	return outcome == httpapi.Unknown
}

// routes are the operations of the client, with the first call that each makes about the subscription whs_1 and the delivery dlv_1.
var routes = map[string]string{
	"create": "POST /v1/webhooks", "pause": "POST /v1/webhooks/whs_1/active", "find": "GET /v1/webhooks/whs_1",
	"remove": "DELETE /v1/webhooks/whs_1", "list": "GET /v1/webhooks/whs_1/deliveries",
	"replay": "POST /v1/webhooks/whs_1/deliveries/dlv_1/replay", "process due": "POST /v1/webhooks/deliveries/process-due",
}

// run carries out an operation on a subscription and, if it needs one, on the delivery of a similar id.
func run(ctx context.Context, c *enfinitos.Client, operation, id string) (err error) {
	switch operation {
	case "create":
		_, err = c.CreateSubscription(ctx, request)
	case "pause":
		_, err = c.SetActive(ctx, id, "", false)
	case "find":
		_, _, err = c.Find(ctx, id, "")
	case "remove":
		_, err = c.Remove(ctx, id, "")
	case "list":
		_, err = collect(c.ListDeliveries(ctx, id, "", 0))
	case "replay":
		_, err = c.ReplayDelivery(ctx, id, strings.Replace(id, "whs", "dlv", 1))
	case "process due":
		_, err = c.ProcessDue(ctx, 10)
	}
	return err
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

// recorder is a logger that keeps everything it gets as text.
type recorder struct{ strings.Builder }

func (r *recorder) attach(config *config) { config.Logger = r }

func (r *recorder) Debug(_ context.Context, message string, fields map[string]any) {
	_, _ = fmt.Fprintln(r, message, fields)
}

func (r *recorder) Trace(_ context.Context, message string, fields map[string]any) {
	_, _ = fmt.Fprintln(r, message, fields)
}
