//go:build !unix

package dfns

import "os/exec"

// killTogether leaves what a program has started alone where there are no process groups.
func killTogether(*exec.Cmd) {}
