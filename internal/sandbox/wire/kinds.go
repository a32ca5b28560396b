package wire

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/agext/levenshtein"
)

// Kind is an event kind that a vendor documents.
type Kind struct {
	Name string `json:"name"`
	// Quiet is true for a kind that the vendor documents as one that it does not send today.
	Quiet bool `json:"quiet,omitempty"`
	// Sample is the data of an event for which nobody has given any.
	Sample json.RawMessage `json:"-"`
}

// Kinds are all kinds of a vendor.
type Kinds []Kind

// Find returns the kind with a name. It refuses a kind that the vendor does not document or does not send, unless it is forced.
func (kinds Kinds) Find(name string, force bool) (Kind, error) {
	for _, kind := range kinds {
		if kind.Name == name && kind.Quiet && !force {
			return Kind{}, fmt.Errorf("the vendor documents that %s does not fire today: add \"force\": true to send it all the same", name)
		}
		if kind.Name == name {
			return kind, nil
		}
	}
	if force {
		return Kind{Name: name, Sample: json.RawMessage("{}")}, nil
	}
	return Kind{}, fmt.Errorf("unknown event kind %q; the nearest is %s (\"force\": true sends it all the same)", name, kinds.Nearest(name))
}

// Has is true for a kind that the vendor documents.
func (kinds Kinds) Has(name string) bool {
	return slices.ContainsFunc(kinds, func(kind Kind) bool { return kind.Name == name })
}

// Nearest returns the kind whose name differs least.
func (kinds Kinds) Nearest(name string) string {
	return slices.MinFunc(kinds, func(a, b Kind) int {
		return levenshtein.Distance(name, a.Name, nil) - levenshtein.Distance(name, b.Name, nil)
	}).Name
}

var kindShape = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)

// IsKind is true for a text that has the form of an event kind, such as key.created.
func IsKind(text string) bool { return kindShape.MatchString(text) }
