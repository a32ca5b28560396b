//go:build unix

package tfwebhook_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// next is what runs do after one that was killed.
type next int

const (
	makes next = iota // the next run ends with one webhook, in state and with its secret
	stops             // every run stops, and names the webhook that exists
	tells             // one run stops, the one after it creates
)

// A run is killed at some point of a create. Nothing is doubled without a word, and nothing that was not made stops the next run.
func TestKilledCreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		at            string // the call that is in flight, by default the create
		kill          func(t *testing.T, run *acctest.Running)
		carriedOut    bool // once the processes are killed, but those that survive get the answer
		lists, cannot next // at a vendor that can list webhooks, and at one that cannot
	}{
		"signing, both killed":                {at: "POST /auth/action", kill: both, lists: makes, cannot: makes},
		"not carried out, provider killed":    {kill: killProvider, lists: makes, cannot: tells},
		"not carried out, CLI killed":         {kill: cli, lists: makes, cannot: tells},
		"carried out, provider killed":        {kill: killProvider, carriedOut: true, lists: stops, cannot: tells},
		"carried out, both killed":            {kill: both, carriedOut: true, lists: stops, cannot: tells},
		"carried out, CLI killed: answered":   {kill: cli, carriedOut: true, lists: stops, cannot: stops},
		"answered, state late, CLI killed":    {at: "unsaved", kill: cli, lists: stops, cannot: stops},
		"answered and saved late, CLI killed": {at: "saved", kill: cli, lists: makes, cannot: makes},
	} {
		forVendors(t, name, func(t *testing.T, v vendor, env *acctest.Env) {
			if test.at == "POST /auth/action" && !v.lists {
				t.Skip("this vendor's changes are not signed")
			}
			backend, block := remoteState(t)
			if test.at != "unsaved" && test.at != "saved" {
				block = ""
			}
			gate := v.gate(t, env, firstOf(test.at, v.create))
			dir := v.cli(t, env, block)
			gate.Shut()
			backend.mode.Store(test.at)
			run := env.Start(t, dir, nil, apply...)
			if block == "" {
				acctest.Await(t, gate.Arrived, "the call")
			} else {
				gate.Open()
				acctest.Await(t, backend.arrived, "the state")
			}
			providers := run.Providers(t)
			test.kill(t, run)
			if test.carriedOut {
				gate.Open()
			} else {
				gate.Cut()
			}
			run.Ended(t)
			acctest.AwaitEnd(t, providers)
			backend.mode.Store("")
			letNotesAge(t, dir)
			expect := test.lists
			if !v.lists {
				expect = test.cannot
			}
			v.nextRuns(t, env, dir, expect)
		})
	}
}

