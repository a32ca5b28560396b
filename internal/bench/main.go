// Command bench measures the provider beside the least that could do its work, and writes what it finds as `go test -bench`
// does. With -report it turns such measurements into the tables of BENCHMARKS.md. `make bench` does all of it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// options say what is measured.
type options struct {
	sizes   []int
	count   int
	latency time.Duration
	cli     string
	dir     string
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
	sizes := flags.String("n", "1 100 200 1000", "how many webhooks, one or more numbers")
	count := flags.Int("count", 3, "how often each measurement is made")
	latency := flags.Duration("latency", 30*time.Millisecond, "how long the API takes for a call")
	cli := flags.String("cli", "terraform", "`PATH` of the Terraform or OpenTofu to measure with")
	report := flags.String("report", "", "read measurements from this `PATH` and write the tables instead of measuring")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *report != "" {
		return writeReport(*report, out)
	}
	numbers, err := parseSizes(*sizes)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return measure(ctx, options{sizes: numbers, count: *count, latency: *latency, cli: *cli, dir: dir}, out)
}

func parseSizes(text string) (out []int, err error) {
	for _, field := range strings.Fields(text) {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of webhooks", field)
		}
		out = append(out, n)
	}
	return out, nil
}

func measure(ctx context.Context, o options, out io.Writer) error {
	built, err := build(ctx, o.dir)
	if err != nil {
		return err
	}
	version, err := cliVersion(ctx, o.cli)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "goos: %s\ngoarch: %s\ncores: %d\ngo: %s\ncli: %s\nlatency: %s\n",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), version, o.latency)
	if err := measureSizes(ctx, built, out); err != nil {
		return fmt.Errorf("sizes: %w", err)
	}
	if err := measureStarts(ctx, built, o.count, out); err != nil {
		return fmt.Errorf("starts: %w", err)
	}
	for _, n := range o.sizes {
		for range o.count {
			if err := measureCLI(ctx, o, built, n, out); err != nil {
				return fmt.Errorf("%d webhooks: %w", n, err)
			}
		}
	}
	return nil
}
