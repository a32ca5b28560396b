package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const module = "github.com/webhook-providers/terraform-provider-webhook"

// programs are the paths of what is measured, built as a release is.
type programs struct {
	webhook, null, empty, sandbox, metered string
	// plugins is the directory in which a CLI finds the providers.
	plugins string
}

func build(ctx context.Context, dir string) (programs, error) {
	out := programs{plugins: filepath.Join(dir, "plugins")}
	for target, source := range map[*string]string{
		&out.webhook: ".",
		&out.null:    "./internal/bench/plugins/null",
		&out.empty:   "./internal/bench/plugins/empty",
		&out.metered: "./internal/bench/plugins/metered",
		&out.sandbox: "./cmd/webhook-sandbox",
	} {
		*target = filepath.Join(dir, "build", filepath.Base(filepath.Join(module, source)))
		if err := goBuild(ctx, *target, source, "-ldflags", "-s -w"); err != nil {
			return out, err
		}
	}
	for name, program := range map[string]string{"webhook": out.webhook, "null": out.null} {
		if err := install(out, name, program); err != nil {
			return out, err
		}
	}
	return out, nil
}

func goBuild(ctx context.Context, target, source string, flags ...string) error {
	arguments := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", target}, flags...)
	command := exec.CommandContext(ctx, "go", append(arguments, source)...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", source, err, text)
	}
	return nil
}

// install puts a provider where a CLI looks for it, behind the program that meters it.
func install(built programs, name, program string) error {
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		home := filepath.Join(built.plugins, host, "webhook-providers", name, "0.0.1", runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(home, 0o750); err != nil {
			return err
		}
		if err := os.Link(built.metered, filepath.Join(home, "terraform-provider-"+name+"_v0.0.1")); err != nil {
			return err
		}
		if err := os.Link(program, filepath.Join(home, "program")); err != nil {
			return err
		}
	}
	return nil
}

func cliVersion(ctx context.Context, cli string) (string, error) {
	command := exec.CommandContext(ctx, cli, "version")
	command.Env = append(os.Environ(), cliEnvironment...)
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s version: %w", cli, err)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first, nil
}
