package httpapi

import (
	"encoding/json"
	"regexp"
)

// Secret is a signing secret in an answer. A masked one, and what is not text, decodes as empty: it must never replace a real one.
type Secret string

// masks matches what APIs write instead of a secret. The vendors' secrets are letters, digits and little else, so none of these
// occurs in them by chance.
var masks = regexp.MustCompile(`(?i)[^!-~]|[*#<>()\[\]{}]|\.\.\.|redacted|masked|hidden|x{6}|0{6}`)

// UnmarshalJSON implements json.Unmarshaler.
func (s *Secret) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil || masks.MatchString(text) {
		text = ""
	}
	*s = Secret(text)
	return nil
}
