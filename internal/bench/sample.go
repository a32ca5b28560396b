package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Samples are measurements as `go test -bench` writes them and benchstat reads them: a name, an iteration count, and
// values with their units.
type Samples struct {
	// Config holds the "key: value" lines.
	Config map[string]string

	values map[string]map[string][]float64
}

// line returns a measurement as a line.
func line(name string, values map[string]float64) string {
	var out strings.Builder
	fmt.Fprintf(&out, "Benchmark%s-%d\t1", name, runtime.GOMAXPROCS(0))
	for _, unit := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&out, "\t%s %s", strconv.FormatFloat(values[unit], 'f', -1, 64), unit)
	}
	return out.String()
}

var (
	configLine = regexp.MustCompile(`^([a-z][a-zA-Z0-9-]*): (.+)$`)
	resultLine = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.+)$`)
)

// parse reads lines of measurements and passes over all others, such as the verdicts of go test.
func parse(from io.Reader) (*Samples, error) {
	out := &Samples{Config: map[string]string{}, values: map[string]map[string][]float64{}}
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if found := configLine.FindStringSubmatch(lines.Text()); found != nil {
			out.Config[found[1]] = found[2]
		}
		found := resultLine.FindStringSubmatch(lines.Text())
		if found == nil {
			continue
		}
		if err := out.add(found[1], strings.Fields(found[2])); err != nil {
			return nil, fmt.Errorf("%q: %w", lines.Text(), err)
		}
	}
	return out, lines.Err()
}

func (s *Samples) add(name string, fields []string) error {
	if len(fields)%2 != 0 {
		return fmt.Errorf("a value has no unit")
	}
	if s.values[name] == nil {
		s.values[name] = map[string][]float64{}
	}
	for pair := range slices.Chunk(fields, 2) {
		value, err := strconv.ParseFloat(pair[0], 64)
		if err != nil {
			return err
		}
		s.values[name][pair[1]] = append(s.values[name][pair[1]], value)
	}
	return nil
}

// Median returns the median of what was measured under a name in a unit, and whether anything was.
func (s *Samples) Median(name, unit string) (float64, bool) {
	values := slices.Sorted(slices.Values(s.values[name][unit]))
	middle := len(values) / 2
	switch {
	case len(values) == 0:
		return 0, false
	case len(values)%2 == 0:
		return (values[middle-1] + values[middle]) / 2, true
	}
	return values[middle], true
}

// Names returns the names under a prefix, without it, in order.
func (s *Samples) Names(prefix string) (out []string) {
	for name := range s.values {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			out = append(out, rest)
		}
	}
	slices.Sort(out)
	return out
}