func killProvider(t *testing.T, run *acctest.Running) {
	for _, pid := range run.Providers(t) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func cli(_ *testing.T, run *acctest.Running) { run.Signal(syscall.SIGKILL, false) }

func both(_ *testing.T, run *acctest.Running) { run.Signal(syscall.SIGKILL, true) }

// nextRuns fails unless the runs that follow a killed one do what is expected.
func (v vendor) nextRuns(t *testing.T, env *acctest.Env, dir *tfexec.Terraform, expect next) {
	t.Helper()
	left := idsAndSecrets(env)
	stopped := map[next]int{makes: 0, tells: 1, stops: 3}[expect]
	for range stopped { // as a pipeline that retries does
		v.calls(env).ForgetCalls()
		out, err := env.Run(t, dir, apply...)
		named := append([]string{"Unable to create"}, slices.Collect(maps.Keys(left))...)
		if expect == tells {
			named = []string{"Unfinished Create", "Unable to create", `"one" https://hooks.example.com`}
		}
		_, told, _ := strings.Cut(out, "Creating...") // before that, the plan shows the url
		if err == nil || !acctest.Says(append(named, "No create was sent")...).MatchString(told) || strings.Contains(told, "secret-path") {
			t.Errorf("the next run does not stop and say why: %v: %s", err, out)
		}
		if got := acctest.Changes(v.calls(env)); len(got) != 0 {
			t.Errorf("it makes the changes %q", got)
		}
	}
	if expect == stops {
		return
	}
	v.succeeds(t, env, dir)
	made := idsAndSecrets(env)
	if expect == tells { // what was told of stays
		maps.DeleteFunc(made, func(id, _ string) bool { return left[id] != "" })
	}
	if diff := cmp.Diff(made, saved(t, env, dir)); diff != "" || len(made) != 1 {
		t.Errorf("the state (-server +state):\n%s", diff)
	}
}

// succeeds fails unless the next apply succeeds and leaves nothing to do, and no note.
func (v vendor) succeeds(t *testing.T, env *acctest.Env, dir *tfexec.Terraform) {
	t.Helper()
	if out, err := env.Run(t, dir, apply...); err != nil {
		t.Errorf("the next run: %v: %s", err, out)
	}
	out, err := env.Run(t, dir, "plan", "-no-color", "-detailed-exitcode")
	if err != nil || strings.Contains(out, "Unfinished Create") || len(notes(t, dir)) != 0 {
		t.Errorf("it is not settled, with the notes %v: %v: %s", notes(t, dir), err, out)
	}
}

// What a killed run has made stops creates until a person has seen to it. A plan to import it is not enough: it may never be applied.
func TestSeenTo(t *testing.T) {
	t.Parallel()
	for name, see := range map[string]func(t *testing.T, v vendor, env *acctest.Env, dir *tfexec.Terraform, id string) (want int){
		"deleted": func(t *testing.T, v vendor, env *acctest.Env, dir *tfexec.Terraform, id string) int {
			v.remove(env, id)
			letNotesAge(t, dir)
			return 1
		},
		"imported": func(t *testing.T, v vendor, env *acctest.Env, dir *tfexec.Terraform, id string) int {
			block := fmt.Sprintf("import {\n  to = %s[0]\n  id = %q\n}\n", v.address, id)
			if err := os.WriteFile(filepath.Join(dir.WorkingDir(), "import.tf"), []byte(block), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := env.Run(t, dir, "plan", "-no-color")
			if err != nil || !acctest.Says("1 to import").MatchString(out) || len(notes(t, dir)) != 1 {
				t.Errorf("%v is left after %v: %s", notes(t, dir), err, out)
			}
			return 1
		},
		"of another configuration": func(t *testing.T, _ vendor, _ *acctest.Env, dir *tfexec.Terraform, _ string) int {
			for note := range notes(t, dir) {
				if err := os.Remove(note); err != nil {
					t.Fatal(err)
				}
			}
			return 2
		},
	} {
		forVendors(t, name, func(t *testing.T, v vendor, env *acctest.Env) {
			dir, id := v.killed(t, env)
			want := see(t, v, env, dir, id)
			v.succeeds(t, env, dir)
			if got := idsAndSecrets(env); len(got) != want {
				t.Errorf("the server holds %v", got)
			}
		})
	}
}

// killed returns the directory of a run that was killed after its create was answered, and what that has made.
func (v vendor) killed(t *testing.T, env *acctest.Env) (dir *tfexec.Terraform, id string) {
	t.Helper()
	gate := v.gate(t, env, v.create)
	dir = v.cli(t, env, "")
	gate.Shut()
	run := env.Start(t, dir, nil, apply...)
	acctest.Await(t, gate.Arrived, "the create")
	providers := run.Providers(t)
	run.Signal(syscall.SIGKILL, false)
	run.Ended(t)
	gate.Open()
	acctest.AwaitEnd(t, providers)
	for _, id = range notes(t, dir) {
	}
	if id == "" || idsAndSecrets(env)[id] == "" {
		t.Fatalf("the notes are %v, and the server holds %v", notes(t, dir), idsAndSecrets(env))
	}
	return dir, id
}

// A note holds up neither another workspace nor another directory, which may own an equal webhook.
func TestKilledElsewhere(t *testing.T) {
	t.Parallel()
	forVendors(t, "", func(t *testing.T, v vendor, env *acctest.Env) {
		dir, _ := v.killed(t, env)
		if out, err := env.Run(t, dir, "workspace", "new", "other"); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for name, run := range map[string]func() (string, error){
			"workspace": func() (string, error) { return env.Run(t, dir, apply...) },
			"directory": func() (string, error) { return env.Run(t, v.cli(t, env, ""), apply...) },
		} {
			if out, err := run(); err != nil || strings.Contains(out, "Unfinished") {
				t.Errorf("%s: %v: %s", name, err, out)
			}
		}
		if got := idsAndSecrets(env); len(got) != 3 {
			t.Errorf("the server holds %v", got)
		}
		out, err := env.RunWith(t, dir, []string{"TF_WORKSPACE=default"}, apply...)
		if err == nil || !acctest.Says("No create was sent").MatchString(out) {
			t.Errorf("the note is lost: %v: %s", err, out)
		}
	})
}

// A create goes on where no note can be written, and says so once.
func TestFullDataDirectory(t *testing.T) {
	t.Parallel()
	forVendors(t, "", func(t *testing.T, v vendor, env *acctest.Env) {
		dir := v.cli(t, env, "")
		if err := os.WriteFile(filepath.Join(dir.WorkingDir(), ".terraform", "webhook"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := env.Run(t, dir, append(apply, "-var=webhooks=2")...)
		if err != nil || strings.Count(out, "Creates Are Not Noted") != 1 || len(idsAndSecrets(env)) != 2 {
			t.Errorf("%v: %s", err, out)
		}
	})
}

// A run is killed during updates and deletes. The next one does what is left to do.
func TestKilledChanges(t *testing.T) {
	t.Parallel()
	for _, carriedOut := range []bool{false, true} {
		t.Run(fmt.Sprintf("carriedOut=%t", carriedOut), func(t *testing.T) {
			t.Parallel()
			env := oldSandbox(t)
			gate := acctest.NewGate(t, isChange, env.DfnsCalls, env.EnfinitosCalls)
			dir := env.CLI(t, interrupted)
			if out, err := env.Run(t, dir, append(apply, "-var=burst=0")...); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			gate.Shut()
			change := append(apply, "-var=burst=0", "-var=run=second")
			run := env.Start(t, dir, nil, change...)
			for range 4 { // an update and a delete at both vendors
				acctest.Await(t, gate.Arrived, "the changes")
			}
			killProvider(t, run)
			if carriedOut {
				gate.Open()
			} else {
				gate.Cut()
			}
			run.Ended(t)
			if out, err := env.Run(t, dir, change...); err != nil {
				t.Errorf("the next run: %v: %s", err, out)
			}
			if out, err := env.Run(t, dir, "plan", "-no-color", "-detailed-exitcode", "-var=burst=0", "-var=run=second"); err != nil {
				t.Errorf("there is still something to do: %v: %s", err, out)
			}
			if diff := cmp.Diff(idsAndSecrets(env), saved(t, env, dir)); diff != "" {
				t.Errorf("the state (-server +state):\n%s", diff)
			}
		})
	}
}

// After an outage, nothing stops the next run longer than it takes to see that nothing was made.
func TestOutage(t *testing.T) {
	t.Parallel()
	for name, unreachable := range map[string]bool{"unreachable": true, "cut": false} {
		forVendors(t, name, func(t *testing.T, v vendor, env *acctest.Env) {
			dir := v.cli(t, env, "")
			var environment []string
			expect := makes
			if unreachable {
				environment = []string{"DFNS_API_URL=http://127.0.0.1:1", "ENFINITOS_API_URL=http://127.0.0.1:1"}
			} else if err := v.calls(env).AddFault(sandbox.Fault{Method: "POST", Path: strings.Fields(v.create)[1], Effect: sandbox.DropBefore}); err != nil {
				t.Fatal(err)
			} else if !v.lists {
				expect = tells
			}
			if out, err := env.RunWith(t, dir, environment, apply...); err == nil || len(idsAndSecrets(env)) != 0 {
				t.Fatalf("%v: %s", err, out)
			}
			v.calls(env).ClearFaults()
			letNotesAge(t, dir)
			v.nextRuns(t, env, dir, expect)
		})
	}
}

// letNotesAge makes the notes so old that reads show what their creates have made. Otherwise the next run would wait for that.
func letNotesAge(t *testing.T, dir *tfexec.Terraform) {
	t.Helper()
	for note := range notes(t, dir) {
		if err := os.Chtimes(note, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
}

// remote is a server for the state. In the mode "unsaved" it gets the state and does not save it, in the mode "saved" it saves it.
// In both it does not answer.
type remote struct {
	arrived chan struct{}
	mode    atomic.Value
	state   atomic.Value
}

// remoteState serves a state, and returns the configuration for it.
func remoteState(t *testing.T) (state *remote, config string) {
	state = &remote{arrived: make(chan struct{}, 1)}
	state.mode.Store("")
	url := acctest.Serve(t, state.serve)
	return state, fmt.Sprintf("terraform {\n  backend \"http\" {\n    address   = %q\n    retry_max = 0\n  }\n}\n", url)
}

func (s *remote) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		text, _ := s.state.Load().([]byte)
		if text == nil {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write(text)
		return
	}
	text, err := io.ReadAll(r.Body)
	mode := s.mode.Load()
	if err == nil && mode != "unsaved" {
		s.state.Store(text)
	}
	if mode != "" {
		s.arrived <- struct{}{}
		<-r.Context().Done()
	}
}

func firstOf(at, create string) string {
	if strings.HasPrefix(at, "POST") {
		return at
	}
	return create
}
