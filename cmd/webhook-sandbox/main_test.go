//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain runs the tests, the program itself, or a command that the program runs.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 2 && os.Args[1] == "act":
		act(os.Args[2], os.Args[3:])
	case os.Getenv("AS_SANDBOX") != "":
		main()
	default:
		os.Exit(m.Run())
	}
}

// act is the command of a test.
func act(what string, args []string) {
	switch what {
	case "exit":
		status, _ := strconv.Atoi(args[0])
		os.Exit(status)
	case "print":
		for _, name := range args {
			fmt.Println(name, os.Getenv(name) != "")
		}
	case "wait": // for a signal
		signals := make(chan os.Signal, 10)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		fmt.Println("waiting")
		select {
		case received := <-signals:
			fmt.Println(received)
			os.Exit(7)
		case <-time.After(time.Minute): // so that a test fails and does not hang
		}
	case "die":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// program returns the program in a session of its own, so that the tests are the same with and without a terminal.
func program(t *testing.T, args ...string) (command *exec.Cmd, problems *bytes.Buffer) {
	t.Helper()
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "SELF", os.Args[0])
	}
	problems = &bytes.Buffer{}
	command = exec.CommandContext(t.Context(), os.Args[0], args...)
	command.Env = append(os.Environ(), "AS_SANDBOX=yes")
	command.Stderr = problems
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return command, problems
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const variables = "DFNS_API_URL true\nENFINITOS_API_KEY true\n"
	for name, test := range map[string]struct {
		args     string
		status   int
		out      string
		problems string
	}{
		"success":            {"-- SELF act print DFNS_API_URL ENFINITOS_API_KEY NOTHING", 0, variables + "NOTHING false\n", "shows webhooks and deliveries"},
		"https":              {"-tls -receiver -- SELF act print SSL_CERT_FILE WEBHOOK_RECEIVER_URL", 0, "SSL_CERT_FILE true\nWEBHOOK_RECEIVER_URL true\n", "https://"},
		"failure":            {"-seed=1 -- SELF act exit 3", 3, "", "webhook-sandbox: http"},
		"killed":             {"-- SELF act die", 128 + 9, "", ""},
		"missing program":    {"-- nonsense-program plan", 127, "", "the program nonsense-program was not found: install it, or write its path"},
		"no program":         {"-- " + text, 126, "", text + " is not executable"},
		"no command":         {"--", 2, "", "a command is missing after --"},
		"no separator":       {"terraform test", 2, "", `unexpected argument "terraform": write -- before a command`},
		"unknown flag":       {"-nonsense", 2, "", "-nonsense; webhook-sandbox -help lists the options"},
		"latency in nothing": {"-latency 30", 2, "", "write 30s"},
		"latency of words":   {"-latency soon", 2, "", "write a duration, such as 30ms"},
		"unknown mode":       {"-enfinitos-api odd", 2, "", "write documented or conventional"},
		"bad address":        {"-dfns 0.0.0.0:0", 1, "", "the host must be loopback"},
		"bad env file":       {"-env-file " + filepath.Join(dir, "missing", "env"), 1, "", "no such file"},
		"bad log":            {"-log " + filepath.Join(dir, "missing", "log"), 1, "", "no such file"},
		"version":            {"-version", 0, "webhook-sandbox dev\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command, problems := program(t, strings.Fields(test.args)...)
			out, _ := command.Output()
			if got := command.ProcessState.ExitCode(); got != test.status || string(out) != test.out {
				t.Errorf("it ends with %d and prints %q", got, out)
			}
			if !strings.Contains(problems.String(), test.problems) || strings.Count(problems.String(), "\n") > 1 {
				t.Errorf("it says %q", problems)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	command, _ := program(t, "-help")
	out, err := command.Output()
	if lines := strings.SplitN(string(out), "\n", 5); err != nil || !strings.HasPrefix(lines[0], "webhook-sandbox -- terraform test") || lines[3] != "" {
		t.Errorf("%v\n%s", err, out)
	}
	for _, flag := range []string{"-dfns HOST:PORT", "-enfinitos HOST:PORT", "-dfns-webhook-limit NUMBER", "-dfns-secret-on-update", "-tls"} {
		if !strings.Contains(string(out), "  "+flag+"\n") {
			t.Errorf("it does not list %q:\n%s", flag, out)
		}
	}
}

// A signal reaches the command, whose status is the sandbox's. Without a command it ends the sandbox.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, sent := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		for name, want := range map[string]struct {
			args, first, rest string
			status            int
		}{
			"command": {"-- SELF act wait", "waiting\n", sent.String() + "\n", 7},
			"alone":   {"-receiver", "export DFNS_API_URL=", "", 0},
		} {
			t.Run(sent.String()+" "+name, func(t *testing.T) {
				t.Parallel()
				file := filepath.Join(t.TempDir(), "env")
				if err := os.WriteFile(file, []byte("of an earlier run"), 0o600); err != nil {
					t.Fatal(err)
				}
				command, problems := program(t, strings.Fields("-env-file "+file+" "+want.args)...)
				pipe, err := command.StdoutPipe()
				if err == nil {
					err = command.Start()
				}
				if err != nil {
					t.Fatal(err)
				}
				out := bufio.NewReader(pipe)
				first, _ := out.ReadString('\n')
				text, err := os.ReadFile(file)
				if !strings.HasPrefix(first, want.first) || err != nil || !strings.HasPrefix(string(text), "export DFNS_API_URL=") {
					t.Fatalf("it begins with %q, and the file is %q (%v): %s", first, text, err, problems)
				}
				if err := command.Process.Signal(sent); err != nil {
					t.Fatal(err)
				}
				var rest bytes.Buffer
				_, _ = rest.ReadFrom(out)
				_ = command.Wait()
				if got := command.ProcessState.ExitCode(); got != want.status || !strings.HasSuffix(rest.String(), want.rest) {
					t.Errorf("it ends with %d and prints %q: %s", got, rest.String(), problems)
				}
				if _, err := os.Stat(file); err == nil {
					t.Error("the file is still there")
				}
			})
		}
	}
}

// A script that waits for the file must not find that of an earlier run, even if the sandbox does not start.
func TestStaleEnvFileIsRemoved(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte("of an earlier run"), 0o600); err != nil {
		t.Fatal(err)
	}
	command, problems := program(t, "-env-file", file, "-dfns", "0.0.0.0:0")
	if _, err := os.Stat(file); command.Run() == nil || err != nil {
		t.Fatalf("it starts: %s", problems)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the file is still there")
	}
}
