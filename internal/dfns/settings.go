package dfns

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// Settings are what a create and an update can set. All their values may be logged, a url without its path.
type Settings struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	// Status is StatusEnabled if a create omits it.
	Status string `json:"status"`
	// Description is empty when the webhook has none.
	Description string `json:"description"`
}

// Same reports whether settings make indistinguishable webhooks.
func (s Settings) Same(others Settings) bool { return s.key() == others.key() }

// key is equal for settings that are the Same.
func (s Settings) key() string {
	text, _ := json.Marshal(s.normal()) // strings only
	return string(text)
}

// normal returns the settings in the form that is equal for all forms of the same values.
func (s Settings) normal() Settings {
	s.URL = weburl.Normal(s.URL)
	s.Events = slices.Compact(slices.Sorted(slices.Values(s.Events)))
	return s
}

// changes returns the body of a request that sets what differs from other settings. What is to be cleared is an empty string in it:
// the documentation does not say how to clear a description, and its schema allows "" and not null.
func (s Settings) changes(from Settings) []byte {
	out, wanted, known := s.fields(), s.normal().fields(), from.normal().fields()
	maps.DeleteFunc(out, func(name string, _ json.RawMessage) bool { return bytes.Equal(wanted[name], known[name]) })
	body, _ := json.Marshal(out) // was JSON before
	return body
}

// fields returns the settings by their names in JSON.
func (s Settings) fields() (out map[string]json.RawMessage) {
	text, _ := json.Marshal(s) // strings only
	_ = json.Unmarshal(text, &out)
	return out
}
