package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// withKnownPage returns the call without a page token that the vendor has not made: a patched answer has invented it. The list
// then starts again.
func (c *Calls) withKnownPage(r *http.Request) *http.Request {
	query := r.URL.Query()
	c.vendor.DropUnknownPage(query)
	known := r.Clone(r.Context())
	known.URL.RawQuery = query.Encode()
	return known
}

// patched applies the patch to a JSON answer. Any other answer stays as it is.
func (f *Fault) patched(body []byte) []byte {
	var target, patch any
	if f.Patch == nil || decodeNumbers(body, &target) != nil || decodeNumbers(f.Patch, &patch) != nil {
		return body
	}
	var out bytes.Buffer
	_ = json.NewEncoder(&out).Encode(merge(target, numbered(patch, strconv.Itoa(f.hits-f.Skip))))
	return out.Bytes()
}

// decodeNumbers decodes JSON and keeps every number as it is written.
func decodeNumbers(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// merge is RFC 7396, but an object patches each element of an array.
func merge(target, patch any) any {
	changes, isObject := patch.(map[string]any)
	if !isObject {
		return patch
	}
	if elements, isArray := target.([]any); isArray {
		for i := range elements {
			elements[i] = merge(elements[i], changes)
		}
		return elements
	}
	object, isObject := target.(map[string]any)
	if !isObject {
		object = map[string]any{}
	}
	for key, value := range changes {
		if value == nil {
			delete(object, key)
		} else {
			object[key] = merge(object[key], value)
		}
	}
	return object
}

// numbered replaces $n in every string value.
func numbered(value any, n string) any {
	switch value := value.(type) {
	case string:
		return strings.ReplaceAll(value, "$n", n)
	case []any:
		for i := range value {
			value[i] = numbered(value[i], n)
		}
	case map[string]any:
		for key := range value {
			value[key] = numbered(value[key], n)
		}
	}
	return value
}
