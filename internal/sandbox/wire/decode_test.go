package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

func TestDecodeObject(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want wire.Object // nil for a refusal
		err  string      // a part of the refusal
	}{
		"no body":       {"", wire.Object{}, ""},
		"white space":   {" \r\n\t", wire.Object{}, ""},
		"nothing":       {"{}", wire.Object{}, ""},
		"one":           {`{"a": 1 }`, wire.Object{"a": json.RawMessage("1")}, ""},
		"both":          {`{"b":[null],"a":"null"}`, wire.Object{"a": json.RawMessage(`"null"`), "b": json.RawMessage("[null]")}, ""},
		"unknown":       {`{"c":1}`, nil, `unrecognized key "c"`},
		"wrong case":    {`{"A":1}`, nil, `unrecognized key "A"`},
		"also unknown":  {`{"a":1,"":1}`, nil, `unrecognized key ""`},
		"null field":    {`{"a": null }`, nil, "a must not be null"},
		"null":          {"null", nil, "the body is null"},
		"list":          {"[]", nil, "not a JSON object"},
		"text":          {`"a"`, nil, "not a JSON object"},
		"cut":           {`{"a":`, nil, "not a JSON object"},
		"two":           {`{} {}`, nil, "not a JSON object"},
		"form":          {"a=1", nil, "not a JSON object"},
		"several wrong": {`{"h":1,"g":1,"f":1,"e":1,"d":1,"c":1}`, nil, `"c"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 10 { // a map is read in a different order every time
				got, err := wire.DecodeObject([]byte(test.body), "a", "b")
				if diff := cmp.Diff(test.want, got); diff != "" || !tells(err, test.err) {
					t.Fatalf("%v (-want +got):\n%s", err, diff)
				}
			}
		})
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	fields := wire.Object{
		"text": json.RawMessage(`"é"`), "number": json.RawMessage("7"), "half": json.RawMessage("0.5"),
		"list": json.RawMessage(`["a","b"]`), "mixed": json.RawMessage(`["a",1]`), "no": json.RawMessage("false"),
	}
	value(t, fields, "text", "é", true, "")
	value(t, fields, "number", 7, true, "")
	value(t, fields, "list", []string{"a", "b"}, true, "")
	value(t, fields, "no", false, true, "")
	value(t, fields, "absent", "", false, "")
	value(t, nil, "absent", 0, false, "")
	value(t, fields, "number", "", true, "number has the wrong type")
	value(t, fields, "text", 0, true, "text has the wrong type")
	value(t, fields, "half", 0, true, "half has the wrong type")
	value(t, fields, "text", false, true, "text has the wrong type")
	value(t, fields, "text", []string(nil), true, "text has the wrong type")
	value(t, fields, "mixed", []string(nil), true, "mixed has the wrong type")
}

// value decodes one field and compares what comes of it. Beside a refusal the value means nothing.
func value[T any](t *testing.T, fields wire.Object, key string, want T, wantSent bool, refusal string) {
	t.Helper()
	got, sent, err := wire.Value[T](fields, key)
	if diff := cmp.Diff(want, got); diff != "" && refusal == "" || sent != wantSent || !tells(err, refusal) {
		t.Errorf("%s: sent is %t, %v (-want +got):\n%s", key, sent, err, diff)
	}
}

func TestRequired(t *testing.T) {
	t.Parallel()
	fields := wire.Object{"text": json.RawMessage(`"a"`), "empty": json.RawMessage(`""`), "number": json.RawMessage("7")}
	tests := map[string]struct{ want, err string }{
		"text":   {"a", ""},
		"empty":  {"", ""},
		"number": {"", "number has the wrong type"},
		"absent": {"", "absent is required"},
	}
	for key, test := range tests {
		if got, err := wire.Required(fields, key); got != test.want || !tells(err, test.err) {
			t.Errorf("%s is %q, %v", key, got, err)
		}
	}
}

// tells reports that an error has the words, or that there is none where there are no words.
func tells(err error, words string) bool {
	if words == "" || err == nil {
		return words == "" && err == nil
	}
	return strings.Contains(err.Error(), words)
}
