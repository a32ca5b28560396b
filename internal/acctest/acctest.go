// Package acctest runs the provider under a real Terraform or OpenTofu against a sandbox of the test's own.
package acctest

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// Env is the environment of one test: a sandbox, and a provider that is configured for it. A live test has an account instead of
// a sandbox.
type Env struct {
	*sandbox.Sandbox
	// Name is the name of the webhooks in a test that runs with both sandbox and account.
	Name string
	// SettleTime is how long the provider of Test waits for reads to show a change. Zero means hardly at all.
	SettleTime time.Duration

	account map[string]string
	seconds atomic.Int64
}

// New starts a sandbox for one test. Its ids and secrets are the same in every run.
func New(t testing.TB, config sandbox.Config) *Env {
	t.Helper()
	config.Seed, config.DeliveryTimeout = 1, time.Hour // so a receiver answers in time even on a slow machine
	s, err := sandbox.Start(config)
	if err != nil {
		t.Fatalf("starting the sandbox: %v", err)
	}
	t.Cleanup(s.Close)
	return &Env{Sandbox: s, Name: NamePrefix + "hermetic"}
}

// NewVirtual is New for a bubble of testing/synctest, whose time is virtual: nothing listens, and the provider waits as long as at a
// real API, which takes no time.
func NewVirtual(t testing.TB, config sandbox.Config) *Env {
	t.Helper()
	config.Seed = 1
	s, err := sandbox.New(config)
	if err != nil {
		t.Fatalf("making the sandbox: %v", err)
	}
	t.Cleanup(s.Close)
	return &Env{Sandbox: s}
}

// Protocol returns a provider that makes its calls to the sandbox in process. It sees the environment variables of the sandbox and
// the given ones.
func (e *Env) Protocol(t testing.TB, further map[string]string) *Protocol {
	t.Helper()
	return e.ProtocolThrough(t, e, further)
}

// ProtocolThrough is Protocol with another transport, which may pass calls to the Env.
func (e *Env) ProtocolThrough(t testing.TB, transport http.RoundTripper, further map[string]string) *Protocol {
	t.Helper()
	env := e.Env()
	maps.Copy(env, further)
	server, err := serve(env, provider.WithTransport(transport), provider.WithDataDir(env["TF_DATA_DIR"]))
	if err != nil {
		t.Fatal(err)
	}
	return TalkTo(t, server)
}

// RoundTrip implements http.RoundTripper.
func (e *Env) RoundTrip(request *http.Request) (*http.Response, error) {
	for _, site := range e.Sites() {
		if strings.HasSuffix(site.URL, request.URL.Host) {
			return site.Calls.Transport().RoundTrip(request)
		}
	}
	return nil, fmt.Errorf("the sandbox has no listener at %s", request.URL.Host)
}

// Test runs the steps with a provider that has its settings from the environment variables of the sandbox or the account. So a
// configuration needs no provider block, and no credentials get into a file.
func (e *Env) Test(t *testing.T, test resource.TestCase) {
	t.Helper()
	test.ProtoV6ProviderFactories = e.Factories()
	resource.UnitTest(t, test)
}

// Factories returns a factory of the provider, which sees no other environment variables.
func (e *Env) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	factory := func() (tfprotov6.ProviderServer, error) {
		return newServer(e.Env(), provider.WithSettleTime(e.settle()), provider.WithClock(e.now))
	}
	if e.Sandbox == nil {
		factory = func() (tfprotov6.ProviderServer, error) { return serve(e.account) }
	}
	return map[string]func() (tfprotov6.ProviderServer, error){"webhook": factory}
}

// now is a clock that shows another second whenever it is read, because two steps of a test may run in the same one.
func (e *Env) now() time.Time { return time.Now().Add(time.Duration(e.seconds.Add(1)) * time.Second) }

// settleTime is how long after a change the tests wait for reads to show it.
const settleTime = 20 * time.Millisecond

// newServer returns the provider's plugin server. It only sees the given environment variables, and hardly waits.
func newServer(env map[string]string, options ...provider.Option) (tfprotov6.ProviderServer, error) {
	quick := []provider.Option{
		provider.WithRetryWait(time.Millisecond), provider.WithSettleTime(settleTime), provider.WithDataDir(env["TF_DATA_DIR"]),
	}
	return serve(env, append(quick, options...)...)
}

func (e *Env) settle() time.Duration { return cmp.Or(e.SettleTime, settleTime) }

func serve(env map[string]string, options ...provider.Option) (tfprotov6.ProviderServer, error) {
	options = append(options, provider.WithEnvironment(func(name string) string { return env[name] }))
	return providerserver.NewProtocol6WithError(provider.New("test", options...)())()
}

// Rewrite puts a proxy before an API and replaces its URL, such as that of a Site. The proxy changes answers to the provider, for
// answers that a vendor might give but the sandbox does not.
func Rewrite(t *testing.T, baseURL *string, change func(*http.Response) error) {
	t.Helper()
	target, err := url.Parse(*baseURL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = change
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	*baseURL = server.URL
}

// Serve serves a handler on loopback until the test ends and returns its URL.
func Serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server.URL
}

// Changes returns the calls of a journal that are not reads, as "METHOD /path status".
func Changes(calls *sandbox.Calls) []string {
	return lines(calls, func(method string) bool { return method != http.MethodGet })
}

// Reads returns the reads of a journal.
func Reads(calls *sandbox.Calls) []string {
	return lines(calls, func(method string) bool { return method == http.MethodGet })
}

func lines(calls *sandbox.Calls, wanted func(method string) bool) []string {
	out := []string{}
	for _, call := range calls.Journal() {
		if wanted(call.Method) {
			out = append(out, strings.Join(strings.Fields(call.String()), " "))
		}
	}
	return out
}

// Decrypt returns a secret that a state holds encrypted.
func Decrypt(text string, identity age.Identity) (string, error) {
	reader, err := age.Decrypt(armor.NewReader(strings.NewReader(text)), identity)
	if err != nil {
		return "", err
	}
	secret, err := io.ReadAll(reader)
	return string(secret), err
}

// Says returns a pattern for the given texts in this order, wherever a CLI breaks the lines.
func Says(words ...string) *regexp.Regexp {
	patterns := make([]string, 0, len(words))
	for _, word := range words {
		patterns = append(patterns, strings.Join(strings.Fields(regexp.QuoteMeta(word)), `[\s│]+`))
	}
	return regexp.MustCompile(`(?s)` + strings.Join(patterns, ".*"))
}
