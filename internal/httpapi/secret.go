package httpapi

import (
	"encoding/json"
	"errors"
	"regexp"
)

// Secret is a signing secret in an answer. A masked one decodes as empty, because it must never replace a real one.
type Secret string

// masks matches what APIs write instead of a secret. The vendors' secrets are letters, digits and little else, so none of these
// occurs in them by chance.
var masks = regexp.MustCompile(`(?i)[^!-~]|[*#<>()\[\]{}]|\.\.\.|redacted|masked|hidden|x{6}|0{6}`)

// UnmarshalJSON implements json.Unmarshaler.
func (s *Secret) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New("secret is not a string") // the cause could quote the secret
	}
	if masks.MatchString(text) {
		text = ""
	}
	*s = Secret(text)
	return nil
}
