//go:build unix

package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestMain runs the tests or the program itself.
func TestMain(m *testing.M) {
	if os.Getenv("AS_SANDBOX") != "" {
		main()
	}
	os.Exit(m.Run())
}

// program returns the program in a session of its own, so that the tests are the same with and without a terminal. A script is the command
// that it runs.
func program(t *testing.T, options, script string) (command *exec.Cmd, problems *bytes.Buffer) {
	t.Helper()
	args := strings.Fields(options)
	if script != "" {
		args = append(args, "--", "sh", "-c", script)
	}
	problems = &bytes.Buffer{}
	command = exec.CommandContext(t.Context(), os.Args[0], args...)
	command.Env = append(os.Environ(), "AS_SANDBOX=yes")
	command.Stderr = problems
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return command, problems
}

// former returns the file that an earlier run has left.
func former(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte("of an earlier run"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRun(t *testing.T) {
	t.Parallel()
	file := former(t)
	missing := filepath.Join(file, "missing")
	for name, test := range map[string]struct {
		options, script string
		status          int
		out             string
		problems        string
	}{
		"success":            {"", "echo ${DFNS_API_URL:+one} ${ENFINITOS_API_KEY:+two}", 0, "one two\n", "shows webhooks and deliveries"},
		"https":              {"-tls -receiver", "echo ${SSL_CERT_FILE:+one} ${WEBHOOK_RECEIVER_URL:+two}", 0, "one two\n", "https://"},
		"failure":            {"-seed=1", "exit 3", 3, "", "webhook-sandbox: http"},
		"killed":             {"", "kill -KILL $$", 128 + 9, "", ""},
		"missing program":    {"-- nonsense-program plan", "", 127, "", "the program nonsense-program was not found: install it, or write its path"},
		"no program":         {"-- " + file, "", 126, "", file + " is not executable"},
		"no command":         {"--", "", 2, "", "a command is missing after --"},
		"no separator":       {"terraform test", "", 2, "", `unexpected argument "terraform": write -- before a command`},
		"unknown flag":       {"-nonsense", "", 2, "", "-nonsense; webhook-sandbox -help lists the options"},
		"latency in nothing": {"-latency 30", "", 2, "", "write 30s"},
		"latency of words":   {"-latency soon", "", 2, "", "write a duration, such as 30ms"},
		"unknown mode":       {"-enfinitos-api odd", "", 2, "", "write documented or conventional"},
		"bad address":        {"-dfns 0.0.0.0:0", "", 1, "", "the host must be loopback"},
		"bad env file":       {"-env-file " + missing, "", 1, "", "not a directory"},
		"bad log":            {"-log " + missing, "", 1, "", "not a directory"},
		"version":            {"-version", "", 0, "webhook-sandbox dev\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command, problems := program(t, test.options, test.script)
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
	command, _ := program(t, "-help", "")
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

// A signal reaches the command, whose status is the sandbox's. Without a command it ends the sandbox. A script that waits for the file with
// the variables must not find that of an earlier run.
func TestSignals(t *testing.T) {
	t.Parallel()
	const waits = "trap 'kill $!; echo TERM; exit 7' TERM; trap 'kill $!; echo INT; exit 7' INT; sleep 60 >/dev/null & echo waiting; wait"
	for name, test := range map[string]struct {
		sent                  syscall.Signal
		options, script       string
		status                int
		first, last, problems string
	}{
		"SIGTERM":           {syscall.SIGTERM, "", waits, 7, "waiting\n", "TERM\n", ""},
		"SIGINT":            {syscall.SIGINT, "", waits, 7, "waiting\n", "INT\n", ""},
		"SIGTERM, alone":    {syscall.SIGTERM, "-receiver", "", 0, "export DFNS_API_URL=", "", ""},
		"SIGINT, alone":     {syscall.SIGINT, "-receiver", "", 0, "export DFNS_API_URL=", "", ""},
		"it does not start": {0, "-dfns 0.0.0.0:0", "", 1, "", "", "the host must be loopback"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := former(t)
			command, problems := program(t, "-env-file "+file+" "+test.options, test.script)
			pipe, err := command.StdoutPipe()
			if err == nil {
				err = command.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			out := bufio.NewReader(pipe)
			first, _ := out.ReadString('\n')
			text, _ := os.ReadFile(file)
			if !strings.HasPrefix(first, test.first) || test.sent != 0 && !strings.HasPrefix(string(text), "export DFNS_API_URL=") {
				t.Errorf("it begins with %q, and the file is %q", first, text)
			}
			_ = command.Process.Signal(test.sent)
			var rest bytes.Buffer
			_, _ = rest.ReadFrom(out)
			_ = command.Wait()
			if got := command.ProcessState.ExitCode(); got != test.status || !strings.HasSuffix(rest.String(), test.last) || !strings.Contains(problems.String(), test.problems) {
				t.Errorf("it ends with %d and prints %q: %s", got, rest.String(), problems)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("the file is still there")
			}
		})
	}
}
