package main

import (
	_ "embed"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

// samples are measured values by name and unit.
type samples map[string]map[string][]float64

func sampleName(operation string, n int, who string) string {
	return fmt.Sprintf("%s/n=%d/who=%s", operation, n, who)
}

// add takes a value, and says on standard error how far things are.
func (s samples) add(name, unit string, value float64) {
	_, _ = fmt.Fprintf(os.Stderr, "%s %.4g %s\n", name, value, unit)
	if s[name] == nil {
		s[name] = map[string][]float64{}
	}
	s[name][unit] = append(s[name][unit], value)
}

// median returns the median of the values with a name and a unit, not a number where there are none.
func (s samples) median(unit, name string) float64 {
	values := slices.Sorted(slices.Values(s[name][unit]))
	if len(values) == 0 {
		return math.NaN()
	}
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// ratio returns a median divided by another.
func (s samples) ratio(unit, name, other string) float64 {
	return s.median(unit, name) / s.median(unit, other)
}

// show formats a value, "–" where nothing was measured.
func show(format string, value float64) string {
	if math.IsNaN(value) {
		return "–"
	}
	return fmt.Sprintf(format, value)
}

//go:embed BENCHMARKS.md.tmpl
var page string

func (s samples) report(machine string, sizes []int, out io.Writer) error {
	return template.Must(template.New("").Parse(page)).Execute(out, map[string]any{
		"Machine": machine, "Latency": latency, "SlowLatency": slowLatency,
		"Targets": s.targets(), "Commands": s.commands(sizes), "Starts": s.against("start", "start to schema", "sec/op", "%.1f ms", 1e3),
		"Sizes": s.against("size", "size", "MB", "%.1f MB", 1), "Modules": s.modules(),
	})
}

// table returns a table of Markdown. All columns but the first hold numbers.
func table(rows ...[]string) string {
	rule := append([]string{"---"}, slices.Repeat([]string{"---:"}, len(rows[0])-1)...)
	var out strings.Builder
	for _, row := range slices.Insert(rows, 1, rule) {
		out.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return out.String()
}

func (s samples) targets() string {
	rows := [][]string{{"target", "at most", "measured", "met"}}
	of := func(operation string, n int) (webhook, null string) {
		return sampleName(operation, n, "webhook"), sampleName(operation, n, "null")
	}
	plan, nullPlan := of("plan", 1000)
	slow, _ := of(slowPlan, 1000)
	small, nullSmall := of("plan", 5)
	apply, nullApply := of("apply", 200)
	for _, target := range []struct {
		text     string
		most     float64
		measured float64
	}{
		{"API calls of a plan of 1,000", 6, s.median("calls/op", plan)},
		{fmt.Sprintf("API calls of a plan of 1,000 with %s a call", slowLatency), 6, s.median("calls/op", slow)},
		{"plan of 1,000 ÷ null provider's", 1.25, s.ratio("sec/op", plan, nullPlan)},
		{"CPU of a plan of 5 ÷ null provider's", 1.25, s.ratio("cpu-sec/op", small, nullSmall)},
		{"apply of 200 ÷ (null provider + floor)", 1.25, s.median("sec/op", apply) / (s.median("sec/op", nullApply) + floor(200))},
		{"start to schema ÷ empty provider's", 1.2, s.ratio("sec/op", "start/who=webhook", "start/who=empty")},
	} {
		met := "no"
		switch {
		case math.IsNaN(target.measured):
			met = "–"
		case target.measured <= target.most:
			met = "yes"
		}
		rows = append(rows, []string{target.text, show("%g", target.most), show("%.3g", target.measured), met})
	}
	return table(rows...)
}

func (s samples) commands(sizes []int) string {
	rows := [][]string{{"operation", "webhooks", "webhook_dfns", "null provider", "÷ null", "calls", "CPU",
		"null's", "peak memory", "null's", "webhook_enfinitos", "its calls"}}
	for _, operation := range operations {
		for _, n := range sizes {
			of := func(who string) string { return sampleName(operation.name, n, who) }
			webhook, null, enfinitos := of("webhook"), of("null"), of("enfinitos")
			if s[webhook] == nil {
				continue
			}
			rows = append(rows, []string{
				operation.name, strconv.Itoa(n), show("%.2f s", s.median("sec/op", webhook)), show("%.2f s", s.median("sec/op", null)),
				show("%.2f", s.ratio("sec/op", webhook, null)), show("%.0f", s.median("calls/op", webhook)),
				show("%.2f s", s.median("cpu-sec/op", webhook)), show("%.2f s", s.median("cpu-sec/op", null)),
				show("%.1f MB", s.median("peak-MB", webhook)), show("%.1f MB", s.median("peak-MB", null)),
				show("%.2f s", s.median("sec/op", enfinitos)), show("%.0f", s.median("calls/op", enfinitos)),
			})
		}
	}
	return table(rows...)
}

// against compares this provider with the empty one.
func (s samples) against(area, title, unit, format string, factor float64) string {
	webhook, empty := area+"/who=webhook", area+"/who=empty"
	return table([]string{"provider", title, "÷ empty"},
		[]string{"webhook", show(format, s.median(unit, webhook)*factor), show("%.2f", s.ratio(unit, webhook, empty))},
		[]string{"empty", show(format, s.median(unit, empty)*factor), "1"})
}

func (s samples) modules() string {
	rows := [][]string{}
	for name := range s {
		if module, ok := strings.CutPrefix(name, "size/module="); ok {
			rows = append(rows, []string{module, show("%.1f kB", s.median("kB", name)), show("%.1f kB", s.median("exclusive-kB", name))})
		}
	}
	slices.SortFunc(rows, slices.Compare)
	return table(slices.Insert(rows, 0, []string{"module", "its own", "with what only it needs"})...)
}
