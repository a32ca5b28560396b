package sandboxtest

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Converse makes the calls of a document and compares the answers. A line of the document is a call, such as "GET /webhooks", with its
// body, or the answer to the call before it: the status, and the whole JSON or a part of the text. A text "$name" in an answer
// stands for any text. After that, it stands for the same text, in calls too. Converse returns these texts by name.
func Converse(t testing.TB, document string, send func(method, path, body string) (status int, answer string)) map[string]string {
	t.Helper()
	lines, err := os.ReadFile(document) //nolint:gosec // the test names it
	if err != nil {
		t.Fatal(err)
	}
	var call, answer string
	var status int
	known := map[string]string{}
	for line := range strings.Lines(string(lines)) {
		line = strings.TrimSpace(line)
		first, rest, _ := strings.Cut(line, " ")
		if first == "" || first == "#" {
			continue
		}
		if want, err := strconv.Atoi(first); err == nil {
			if status != want {
				t.Errorf("%s is answered %d %s, want %s", call, status, answer, line)
			}
			compare(t, call, rest, answer, known)
			continue
		}
		path, body, _ := strings.Cut(os.Expand(rest, func(name string) string {
			if text, isKnown := known[name]; isKnown {
				return text
			}
			return "$" + name
		}), " ")
		call = line
		status, answer = send(first, path, body)
	}
	return known
}

func compare(t testing.TB, call, want, got string, known map[string]string) {
	t.Helper()
	if !strings.HasPrefix(want, "{") && !strings.HasPrefix(want, "[") {
		if !strings.Contains(got, want) {
			t.Errorf("%s is answered %s, want %q in it", call, got, want)
		}
		return
	}
	answer := Decode[any](t, got)
	if diff := cmp.Diff(named(Decode[any](t, want), answer, known), answer); diff != "" {
		t.Errorf("%s (-want +got):\n%s", call, diff)
	}
}

// named returns what is wanted with the texts for which its names stand.
func named(want, got any, known map[string]string) any {
	switch want := want.(type) {
	case string:
		name, isName := strings.CutPrefix(want, "$")
		if text, isText := got.(string); isName && isText && known[name] == "" {
			known[name] = text
		}
		if isName {
			return known[name]
		}
	case map[string]any:
		object, _ := got.(map[string]any)
		for key := range want {
			want[key] = named(want[key], object[key], known)
		}
	case []any:
		list, _ := got.([]any)
		for i := range min(len(want), len(list)) {
			want[i] = named(want[i], list[i], known)
		}
	}
	return want
}
