package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// TestMain runs the tests, or, in a process that a test started to kill it, a sandbox.
func TestMain(m *testing.M) {
	if path := os.Getenv("SANDBOX_TO_KILL"); path != "" {
		s, err := sandbox.Start(sandbox.Config{StatePath: path, EnfinitosConventional: true})
		if err != nil {
			panic(err)
		}
		_, _ = fmt.Fprintln(os.Stdout, s.EnfinitosURL, s.Env()["ENFINITOS_API_KEY"])
		select {}
	}
	goleak.VerifyTestMain(m)
}

// TestKill kills a sandbox again and again while it registers webhooks, and finds every one that was acknowledged after
// the next start.
func TestKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	acknowledged := map[string]string{} // label → id
	var key string
	for round := range 8 {
		victim := startVictim(t, path)
		if key != "" && victim.key != key {
			t.Fatal("the account has another key after a restart")
		}
		key = victim.key
		there := map[string]string{}
		for _, subscription := range victim.call("GET", "").Data.Subscriptions {
			there[subscription.Label] = subscription.SubscriptionID
		}
		for label, id := range acknowledged {
			if there[label] != id {
				t.Errorf("round %d: webhook %s (%s) is lost", round, label, id)
			}
		}
		victim.registerUntilKilled(round, acknowledged)
	}
	if len(acknowledged) < 8 {
		t.Errorf("only %d webhooks were acknowledged: the test kills too early to show anything", len(acknowledged))
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if len(files) > 3 || err != nil { // the state, its lock, and what a save was writing
		t.Errorf("killing leaves files behind: %v, %v", files, err)
	}
}

// victim is a sandbox in a process of its own.
type victim struct {
	*running

	process  *exec.Cmd
	url, key string
}

func startVictim(t *testing.T, path string) *victim {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	v := &victim{running: &running{t: t, client: client}, process: exec.CommandContext(t.Context(), os.Args[0])}
	v.process.Env = append(os.Environ(), "SANDBOX_TO_KILL="+path)
	v.process.Stderr = os.Stderr
	out, err := v.process.StdoutPipe()
	if err := errors.Join(err, v.process.Start()); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscan(out, &v.url, &v.key); err != nil {
		t.Fatalf("the sandbox does not start from what the one before left: %v", err)
	}
	return v
}

// answer is that of a list or of a create, and empty if none came.
type answer struct {
	Data struct {
		Subscription  struct{ SubscriptionID string }
		Subscriptions []struct{ SubscriptionID, Label string }
	}
}

func (v *victim) call(method, body string) (out answer) {
	got := v.do(v.url, method+" /v1/webhooks", body, http.Header{"Authorization": {"Bearer " + v.key}})
	_ = json.Unmarshal([]byte(got.body), &out)
	return out
}

