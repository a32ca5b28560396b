//go:build unix

package acctest

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// patience is how long a test waits for a process before it fails.
const patience = time.Minute

// Running is a CLI command that was started, with the provider processes that it starts.
type Running struct {
	command *exec.Cmd
	output  string
	ended   chan struct{}
}

// Start starts a CLI command in a process group of its own, as a shell does.
func (e *Env) Start(t *testing.T, cli *tfexec.Terraform, environment []string, arguments ...string) *Running {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	r := &Running{command: exec.Command(cli.ExecPath(), arguments...), output: out.Name(), ended: make(chan struct{})}
	r.command.Dir = cli.WorkingDir()
	r.command.Env = append(e.environ(), environment...)
	r.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r.command.Stdout, r.command.Stderr = out, out
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = r.command.Wait()
		close(r.ended)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-r.command.Process.Pid, syscall.SIGKILL)
		<-r.ended
	})
	return r
}

// Signal sends a signal to the CLI alone, or to it and its providers, as a terminal and some runners do.
func (r *Running) Signal(signal syscall.Signal, group bool) {
	pid := r.command.Process.Pid
	if group {
		pid = -pid
	}
	_ = syscall.Kill(pid, signal)
}

// Providers returns the ids of the provider processes.
func (r *Running) Providers(t *testing.T) (pids []int) {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=", "-o", "ppid=").Output()
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if fields[1] == strconv.Itoa(r.command.Process.Pid) {
			pid, _ := strconv.Atoi(fields[0])
			pids = append(pids, pid)
		}
	}
	return pids
}

// Ended waits for the CLI, and returns its output and whether it succeeded.
func (r *Running) Ended(t *testing.T) (output string, succeeded bool) {
	t.Helper()
	Await(t, r.ended, "the end of the CLI")
	text, err := os.ReadFile(r.output)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), r.command.ProcessState.Success()
}

// Await waits until a channel is closed or sent to.
func Await[T any](t *testing.T, channel <-chan T, what string) (received T) {
	t.Helper()
	select {
	case received = <-channel:
	case <-time.After(patience):
		t.Fatalf("waiting for %s took longer than %s", what, patience)
	}
	return received
}

// AwaitEnd waits until processes have ended. Nobody may have asked a parent that was killed for their status.
func AwaitEnd(t *testing.T, pids []int) {
	t.Helper()
	deadline := time.After(patience)
	for {
		pids = slices.DeleteFunc(pids, func(pid int) bool {
			status, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
			return err != nil || strings.HasPrefix(strings.TrimSpace(string(status)), "Z")
		})
		if len(pids) == 0 {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			t.Fatalf("the provider processes %d still run", pids)
		}
	}
}

// Gate holds calls before the API carries them out, once it is shut and until it is opened.
type Gate struct {
	// Arrived receives each call that the gate holds. Its context ends when the provider gives it up.
	Arrived chan *http.Request

	holds  func(*http.Request) bool
	shut   atomic.Bool
	opened chan struct{}
	open   sync.Once
	cut    bool
}

// NewGate returns a gate for the calls that holds selects.
func NewGate(t *testing.T, holds func(*http.Request) bool, calls ...*sandbox.Calls) *Gate {
	g := &Gate{Arrived: make(chan *http.Request, 100), holds: holds, opened: make(chan struct{})}
	for _, c := range calls {
		c.Before(g.pass)
	}
	t.Cleanup(g.Cut)
	return g
}

func (g *Gate) pass(r *http.Request) {
	if !g.shut.Load() || !g.holds(r) {
		return
	}
	g.Arrived <- r
	<-g.opened
	if g.cut {
		panic(http.ErrAbortHandler) // cuts the connection
	}
}

// Shut holds the calls from now on.
func (g *Gate) Shut() { g.shut.Store(true) }

// Open lets the API carry out the calls that the gate holds, and all further ones.
func (g *Gate) Open() { g.end(false) }

// Cut cuts the connections of the calls that the gate holds, which are never carried out, and lets all further ones pass.
func (g *Gate) Cut() { g.end(true) }

func (g *Gate) end(cut bool) {
	g.open.Do(func() {
		g.cut = cut
		g.shut.Store(false)
		close(g.opened)
	})
}
