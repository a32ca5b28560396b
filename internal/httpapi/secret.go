package httpapi

import (
	"encoding/json"
	"errors"
	"regexp"
)

// Secret is a signing secret as an answer tells it. A masked one decodes as empty: it must never replace a real one.
type Secret string

// masks are what is written in place of secrets. Those that the vendors make are letters, digits and little else, in which none
// of these occurs by chance.
var masks = regexp.MustCompile(`(?i)[^!-~]|[*#<>()\[\]{}]|\.\.\.|redacted|masked|hidden|x{6}|0{6}`)

// UnmarshalJSON implements json.Unmarshaler.
func (s *Secret) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New("secret is not a string") // the cause could quote it
	}
	if masks.MatchString(text) {
		text = ""
	}
	*s = Secret(text)
	return nil
}
