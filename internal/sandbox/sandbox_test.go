package sandbox_test

import (
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// TestCloseLeavesNoGoroutine closes while one answer is held back for an hour. It is not parallel: it looks at every
// goroutine there is.
//
//nolint:paralleltest // see above
func TestCloseLeavesNoGoroutine(t *testing.T) {
	s := start(t, sandbox.Config{})
	s.fault(`{"effect":"delay","ms":3600000,"path":"/webhooks"}`)
	answered := make(chan reply)
	go func() { answered <- s.call("GET /webhooks") }()
	sandboxtest.Eventually(t, "the call is held back", func() bool { return strings.Contains(stacks(), "sandbox.wait(") })

	s.Close()
	if got := <-answered; got.err == nil {
		t.Errorf("the call that was cut is answered %d", got.status)
	}
	if strings.Contains(stacks(), "internal/sandbox.(*Sandbox).listen.func") {
		t.Error("Close returns before the listener's goroutine does")
	}
	sandboxtest.Eventually(t, "every connection's goroutine ends", func() bool { return !strings.Contains(stacks(), "net/http.(*") })
	s.Close() // closing twice is harmless
}

// TestCloseRightAfterStart closes before a listener has begun to serve, most of the times.
//
//nolint:paralleltest // it looks at every goroutine there is
func TestCloseRightAfterStart(t *testing.T) {
	for range 20 {
		s, err := sandbox.Start(sandbox.Config{})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		if strings.Contains(stacks(), "internal/sandbox.(*Sandbox).listen.func") {
			t.Fatal("Close returns before the listener's goroutine does")
		}
	}
}

func stacks() string {
	buffer := make([]byte, 1<<20)
	return string(buffer[:runtime.Stack(buffer, true)])
}

func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		out = append(out, entry.Name())
	}
	return out
}

func TestDfnsOptions(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{DfnsWebhookLimit: 1, DfnsSecretOnUpdate: true})
	sandboxtest.Same(t, s.create().status, 200)
	sandboxtest.Same(t, s.create().status, 400)
	webhook := s.Dfns.Webhooks()[0]
	path := "/webhooks/" + webhook.ID
	if got := s.send("PUT", path, "{}", s.userAction("PUT", path, "{}")); !strings.Contains(got.body, webhook.Secret) {
		t.Errorf("the answer of the update has no secret: %s", got.body)
	}
}

// TestLatency asserts a lower bound only, so that a slow machine cannot fail it.
func TestLatency(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{Latency: 10 * time.Millisecond})
	s.fault(`{"effect":"delay","ms":10}`)
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
		"no host": {at(":0"), false}, "every address": {at("0.0.0.0:0"), false}, "every address of IPv6": {at("[::]:0"), false},
		"another host": {at("192.0.2.1:0"), false}, "another name": {at("example.com:0"), false}, "no address": {at("nonsense"), false},
		"in use": {at(used), false}, "a receiver elsewhere": {sandbox.Config{ReceiverAddress: "0.0.0.0:0"}, false},
		"real time": {sandbox.Config{TimeScale: 1}, true}, "fast": {sandbox.Config{TimeScale: 86400}, true}, "slow": {sandbox.Config{TimeScale: 0.5}, false},
		"back": {sandbox.Config{TimeScale: -1}, false}, "too fast": {sandbox.Config{TimeScale: 1e10}, false},
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
	sandboxtest.Same(t, slices.Sorted(maps.Keys(env)), []string{"DFNS_API_URL", "DFNS_AUTH_TOKEN", "DFNS_CRED_ID", "DFNS_PRIVATE_KEY", "ENFINITOS_API_KEY", "ENFINITOS_API_URL"})
	for name, want := range env {
		// printenv is another process, so it sees what is exported and not only set.
		got, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$0"; printenv "$1"`, path, name).Output()
		if err != nil {
			t.Fatal(err)
		}
		sandboxtest.Same(t, string(got), want+"\n")
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	sandboxtest.Same(t, info.Mode(), os.FileMode(0o600))
	sandboxtest.Same(t, names(t, filepath.Dir(path)), []string{"env"})
	if err := os.MkdirAll(filepath.Join(path+"s", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	sandboxtest.Same(t, s.WriteEnvFile(path+"s") != nil && s.WriteEnvFile(filepath.Join(path, "missing")) != nil, true)
	sandboxtest.Same(t, names(t, filepath.Dir(path)), []string{"env", "envs"})
}
