package enfinitos_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// now is what the clock of every sandbox shows.
var now = time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC)

const nowText = "2026-10-01T12:30:00Z"

// example is a subscription, and request is what it is created with.
var (
	example = state.Subscription{URL: "https://h.example/a?b=c&d=<e>", Events: []string{"right.issued"}, Label: "ledger"}
	request = enfinitos.Settings{URL: example.URL, Events: example.Events, Label: example.Label}
)

func documented(*sandbox.Config) {}

func conventional(c *sandbox.Config) { c.EnfinitosConventional = true }

// profiles are the two APIs that may be behind the vendor's pages.
var profiles = map[string]func(*sandbox.Config){"documented": documented, "conventional": conventional}

// start returns a sandbox whose ids, secrets and dates are the same in every run.
func start(t *testing.T, profile func(*sandbox.Config)) *sandbox.Sandbox {
	t.Helper()
	config := sandbox.Config{Seed: 1, Clock: func() time.Time { return now }}
	profile(&config)
	s, err := sandbox.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// newClient returns a client that retries three times and hardly pauses before it does.
func newClient(t *testing.T, baseURL, key string, changes ...func(*enfinitos.Config)) *enfinitos.Client {
	t.Helper()
	config := enfinitos.Config{
		HTTP: httpapi.Config{BaseURL: baseURL, BearerToken: key, UserAgent: "test/1", MaxRetries: 3, RetryWait: time.Nanosecond},
	}
	for _, change := range changes {
		change(&config)
	}
	client, err := enfinitos.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// at returns a client for the account of a sandbox.
func at(t *testing.T, s *sandbox.Sandbox, changes ...func(*enfinitos.Config)) *enfinitos.Client {
	t.Helper()
	env := s.Env()
	return newClient(t, env["ENFINITOS_API_URL"], env["ENFINITOS_API_KEY"], changes...)
}

type config = enfinitos.Config

// settles makes reads of a client show at once what was carried out.
func settles(c *config) { c.HTTP.SettleTime = time.Millisecond }

// once keeps a client from sending anything again.
func once(c *enfinitos.Config) { c.HTTP.MaxRetries = 0 }

// journal returns the calls made so far as "METHOD path?query body", and forgets them.
func journal(s *sandbox.Sandbox) (out []string) {
	for _, call := range s.EnfinitosCalls.Journal() {
		line := call.Method + " " + call.Path
		if call.Query != "" {
			line += "?" + call.Query
		}
		out = append(out, strings.TrimSpace(line+" "+call.Body))
	}
	s.EnfinitosCalls.ForgetCalls()
	return out
}

// key is the API key of the clients of an api.
const key = "sk_sandbox_c4n4ryc4n4ryc4n4ry"

// api is a server that answers as a test says.
type api struct {
	url string

	mu    sync.Mutex
	calls []string
}

// serve starts an api. The routes have the patterns of a ServeMux.
func serve(t *testing.T, routes map[string]http.HandlerFunc) *api {
	t.Helper()
	out := &api{}
	mux := http.NewServeMux()
	for pattern, handler := range routes {
		mux.HandleFunc(pattern, handler)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out.mu.Lock()
		out.calls = append(out.calls, r.Method+" "+r.RequestURI)
		out.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	out.url = server.URL
	return out
}

func (a *api) client(t *testing.T, changes ...func(*enfinitos.Config)) *enfinitos.Client {
	t.Helper()
	return newClient(t, a.url, key, changes...)
}

func (a *api) made() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls
}

// says is a handler that gives one answer. It is HTML where it looks like it.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(body, "<") {
			w.Header().Set("Content-Type", "text/html")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// holds is a handler that answers with data in the envelope.
func holds(data string) http.HandlerFunc { return says(200, envelope(data)) }

func envelope(data string) string {
	return `{"ok":true,"data":` + data + `,"contractVersion":"v1.0"}`
}

// refuses is a handler that refuses in the shape the vendor's answers suggest.
func refuses(status int) http.HandlerFunc { return says(status, refusal) }

const refusal = `{"ok":false,"error":{"code":"refused","message":"as asked"}}`

// cuts is a handler that cuts the connection, after part of an answer where there is one.
func cuts(part string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if part != "" {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, part)
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

// inTurn answers one call with each handler, and all further ones with the last.
func inTurn(handlers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		next := handlers[0]
		if len(handlers) > 1 {
			handlers = handlers[1:]
		}
		mu.Unlock()
		next(w, r)
	}
}

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

// operation is one method of the client, about the subscription whs_1 and the delivery dlv_1. The route is the first it
// calls.
type operation struct {
	name, route string
	run         func(context.Context, *enfinitos.Client) error
}

var operations = []operation{
	{"create", "POST /v1/webhooks", func(ctx context.Context, c *enfinitos.Client) error {
		_, err := c.CreateSubscription(ctx, request)
		return err
	}},
	{"set active", "POST /v1/webhooks/whs_1/active", func(ctx context.Context, c *enfinitos.Client) error {
		_, err := c.SetActive(ctx, "whs_1", "", true)
		return err
	}},
	{"find", "GET /v1/webhooks/whs_1", func(ctx context.Context, c *enfinitos.Client) error {
		_, _, err := c.Find(ctx, "whs_1", "")
		return err
	}},
	{"remove", "DELETE /v1/webhooks/whs_1", func(ctx context.Context, c *enfinitos.Client) error {
		_, err := c.Remove(ctx, "whs_1", "")
		return err
	}},
	{"list", "GET /v1/webhooks/whs_1/deliveries", func(ctx context.Context, c *enfinitos.Client) error {
		_, err := collect(c.ListDeliveries(ctx, "whs_1", "", 0))
		return err
	}},
	{"replay", "POST /v1/webhooks/whs_1/deliveries/dlv_1/replay", func(ctx context.Context, c *enfinitos.Client) error {
		_, err := c.ReplayDelivery(ctx, "whs_1", "dlv_1")
		return err
	}},
	{"process due", "POST /v1/webhooks/deliveries/process-due", func(ctx context.Context, c *enfinitos.Client) error {
		_, err := c.ProcessDue(ctx, 10)
		return err
	}},
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
type recorder struct {
	mu    sync.Mutex
	lines []string
}

func (r *recorder) attach(config *enfinitos.Config) { config.HTTP.Logger = r }

func (r *recorder) Debug(_ context.Context, message string, fields map[string]any) {
	r.add("debug", message, fields)
}

func (r *recorder) Trace(_ context.Context, message string, fields map[string]any) {
	r.add("trace", message, fields)
}

func (r *recorder) add(level, message string, fields map[string]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprint(level, ": ", message, " ", fields))
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}
