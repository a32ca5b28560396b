//go:build unix

// Command metered runs the file "program" beside it and appends what it used to the file that METERED names: its peak
// memory in bytes and its CPU time in nanoseconds. A CLI that starts it in place of a provider does not notice.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	signal.Ignore(os.Interrupt) // the program has its own way of ending
	command := exec.Command(filepath.Join(filepath.Dir(self), "program"), os.Args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil && command.ProcessState == nil {
		log.Fatal(err)
	}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		if err := report(os.Getenv("METERED"), usage); err != nil {
			log.Fatal(err)
		}
	}
	os.Exit(command.ProcessState.ExitCode())
}

// report appends a line. Linux counts memory in KiB.
func report(path string, usage *syscall.Rusage) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(file, usage.Maxrss<<10, usage.Utime.Nano()+usage.Stime.Nano()); err != nil {
		return err
	}
	return file.Close()
}
