//go:build unix

package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// stopping are the signals that end a sandbox, or are passed on to its command.
var stopping = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// passOn passes a signal on to the command. Ctrl-C in a terminal has already reached the command, which would count it twice:
// Terraform gives up at the second.
func passOn(received os.Signal, process *os.Process) {
	if received != os.Interrupt || !inForeground() {
		_ = process.Signal(received)
	}
}

// inForeground is true if this process belongs to the group that a terminal sends Ctrl-C to.
func inForeground() bool {
	terminal, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer func() { _ = terminal.Close() }()
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP) //nolint:gosec // a file number is small
	return err == nil && group == unix.Getpgrp()
}

// exitStatus is 128 and the number of the signal for a command that a signal has ended, as in a shell.
func exitStatus(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
