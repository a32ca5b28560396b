package main

import (
	"strings"
	"testing"
)

func samples(t *testing.T, lines ...string) *Samples {
	t.Helper()
	out, err := parse(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestParse(t *testing.T) {
	t.Parallel()
	s := samples(t,
		"goos: linux", "cli: Terraform v1.11.4",
		line("CLI/n=1/op=plan/who=webhook", map[string]float64{"ns/op": 2e9, "calls/op": 1}),
		"BenchmarkSign/key=P-256-2   \t 8600 \t 61340 ns/op\t 60 allocs/op", // as go test on two cores writes it
		"BenchmarkList/n=200         \t  258 \t   199 ns/op",                // and on one
		"PASS", "ok  \texample.com/bench\t0.1s",
	)
	if got := s.Config["cli"]; got != "Terraform v1.11.4" {
		t.Errorf("cli is %q", got)
	}
	for _, want := range []struct {
		name, unit string
		value      float64
	}{
		{"CLI/n=1/op=plan/who=webhook", "ns/op", 2e9},
		{"CLI/n=1/op=plan/who=webhook", "calls/op", 1},
		{"Sign/key=P-256", "allocs/op", 60},
		{"List/n=200", "ns/op", 199},
	} {
		if got, ok := s.Median(want.name, want.unit); !ok || got != want.value {
			t.Errorf("%s in %s is %v, %v; want %v", want.name, want.unit, got, ok, want.value)
		}
	}
	if names := strings.Join(s.Names("CLI/n="), " "); names != "1/op=plan/who=webhook" {
		t.Errorf("the names are %q", names)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"BenchmarkA 1 5", "BenchmarkA 1 five ns/op"} {
		if _, err := parse(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	s := samples(t, "BenchmarkA 1 9 ns/op", "BenchmarkA 1 1 ns/op", "BenchmarkB 1 7 ns/op", "BenchmarkA 1 2 ns/op",
		"BenchmarkB 1 4 ns/op")
	if a, _ := s.Median("A", "ns/op"); a != 2 {
		t.Errorf("the median of 9, 1 and 2 is %v", a)
	}
	if b, _ := s.Median("B", "ns/op"); b != 5.5 {
		t.Errorf("the median of 7 and 4 is %v", b)
	}
	if _, ok := s.Median("A", "B/op"); ok {
		t.Error("there is a median of nothing")
	}
	if ratio, ok := s.ratio("ns/op", "B", "A", "A"); !ok || ratio != 5.5/4 {
		t.Errorf("5.5 divided by 2 + 2 is %v, %v", ratio, ok)
	}
	for _, part := range []string{"C", "A"} {
		if ratio, ok := s.ratio("ns/op", "C", part, "A"); ok {
			t.Errorf("what was not measured has the ratio %v", ratio)
		}
	}
	if ratio, ok := s.ratio("ns/op", "A", "A", "C"); ok {
		t.Errorf("the ratio to what was not measured is %v", ratio)
	}
}
