package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
)

// The statuses of a command that does not run, as shells have them.
const (
	notExecutable = 126
	notFound      = 127
)

// find returns the command, or nil for none, before anything is started for it.
func find(command []string) (program *exec.Cmd, status int, err error) {
	if len(command) == 0 {
		return nil, 0, nil
	}
	path, err := exec.LookPath(command[0])
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, notExecutable, fmt.Errorf("%s is not executable", command[0])
	case err != nil:
		return nil, notFound, fmt.Errorf("the program %s was not found: install it, or write its path", command[0])
	}
	program = exec.CommandContext(context.Background(), path, command[1:]...) //nolint:gosec // running it is the purpose
	program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
	return program, 0, nil
}

// execute runs the command with the variables added to its environment, passes signals on to it, and returns its status.
func execute(program *exec.Cmd, variables map[string]string, signals <-chan os.Signal) (status int, err error) {
	program.Env = os.Environ()
	for name, value := range variables {
		program.Env = append(program.Env, name+"="+value)
	}
	if err := program.Start(); err != nil {
		return notExecutable, err
	}
	ended := make(chan struct{})
	go func() {
		for {
			select {
			case received := <-signals:
				passOn(received, program.Process)
			case <-ended:
				return
			}
		}
	}()
	err = program.Wait()
	close(ended)
	if program.ProcessState == nil {
		return 1, err
	}
	return exitStatus(program.ProcessState), nil
}
