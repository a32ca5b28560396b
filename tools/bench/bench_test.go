package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	t.Parallel()
	s := samples{}
	for _, sample := range []struct {
		name, unit string
		values     []float64
	}{
		{"plan/n=1000/who=webhook", "sec/op", []float64{9, 2.5, 2}},
		{"plan/n=1000/who=webhook", "calls/op", []float64{6}},
		{"plan/n=1000/who=null", "sec/op", []float64{2}},
		{"apply/n=200/who=webhook", "sec/op", []float64{2.5, 2.7}},
		{"apply/n=200/who=null", "sec/op", []float64{0.2}},
		{"start/who=webhook", "sec/op", []float64{0.01}},
		{"size/module=example.com/a", "kB", []float64{1}},
		{"size/module=example.com/a", "exclusive-kB", []float64{2.5}},
	} {
		for _, value := range sample.values {
			s.add(sample.name, sample.unit, value)
		}
	}
	var out strings.Builder
	if err := s.report("two cores", []int{200, 1000}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n| target | at most | measured | met |\n| --- | ---: | ---: | ---: |\n| API calls of a plan of 1,000 | 6 | 6 | yes |\n",
		"\n| API calls of a plan of 1,000 with 3s a call | 6 | – | – |\n",
		"\n| plan of 1,000 ÷ null provider's | 1.25 | 1.25 | yes |\n",
		"\n| apply of 200 ÷ (null provider + floor) | 1.25 | 1.3 | no |\n",
		"\n| apply | 200 | 2.60 s | 0.20 s | 13.00 | – |",
		"\n| plan | 1000 | 2.50 s | 2.00 s | 1.25 | 6 |",
		"\n| webhook | 10.0 ms | – |\n",
		"\n| example.com/a | 1.0 kB | 2.5 kB |\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

func TestReadMeter(t *testing.T) {
	t.Parallel()
	cpu, peak, err := readMeter("5000000 30000000\n7000000 40000000\n1000000 20000000\n")
	if cpu != 0.013 || peak != 40 || err != nil {
		t.Errorf("three processes used %v s and %v MB, %v", cpu, peak, err)
	}
	if _, _, err := readMeter("five 5\n"); err == nil {
		t.Error("what is not a number was read")
	}
}

// The provider as it is built answers a CLI, and writes a log only where somebody reads it.
func TestStartToSchema(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "provider")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, module).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for environment, logs := range map[string]bool{"TF_LOG=": false, "TF_LOG=trace": true} {
		var log bytes.Buffer
		if _, err := startToSchema(t.Context(), program, &log, environment, "TF_LOG_PROVIDER=", "TF_LOG_SDK="); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(log.String(), "GetProviderSchema"); got != logs {
			t.Errorf("%s: that the schema was asked for is in the log: %v, want %v:\n%s", environment, got, logs, log.String())
		}
	}
}

func TestPackageSizes(t *testing.T) {
	t.Parallel()
	sizes := packageSizes(`  4a2b00         64 T runtime.main
  4a2b40         10 T example.com/a%2eb/c.(*T).Method
  4a2b50          5 t example.com/a.b/c.Map[go.shape.int]
  4a2b60          7 R go:itab.*example.com/a.b/c.T,io.Reader
  4a2b70       9000 B example.com/a.b/c.zeroed
  4a2b80          3 D main.version
`)
	if got := fmt.Sprint(sizes); got != "map[example.com/a.b/c:22 main:3 runtime:64]" {
		t.Errorf("the sizes are %s", got)
	}
}

func TestGraph(t *testing.T) {
	t.Parallel()
	g := newGraph(strings.ReplaceAll(`fmt std
net std
example.com/shared example.com/shared fmt
example.com/only example.com/only net
example.com/a/b example.com/a example.com/only example.com/shared
MAIN/x MAIN fmt example.com/shared
MAIN MAIN example.com/a/b MAIN/x
`, "MAIN", module), map[string]int{
		"fmt": 1, "net": 20, "example.com/shared": 300, "example.com/only": 4000, "example.com/a/b": 50000, "main": 600000,
	})
	if got := fmt.Sprint(g.required()); got != "[example.com/a example.com/shared]" {
		t.Errorf("required are %s", got)
	}
	if own, exclusive := g.sizes("example.com/a"); own != 50000 || exclusive != 54020 {
		t.Errorf("a has %d, and %d with what only it needs", own, exclusive)
	}
	if own, exclusive := g.sizes("example.com/shared"); own != 300 || exclusive != 300 {
		t.Errorf("shared has %d, and %d with what only it needs", own, exclusive)
	}
}
