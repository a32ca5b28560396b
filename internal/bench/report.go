package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/bench/floor"
)

// missing stands where nothing was measured.
const missing = "–"

func writeReport(path string, out io.Writer) error {
	file, err := os.Open(path) //nolint:gosec // whoever calls names the file
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	samples, err := parse(file)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, report(samples))
	return err
}

func report(s *Samples) string {
	sections := []string{
		introduction(s),
		"## Targets\n", targets(s).String(),
		"## With a real CLI\n", cliText, comparisons(s, "CLI/"),
		"## In one process\n", processText, comparisons(s, "InProcess/"),
		"## EnfinitOS\n", enfinitosText, enfinitosTable(s).String(),
		"## Start\n", startText, startTable(s).String(),
		"## Size\n", sizeText, sizeTable(s).String(), dependencyText, dependencyTable(s).String(),
		"## Parts\n", partsTable(s).String(),
	}
	return strings.Join(sections, "\n")
}

func introduction(s *Samples) string {
	return fmt.Sprintf(`# Benchmarks

The costs of the provider, compared with the least that could do its work. `+"`make bench`"+` measures and writes this page; it takes a
quarter of an hour on two cores, and `+"`make bench BENCH_N='1 100' BENCH_COUNT=1`"+` a minute. The raw
measurements are in `+"`bin/bench.txt`"+`, for benchstat.

| contender | what it is |
| --- | --- |
| webhook_dfns | this provider |
| null provider | a provider of the same framework whose resource has the schema of webhook_dfns and makes no calls |
| terraform_data | Terraform's own resource, which needs no provider |
| floor | a client that makes the fewest calls the API allows, %d at a time as Terraform does, and nothing else |

The null provider writes the log that every provider writes by default. This provider writes no log that nobody reads, so it may be
cheaper than the null provider.

The API is the sandbox, which takes %s per call. A change takes three calls, a list one call per 200 webhooks. All contenders take
turns within one run. The tables show medians. The times are those of one machine (%s cores, %s, %s), so look at the ratios.
`, floor.Concurrency, s.Config["latency"], s.Config["cores"], s.Config["go"], s.Config["cli"])
}

const (
	cliText = `The provider and the sandbox are separate programs. Each operation is a command of the CLI, so the times include its work
and the starts of the provider's process, several per command. Memory is the largest peak of these processes, CPU the total time of all of
them. A backend stores the state, as in a pipeline: Terraform would write a state file completely after every change, which with many
webhooks takes longer than everything measured here.
`
	processText = `The provider and the sandbox run in the measuring process, which refreshes, plans and applies 10 instances at a time over
the plugin protocol, as Terraform does. The CLI and its transport are missing.
`
	enfinitosText = "webhook_enfinitos with a real CLI. A read and a change take one call each, and there is no list to share.\n"
	startText     = `From the start of the process until a CLI has the schema. The empty provider has one resource with one attribute.
`
	sizeText = "Built like a release: `-trimpath -ldflags '-s -w'`, without cgo.\n"

	dependencyText = `What each imported module adds to the program: its code and data, and those of everything that only it needs. The rest
of the program is the standard library, the runtime's tables, and the provider itself.
`
)

// table is a table of Markdown.
type table struct {
	head []string
	rows [][]string
}

