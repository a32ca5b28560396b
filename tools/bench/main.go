// Command bench measures the provider beside the least that could do its work, and writes what it finds as BENCHMARKS.md.
// `make bench` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

const module = "github.com/webhook-providers/terraform-provider-webhook"

// bench measures with one CLI, in a directory of its own.
type bench struct {
	samples

	cli, dir string
	sizes    []int
	count    int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	sizes := flags.String("n", "1 5 100 200 1000", "how many webhooks, one or more numbers")
	count := flags.Int("count", 3, "how often each measurement is made")
	cli := flags.String("cli", "terraform", "`PATH` of the Terraform or OpenTofu to measure with")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	b := &bench{samples: samples{}, cli: *cli, count: *count}
	for _, field := range strings.Fields(*sizes) {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is not a number of webhooks", field)
		}
		b.sizes = append(b.sizes, n)
	}
	slices.Sort(b.sizes)
	var err error
	if b.dir, err = os.MkdirTemp("", "bench-*"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	return b.measure(ctx, out)
}

func (b *bench) measure(ctx context.Context, out io.Writer) error {
	version, err := exec.CommandContext(ctx, b.cli, "version").Output()
	if err != nil {
		return fmt.Errorf("%s version: %w", b.cli, err)
	}
	if err := b.build(ctx); err != nil {
		return err
	}
	if err := b.measureSizes(ctx); err != nil {
		return err
	}
	if err := b.measureStarts(ctx); err != nil {
		return err
	}
	for _, n := range b.sizes {
		for range b.count {
			if err := b.measureCommands(ctx, n); err != nil {
				return fmt.Errorf("%d webhooks: %w", n, err)
			}
		}
	}
	cli, _, _ := strings.Cut(string(version), "\n")
	return b.report(fmt.Sprintf("%d cores, %s, %s", runtime.NumCPU(), runtime.Version(), cli), b.sizes, out)
}

// program is the path of a program that build builds.
func (b *bench) program(name string) string { return filepath.Join(b.dir, "build", name) }

// plugins is the directory in which a CLI finds a provider.
func (b *bench) plugins(provider string) string { return filepath.Join(b.dir, "plugins", provider) }

// build builds the programs as a release is built. It puts the two that a CLI uses where it looks for them, behind meter.
func (b *bench) build(ctx context.Context) error {
	for name, source := range map[string]string{"webhook": "", "null": "/tools/bench/null", "empty": "/tools/bench/empty",
		"meter": "/tools/bench/meter"} {
		if err := goBuild(ctx, b.program(name), module+source, "-ldflags", "-s -w"); err != nil {
			return err
		}
	}
	for _, provider := range []string{"webhook", "null"} {
		for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
			home := filepath.Join(b.plugins(provider), registry, "webhook-providers/webhook/0.0.1", runtime.GOOS+"_"+runtime.GOARCH)
			if err := os.MkdirAll(home, 0o750); err != nil {
				return err
			}
			if err := os.Link(b.program("meter"), filepath.Join(home, "terraform-provider-webhook_v0.0.1")); err != nil {
				return err
			}
			if err := os.Link(b.program(provider), filepath.Join(home, "program")); err != nil {
				return err
			}
		}
	}
	return nil
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
