//go:build unix

package dfns

import (
	"os/exec"
	"syscall"
)

// killTogether makes a program be killed together with the processes it has started, such as the CLI that a script calls.
func killTogether(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}