// String returns the table. All columns but the first hold numbers.
func (t table) String() string {
	rule := append([]string{"---"}, slices.Repeat([]string{"---:"}, len(t.head)-1)...)
	var out strings.Builder
	for _, row := range append([][]string{t.head, rule}, t.rows...) {
		out.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return out.String()
}

// limit is a promise about a measured value.
type limit struct {
	text  string
	most  float64
	value func(*Samples) (float64, bool)
}

var limits = []limit{
	{"API calls of a plan of 1,000", 6, func(s *Samples) (float64, bool) {
		return s.Median("CLI/n=1000/op=plan/who=webhook", "calls/op")
	}},
	{"plan of 1,000 ÷ null provider's", 1.25, func(s *Samples) (float64, bool) {
		return s.ratio("ns/op", "CLI/n=1000/op=plan/who=webhook", "CLI/n=1000/op=plan/who=null")
	}},
	{"apply of 200 ÷ (null provider + floor)", 1.25, func(s *Samples) (float64, bool) {
		return s.ratio("ns/op", "CLI/n=200/op=apply/who=webhook", "CLI/n=200/op=apply/who=null", "CLI/n=200/op=apply/who=floor")
	}},
	{"start to schema ÷ empty provider's", 1.2, func(s *Samples) (float64, bool) {
		return s.ratio("ns/op", "Start/who=webhook", "Start/who=empty")
	}},
}

func targets(s *Samples) table {
	out := table{head: []string{"target", "at most", "measured", "met"}}
	for _, l := range limits {
		measured, met := missing, missing
		if value, ok := l.value(s); ok {
			measured, met = short(value), "no"
			if value <= l.most {
				met = "yes"
			}
		}
		out.rows = append(out.rows, []string{l.text, short(l.most), measured, met})
	}
	return out
}

// ratio returns a median divided by the sum of others.
func (s *Samples) ratio(unit, name string, parts ...string) (float64, bool) {
	value, ok := s.Median(name, unit)
	sum := 0.0
	for _, part := range parts {
		median, found := s.Median(part, unit)
		sum += median
		ok = ok && found
	}
	return value / sum, ok && sum > 0
}

// comparisons returns a table for each operation.
func comparisons(s *Samples, prefix string) string {
	var out []string
	for _, operation := range operations {
		out = append(out, "### "+operation+"\n", comparison(s, prefix, operation).String())
	}
	return strings.Join(out, "\n")
}

func comparison(s *Samples, prefix, operation string) table {
	out := table{head: []string{"webhooks", "webhook_dfns", "null provider", "terraform_data", "floor", "÷ null", "÷ (null + floor)",
		"calls", "fewest calls", "peak memory", "null's", "CPU", "null's", "allocated", "null's"}}
	for _, n := range sizes(s, prefix) {
		of := func(who string) string { return fmt.Sprintf("%sn=%d/op=%s/who=%s", prefix, n, operation, who) }
		webhook, null, floor := of("webhook"), of("null"), of("floor")
		out.rows = append(out.rows, []string{
			strconv.Itoa(n),
			s.show(seconds, "ns/op", webhook), s.show(seconds, "ns/op", null),
			s.show(seconds, "ns/op", of("terraform_data")), s.show(seconds, "ns/op", floor),
			s.showRatio("ns/op", webhook, null), s.showRatio("ns/op", webhook, null, floor),
			s.show(short, "calls/op", webhook), s.show(short, "calls/op", floor),
			s.show(megabytes, "peak-bytes", webhook), s.show(megabytes, "peak-bytes", null),
			s.show(seconds, "cpu-ns/op", webhook), s.show(seconds, "cpu-ns/op", null),
			s.show(megabytes, "B/op", webhook), s.show(megabytes, "B/op", null),
		})
	}
	return out.withoutEmpty()
}

// withoutEmpty drops the columns in which nothing was measured.
func (t table) withoutEmpty() table {
	for column := len(t.head) - 1; column > 0; column-- {
		measured := func(row []string) bool { return row[column] != missing }
		if slices.ContainsFunc(t.rows, measured) {
			continue
		}
		t.head = slices.Delete(slices.Clone(t.head), column, column+1)
		for i, row := range t.rows {
			t.rows[i] = slices.Delete(row, column, column+1)
		}
	}
	return t
}

// sizes returns the numbers of webhooks that were measured, in order.
func sizes(s *Samples, prefix string) (out []int) {
	for _, name := range s.Names(prefix + "n=") {
		number, _, _ := strings.Cut(name, "/")
		if n, err := strconv.Atoi(number); err == nil {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func enfinitosTable(s *Samples) table {
	out := table{head: []string{"operation", "webhooks", "time", "calls", "peak memory"}}
	for _, operation := range operations {
		for _, n := range sizes(s, "CLI/") {
			name := fmt.Sprintf("CLI/n=%d/op=%s/who=enfinitos", n, operation)
			if _, ok := s.Median(name, "ns/op"); ok {
				out.rows = append(out.rows, []string{operation, strconv.Itoa(n), s.show(seconds, "ns/op", name),
					s.show(short, "calls/op", name), s.show(megabytes, "peak-bytes", name)})
			}
		}
	}
	return out
}

func startTable(s *Samples) table {
	return table{
		head: []string{"provider", "start to schema", "÷ empty"},
		rows: [][]string{
			{"webhook", s.show(milliseconds, "ns/op", "Start/who=webhook"), s.showRatio("ns/op", "Start/who=webhook", "Start/who=empty")},
			{"empty", s.show(milliseconds, "ns/op", "Start/who=empty"), "1"},
		},
	}
}

func sizeTable(s *Samples) table {
	return table{
		head: []string{"provider", "size", "÷ empty"},
		rows: [][]string{
			{"webhook", s.show(megabytes, "bytes", "Size/who=webhook"), s.showRatio("bytes", "Size/who=webhook", "Size/who=empty")},
			{"empty", s.show(megabytes, "bytes", "Size/who=empty"), "1"},
		},
	}
}

func dependencyTable(s *Samples) table {
	out := table{head: []string{"module", "its own", "with what only it needs"}}
	for _, name := range s.Names("Dependency/module=") {
		out.rows = append(out.rows, []string{name, s.show(kilobytes, "bytes", "Dependency/module="+name),
			s.show(kilobytes, "exclusive-bytes", "Dependency/module="+name)})
	}
	return out
}

// partsTable shows the benchmarks of single functions: what none of the other tables show.
func partsTable(s *Samples) table {
	out := table{head: []string{"part", "time", "memory", "allocations"}}
	for _, name := range s.Names("") {
		area, _, _ := strings.Cut(name, "/")
		if slices.Contains([]string{"CLI", "InProcess", "Start", "Size", "Dependency"}, area) {
			continue
		}
		out.rows = append(out.rows, []string{name, s.show(microseconds, "ns/op", name),
			s.show(kilobytes, "B/op", name), s.show(short, "allocs/op", name)})
	}
	return out
}

// show returns a median as a person reads it.
func (s *Samples) show(format func(float64) string, unit, name string) string {
	if value, ok := s.Median(name, unit); ok {
		return format(value)
	}
	return missing
}

func (s *Samples) showRatio(unit, name string, parts ...string) string {
	if value, ok := s.ratio(unit, name, parts...); ok {
		return short(value)
	}
	return missing
}

// seconds returns a time in seconds, a short one in thousandths of them.
func seconds(nanoseconds float64) string {
	if nanoseconds < 1e8 {
		return milliseconds(nanoseconds)
	}
	return fmt.Sprintf("%.2f s", nanoseconds/1e9)
}

func milliseconds(nanoseconds float64) string { return fmt.Sprintf("%.1f ms", nanoseconds/1e6) }
func microseconds(nanoseconds float64) string { return fmt.Sprintf("%.1f µs", nanoseconds/1e3) }
func megabytes(bytes float64) string          { return fmt.Sprintf("%.1f MB", bytes/1e6) }
func kilobytes(bytes float64) string          { return fmt.Sprintf("%.1f kB", bytes/1e3) }

// short returns a number with at most two decimals.
func short(value float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", value), "0"), ".")
}
