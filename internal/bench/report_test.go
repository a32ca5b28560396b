package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	s := samples(t,
		"BenchmarkCLI/n=1000/op=plan/who=webhook 1 6 calls/op 1250 ns/op",
		"BenchmarkCLI/n=1000/op=plan/who=null 1 1000 ns/op",
		"BenchmarkCLI/n=200/op=apply/who=webhook 1 1260 ns/op",
		"BenchmarkCLI/n=200/op=apply/who=null 1 400 ns/op",
		"BenchmarkCLI/n=200/op=apply/who=floor 1 600 ns/op",
		"BenchmarkStart/who=webhook 1 5 ns/op",
	)
	want := `| target | at most | measured | met |
| --- | ---: | ---: | ---: |
| API calls of a plan of 1,000 | 6 | 6 | yes |
| plan of 1,000 ÷ null provider's | 1.25 | 1.25 | yes |
| apply of 200 ÷ (null provider + floor) | 1.25 | 1.26 | no |
| start to schema ÷ empty provider's | 1.2 | – | – |
`
	if got := targets(s).String(); got != want {
		t.Errorf("the targets are\n%swant\n%s", got, want)
	}
}

func TestComparison(t *testing.T) {
	t.Parallel()
	s := samples(t,
		"BenchmarkCLI/n=1000/op=plan/who=webhook 1 3e9 ns/op 5 calls/op 30000000 peak-bytes",
		"BenchmarkCLI/n=1000/op=plan/who=null 1 2e9 ns/op",
		"BenchmarkCLI/n=1000/op=plan/who=floor 1 5e8 ns/op 5 calls/op",
		"BenchmarkCLI/n=100/op=plan/who=webhook 1 1e9 ns/op 1 calls/op",
	)
	want := `| webhooks | webhook_dfns | null provider | floor | ÷ null | ÷ (null + floor) | calls | fewest calls | peak memory |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| 100 | 1.00 s | – | – | – | – | 1 | – | – |
| 1000 | 3.00 s | 2.00 s | 0.50 s | 1.5 | 1.2 | 5 | 5 | 30.0 MB |
`
	if got := comparison(s, "CLI/", "plan").String(); got != want {
		t.Errorf("the comparison is\n%swant\n%s", got, want)
	}
}

func TestReportIsComplete(t *testing.T) {
	t.Parallel()
	got := report(samples(t, "cores: 2", "go: go1.26", "cli: Terraform v1.11.4", "latency: 30ms",
		"BenchmarkCLI/n=1/op=plan/who=enfinitos 1 1e9 ns/op 1 calls/op 20000000 peak-bytes",
		"BenchmarkDependency/module=example.com/a 1 1000 bytes 2500 exclusive-bytes",
		"BenchmarkSign/key=RSA 1 2000 ns/op 512 B/op 3 allocs/op",
	))
	for _, want := range []string{
		"takes 30ms per call", "2 cores, go1.26, Terraform v1.11.4",
		"\n| plan | 1 | 1.00 s | 1 | 20.0 MB |\n",
		"\n| example.com/a | 1.0 kB | 2.5 kB |\n",
		"\n| part | time | memory | allocations |\n| --- | ---: | ---: | ---: |\n| Sign/key=RSA | 2.0 µs | 0.5 kB | 3 |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestMeter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "metered")
	values, err := readMeter(path)
	if err != nil || len(values) != 0 {
		t.Errorf("of no process there is %v, %v", values, err)
	}
	write(t, path, "30000000 5000000\n40000000 7000000\n20000000 1000000\n")
	values, err = readMeter(path)
	if got := fmt.Sprint(values); err != nil || got != "map[cpu-ns/op:1.3e+07 peak-bytes:4e+07]" {
		t.Errorf("of three processes there is %v, %v", got, err)
	}
	write(t, path, "thirty\n")
	if values, err = readMeter(path); err == nil {
		t.Errorf("of something else there is %v", values)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
