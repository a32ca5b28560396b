// Package wire is what the simulated vendors share: strict decoding of requests, and ids that are the same in every seeded run.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
)

// Body returns the body of a request. The sandbox has already limited its size.
func Body(r *http.Request) []byte {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	return body
}

// Object is a JSON object of a request, decoded strictly: keys are matched to the letter (encoding/json would accept
// "URL" for "url" and hide a wrong tag), unknown keys are refused, and so is null.
type Object map[string]json.RawMessage

// DecodeObject decodes a body that may hold the known keys. An absent body is an empty object.
func DecodeObject(body []byte, known ...string) (Object, error) {
	fields := Object{}
	if len(bytes.TrimSpace(body)) == 0 {
		return fields, nil
	}
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, fmt.Errorf("the body is not a JSON object: %w", err)
	}
	if fields == nil {
		return nil, errors.New("the body is null")
	}
	// Sorted, so that of several mistakes the same one is named every time.
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, key) {
			return nil, fmt.Errorf("unrecognized key %q", key)
		}
		if string(fields[key]) == "null" {
			return nil, fmt.Errorf("%s must not be null", key)
		}
	}
	return fields, nil
}

// Value decodes one field. It reports whether the field was sent at all.
func Value[T any](fields Object, key string) (out T, sent bool, err error) {
	raw, sent := fields[key]
	if !sent {
		return out, false, nil
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, true, fmt.Errorf("%s has the wrong type", key)
	}
	return out, true, nil
}

// Required decodes a text that must be there.
func Required(fields Object, key string) (string, error) {
	text, sent, err := Value[string](fields, key)
	if err == nil && !sent {
		err = fmt.Errorf("%s is required", key)
	}
	return text, err
}

// DecodeStrictly decodes JSON in a format of the sandbox. An unknown field is an error, because the JSON must be something else.
func DecodeStrictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
