//go:build !unix

package main

import "os"

// stopping are the signals that end a sandbox.
var stopping = []os.Signal{os.Interrupt}

// passOn does nothing: on Windows, Ctrl-C reaches the command by itself, and other signals cannot be sent.
func passOn(os.Signal, *os.Process) {}

func exitStatus(state *os.ProcessState) int { return state.ExitCode() }
