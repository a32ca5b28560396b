package dfns

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// object is a JSON object of a request, decoded strictly: keys are matched to the letter (encoding/json would accept
// "URL" for "url" and hide a wrong tag), unknown keys are refused, and so is null.
type object map[string]json.RawMessage

func decodeObject(body []byte, known ...string) (object, error) {
	fields := object{}
	if len(bytes.TrimSpace(body)) == 0 {
		return fields, nil
	}
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, fmt.Errorf("the body is not a JSON object: %w", err)
	}
	for key, value := range fields {
		if !slices.Contains(known, key) {
			return nil, fmt.Errorf("unrecognized key %q", key)
		}
		if string(value) == "null" {
			return nil, fmt.Errorf("%s must not be null", key)
		}
	}
	return fields, nil
}

// value decodes one field. It reports whether the field was sent at all.
func value[T any](fields object, key string) (out T, sent bool, err error) {
	raw, sent := fields[key]
	if !sent {
		return out, false, nil
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, true, fmt.Errorf("%s has the wrong type", key)
	}
	return out, true, nil
}

func required(fields object, key string) (string, error) {
	text, sent, err := value[string](fields, key)
	if err == nil && !sent {
		err = fmt.Errorf("%s is required", key)
	}
	return text, err
}
