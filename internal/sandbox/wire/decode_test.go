package wire_test

import (
	"fmt"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// What the APIs make of the fields stands in the documents of the vendors' tests.
func TestDecodeObject(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                                      "map[] <nil>",
		" \r\n\t":                               "map[] <nil>",
		`{"b":[null],"a": 1 }`:                  "map[a:1 b:[null]] <nil>",
		`{"c":1}`:                               `map[] unrecognized key "c"`,
		`{"A":1}`:                               `map[] unrecognized key "A"`,
		`{"a":1,"":1}`:                          `map[] unrecognized key ""`,
		`{"a": null }`:                          "map[] a must not be null",
		"null":                                  "map[] the body is null",
		`{"a":`:                                 "map[] the body is not a JSON object: unexpected end of JSON input",
		`{"h":1,"g":1,"f":1,"e":1,"d":1,"c":1}`: `map[] unrecognized key "c"`,
	} {
		for range 10 { // a map is read in a different order every time
			fields, err := wire.DecodeObject([]byte(body), "a", "b")
			texts := map[string]string{}
			for key, value := range fields {
				texts[key] = string(value)
			}
			sandboxtest.Same(t, fmt.Sprint(texts, " ", err), want)
		}
	}
}
