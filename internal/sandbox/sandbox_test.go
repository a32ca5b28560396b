package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// TestCloseLeavesNoGoroutine closes before a listener has begun to serve, most of the times, and then while one answer is held back
// for an hour. It is not parallel: it looks at every goroutine there is.
//
//nolint:paralleltest // see above
func TestCloseLeavesNoGoroutine(t *testing.T) {
	closed := func(s *running) {
		s.Close()
		if strings.Contains(stacks(), "internal/sandbox.(*Sandbox).listen.func") {
			t.Fatal("Close returns before the listener's goroutine does")
		}
	}
	for range 20 {
		closed(start(t, sandbox.Config{}))
	}
	s := start(t, sandbox.Config{})
	s.fault(s.DfnsCalls, `{"effect":"delay","ms":3600000}`)
	answered := make(chan reply)
	go func() { answered <- s.call("GET /webhooks") }()
	sandboxtest.Eventually(t, "the call is held back", func() bool { return strings.Contains(stacks(), "sandbox.wait(") })
	closed(s)
	if got := <-answered; got.err == nil {
		t.Errorf("the call that was cut is answered %d", got.status)
	}
	sandboxtest.Eventually(t, "every connection's goroutine ends", func() bool { return !strings.Contains(stacks(), "net/http.(*") })
}

func stacks() string {
	buffer := make([]byte, 1<<20)
	return string(buffer[:runtime.Stack(buffer, true)])
}

// TestLatency asserts a lower bound only, so that a slow machine cannot fail it.
func TestLatency(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{Latency: 10 * time.Millisecond})
	s.fault(s.DfnsCalls, `{"effect":"delay","ms":10}`)
	began := time.Now()
	sandboxtest.Same(t, s.call("GET /webhooks").status, http.StatusOK)
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("an answer took %s", took)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	at := func(address string) sandbox.Config {
		return sandbox.Config{Addresses: map[string]string{"dfns": address}}
	}
	used := strings.TrimPrefix(start(t, sandbox.Config{}).DfnsURL, "http://")
	for name, test := range map[string]struct {
		config sandbox.Config
		good   bool
	}{
		"any port": {at("127.0.0.1:0"), true}, "another loopback": {at("127.0.0.2:0"), runtime.GOOS == "linux"}, "name": {at("localhost:0"), true},
		"no host": {at(":0"), false}, "every address": {at("0.0.0.0:0"), false}, "another name": {at("example.com:0"), false},
		"no address": {at("nonsense"), false}, "in use": {at(used), false}, "a receiver elsewhere": {sandbox.Config{ReceiverAddress: "0.0.0.0:0"}, false},
		"real time": {sandbox.Config{TimeScale: 1}, true}, "fast": {sandbox.Config{TimeScale: 1e9}, true}, "slow": {sandbox.Config{TimeScale: 0.99}, false},
		"too fast": {sandbox.Config{TimeScale: 1e10}, false},
	} {
		s, err := sandbox.Start(test.config)
		if (err == nil) != test.good {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			s.Close()
		}
	}
}

// TestEnvFile has a shell read the file, because the private key has several lines.
func TestEnvFile(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	path := filepath.Join(t.TempDir(), "env")
	for range 2 { // the second time replaces the first
		if err := s.WriteEnvFile(path); err != nil {
			t.Fatal(err)
		}
	}
	env := s.Env()
	for _, site := range s.Sites() { // a test of a CLI hides the variables with these names
		for name := range site.Vendor.Env("") {
			sandboxtest.Same(t, []any{name, strings.HasPrefix(name, strings.ToUpper(site.Name())+"_"), env[name] != ""}, []any{name, true, true})
		}
	}
	for name, want := range env {
		// printenv is another process, so it sees what is exported and not only set.
		got, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$0"; printenv "$1"`, path, name).Output()
		sandboxtest.Same(t, []any{string(got), err == nil}, []any{want + "\n", true})
	}
	info, err := os.Stat(path)
	sandboxtest.Same(t, []any{info.Mode(), err == nil}, []any{os.FileMode(0o600), true})
	if err := os.MkdirAll(filepath.Join(path+"s", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	sandboxtest.Same(t, s.WriteEnvFile(path+"s") != nil && s.WriteEnvFile(filepath.Join(path, "missing")) != nil, true)
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	sandboxtest.Same(t, []any{len(left), err == nil}, []any{2, true})
}

// The vendor's SDK for Go accepts nothing but https. A client trusts what SSL_CERT_FILE names, and nobody trusts it unasked.
func TestTLS(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{TLS: true, ReceiverAddress: "localhost:0"})
	file := s.Env()["SSL_CERT_FILE"]
	sandboxtest.Same(t, s.call("GET /webhooks").err != nil, true)
	text, err := os.ReadFile(file)
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatalf("%s has no certificate: %v", file, err)
	}
	s.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	s.fault(s.DfnsCalls, `{"effect":"drop_after","times":1}`)
	sandboxtest.Same(t, s.call("GET /webhooks").err != nil, true)
	s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL, Events: []string{"*"}, Status: "Enabled"})
	s.control("POST events", `{"kind":"wallet.created"}`, 200)
	sandboxtest.Eventually(t, "it is delivered over https", func() bool { return len(s.Dfns.Events()) == 1 })
	sandboxtest.Same(t, s.Dfns.Events()[0].HTTPStatus, 200)
	sandboxtest.Same(t, strings.HasPrefix(s.ReceiverURL, "https://") && strings.HasPrefix(s.Env()["DFNS_API_URL"], "https://127.0.0.1:"), true)
	s.Close()
	if _, err := os.Stat(file); err == nil {
		t.Error("the certificate is left behind")
	}
}
