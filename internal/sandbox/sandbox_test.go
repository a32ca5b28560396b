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
	eventually(t, "the call is held back", func() bool { return strings.Contains(stacks(), "sandbox.wait(") })

	s.Close()
	if got := <-answered; got.err == nil {
		t.Errorf("the call that was cut is answered %d", got.status)
	}
	if strings.Contains(stacks(), "internal/sandbox.(*Sandbox).listen") {
		t.Error("Close returns before the listener's goroutine does")
	}
	eventually(t, "every connection's goroutine ends", func() bool { return !strings.Contains(stacks(), "net/http.(*") })
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
		if strings.Contains(stacks(), "internal/sandbox.(*Sandbox).listen") {
			t.Fatal("Close returns before the listener's goroutine does")
		}
	}
}

func stacks() string {
	buffer := make([]byte, 1<<20)
	return string(buffer[:runtime.Stack(buffer, true)])
}

// patience is how long a test waits for what must happen.
const patience = 2 * time.Minute

// eventually lets other goroutines run until a condition holds that nothing can be waited for.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never happens that %s:\n%s", what, stacks())
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, loopback := range map[string]bool{
		"": true, "127.0.0.1:0": true, "127.0.0.2:0": runtime.GOOS == "linux", "localhost:0": true,
		":0": false, "0.0.0.0:0": false, "[::]:0": false, "192.0.2.1:0": false, "example.com:0": false, "nonsense": false,
	} {
		s, err := sandbox.Start(sandbox.Config{Addresses: map[string]string{"dfns": address}})
		if (err == nil) != loopback {
			t.Errorf("starting on %q: %v", address, err)
		}
		if err == nil {
			s.Close()
		}
	}
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	first := start(t, sandbox.Config{})
	if _, err := sandbox.Start(sandbox.Config{Addresses: map[string]string{"dfns": strings.TrimPrefix(first.DfnsURL, "http://")}}); err == nil {
		t.Error("two sandboxes listen on one address")
	}
}

func TestEnv(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	env := s.Env()
	same(t, env["DFNS_API_URL"], s.DfnsURL)
	for _, name := range []string{"DFNS_AUTH_TOKEN", "DFNS_CRED_ID", "DFNS_PRIVATE_KEY"} {
		if env[name] == "" {
			t.Errorf("%s is empty", name)
		}
	}
	same(t, s.call("GET /webhooks").status, 200)
}

func TestEnvFile(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	env := s.Env()
	want := []string{}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		want = append(want, "export "+name+"='"+env[name]+"'\n")
	}
	same(t, s.EnvFile(), strings.Join(want, ""))
}

func TestWriteEnvFile(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	path := filepath.Join(t.TempDir(), "env")
	for range 2 { // the second time replaces the first
		if err := s.WriteEnvFile(path); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, string(text), s.EnvFile())
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, info.Mode(), os.FileMode(0o600))
	same(t, names(t, filepath.Dir(path)), []string{"env"})
}

// TestShellReadsEnvFile holds because the private key has several lines.
func TestShellReadsEnvFile(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	path := filepath.Join(t.TempDir(), "env")
	if err := s.WriteEnvFile(path); err != nil {
		t.Fatal(err)
	}
	for name, want := range s.Env() {
		// printenv is another process, so it sees what is exported and not only set.
		got, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$0"; printenv "$1"`, path, name).Output()
		if err != nil {
			t.Fatal(err)
		}
		same(t, string(got), want+"\n")
	}
}

func TestWriteEnvFileFails(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	if s.WriteEnvFile(filepath.Join(t.TempDir(), "missing", "env")) == nil {
		t.Error("a file was written into a directory that does not exist")
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "env", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if s.WriteEnvFile(filepath.Join(dir, "env")) == nil {
		t.Error("a directory was replaced by a file")
	}
	same(t, names(t, dir), []string{"env"})
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

func TestSeed(t *testing.T) {
	t.Parallel()
	account := func(seed uint64) string {
		env := start(t, sandbox.Config{Seed: seed}).Env()
		return env["DFNS_AUTH_TOKEN"] + env["DFNS_CRED_ID"] + env["DFNS_PRIVATE_KEY"]
	}
	same(t, account(1), account(1))
	different := []string{account(0), account(0), account(1), account(2)}
	slices.Sort(different)
	same(t, len(slices.Compact(different)), 4)
}

func TestDfnsOptions(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{DfnsWebhookLimit: 1, DfnsSecretOnUpdate: true})
	same(t, s.create().status, 200)
	same(t, s.create().status, 400)
	webhook := s.Dfns.Webhooks()[0]
	path := "/webhooks/" + webhook.ID
	if got := s.send("PUT", path, "{}", s.userAction("PUT", path, "{}")); !strings.Contains(got.body, webhook.Secret) {
		t.Errorf("the answer of the update has no secret: %s", got.body)
	}
}

// TestLatency asserts a lower bound only, so that a slow machine cannot fail it.
func TestLatency(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{Latency: 20 * time.Millisecond})
	began := time.Now()
	same(t, s.call("GET /webhooks").status, http.StatusOK)
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("an answer took %s", took)
	}
}