// registerUntilKilled has several callers register webhooks, kills the process after some have been acknowledged, and
// notes each that was.
func (v *victim) registerUntilKilled(round int, acknowledged map[string]string) {
	var mu sync.Mutex
	var callers sync.WaitGroup
	enough := len(acknowledged) + 3 + 5*round
	for caller := range 4 {
		callers.Go(func() {
			for i := 0; ; i++ {
				label := fmt.Sprintf("%d-%d-%d", round, caller, i)
				created := v.call("POST", `{"url":"http://127.0.0.1:1/","events":["*"],"label":"`+label+`"}`).Data.Subscription
				if created.SubscriptionID == "" {
					return
				}
				mu.Lock()
				acknowledged[label] = created.SubscriptionID
				if len(acknowledged) >= enough { // the others are in the middle of something
					_ = v.process.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	callers.Wait()
	_ = v.process.Wait()
}

func TestForeignStateIsLeftAlone(t *testing.T) {
	t.Parallel()
	good := filepath.Join(t.TempDir(), "good")
	start(t, sandbox.Config{StatePath: good}).Close()
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "foreign": `{"version":4,"terraform_version":"1.16.3"}`, "not JSON": "# notes\n", "cut": string(whole[:len(whole)/2]),
		"of a later edition": strings.Replace(string(whole), "state 2", "state 3", 1), "no format": `{}`,
		"without accounts": `{"Format":"webhook-sandbox state 2","Vendors":{"dfns":{},"enfinitos":{}}}`, "without vendors": `{"Format":"webhook-sandbox state 2"}`,
		"not an account": `{"Format":"webhook-sandbox state 2","Vendors":{"enfinitos":{}}}`, "a list": `{"Format":"webhook-sandbox state 2","Vendors":{"enfinitos":[]}}`,
		"an unknown field": strings.Replace(string(whole), `"Account":`, `"Unknown":1,"Account":`, 1), "another key": strings.Replace(string(whole), `"PublicKey":"`, `"PublicKey":"x`, 1),
		"of another vendor": `{"Format":"webhook-sandbox state 2","Vendors":{"stripe":{}}}`,
	} {
		path := filepath.Join(t.TempDir(), "state")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sandbox.Start(sandbox.Config{StatePath: path}); err == nil || !strings.Contains(err.Error(), path) ||
			!strings.Contains(err.Error(), "the file was not changed") {
			t.Errorf("%s: %v", name, err)
		}
		after, err := os.ReadFile(path)
		if err != nil || string(after) != text {
			t.Errorf("%s: the file was changed (%v)", name, err)
		}
	}
}

func TestStateThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if _, err := sandbox.Start(sandbox.Config{StatePath: filepath.Join(t.TempDir(), "missing", "state")}); err == nil {
		t.Error("it starts")
	}
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, sandbox.Config{StatePath: filepath.Join(dir, "state")})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	sandboxtest.Contains(t, s.control("POST credentials", `{"id":"","public_key":""}`, http.StatusInternalServerError), "could not be saved")
	sandboxtest.Same(t, s.call("GET /webhooks").status, 200)
}

// A seeded sandbox starts from its state without handing out an id a second time. Meanwhile no other sandbox can use the file.
func TestStateAndSeed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	config := sandbox.Config{StatePath: path, Seed: 1}
	ids := map[string]bool{}
	var account string
	for range 3 {
		s := start(t, config)
		if _, err := sandbox.Start(config); err == nil || !strings.Contains(err.Error(), "another sandbox keeps its state in "+path) {
			t.Errorf("a second sandbox on the same file: %v", err)
		}
		if account == "" {
			account = s.Env()["DFNS_PRIVATE_KEY"]
		}
		sandboxtest.Same(t, s.Env()["DFNS_PRIVATE_KEY"], account)
		sandboxtest.Same(t, len(s.Dfns.Webhooks()), len(ids))
		id := s.Dfns.Register(dfns.Webhook{URL: "http://127.0.0.1:1/", Events: []string{"*"}, Status: "Enabled"})
		if ids[id] {
			t.Errorf("%s is handed out twice", id)
		}
		ids[id] = true
		s.Close()
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v: it holds secrets", info.Mode(), err)
	}
}

// A sandbox that is started again is as it was, and delivers what it could not deliver.
func TestPendingEventSurvives(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, site *sandbox.Site, _ *running) {
		r := sandboxtest.Receive(t, 500)
		config := sandbox.Config{StatePath: filepath.Join(t.TempDir(), "state"), DeliveryTimeout: time.Hour, Clock: func() time.Time { return epoch }}
		s := start(t, config)
		s.At(site.Name()).Vendor.Subscribe(r.URL)
		s.control("POST "+site.Name()+"/events", `{"kind":"`+site.Vendor.Kinds()[0].Name+`"}`, http.StatusOK)
		failed(t, s.At(site.Name()))
		var states [2]string
		for i := range states {
			state, err := s.At(site.Name()).Vendor.Save()
			if err != nil {
				t.Fatal(err)
			}
			states[i] = string(state)
			s.Close()
			s = start(t, config)
		}
		sandboxtest.Same(t, states[1], states[0])
		s.Close()
		r.Status.Store(200)
		config.Clock = func() time.Time { return epoch.Add(24 * time.Hour) }
		again := start(t, config).At(site.Name()).Vendor
		sandboxtest.Eventually(t, "the event is sent again", func() bool { return again.Pending() == 0 })
		sandboxtest.Same(t, again.Overview().Deliveries[0].Outcome, "200")
	})
}
