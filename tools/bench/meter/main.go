//go:build unix

// Command meter runs the file "program" beside it and appends what it used to the file that METER names: its CPU time, user and
// system, in nanoseconds, and its peak memory in bytes. A CLI that starts it in place of a provider does not notice.
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
	signal.Ignore(os.Interrupt) // the program has its own way of ending
	command := exec.Command(filepath.Join(filepath.Dir(os.Args[0]), "program"))
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil && command.ProcessState == nil {
		log.Fatal(err)
	}
	file, err := os.OpenFile(os.Getenv("METER"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		log.Fatal(err)
	}
	usage, _ := command.ProcessState.SysUsage().(*syscall.Rusage)
	_, err = fmt.Fprintln(file, usage.Utime.Nano()+usage.Stime.Nano(), usage.Maxrss<<10) // Linux counts memory in KiB
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(command.ProcessState.ExitCode())
}
