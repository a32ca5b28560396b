package tfwebhook

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// EveryKind subscribes to all current and future events.
const EveryKind = "*"

// EventsValidators returns the validators of a set of event kinds of a vendor with these known kinds. A wrong format is an error, an
// unknown name only a warning, because vendors add kinds faster than a provider can be released.
func EventsValidators(vendor string, known []string) []validator.Set {
	pattern := regexp.MustCompile(`^(\*|[a-z0-9_]+(\.[a-z0-9_]+)+)$`)
	shape := stringvalidator.RegexMatches(pattern, fmt.Sprintf("must be an event kind in lower case, such as %q, or %q for all "+
		"kinds; for patterns, use provider::webhook::%s_event_kinds", known[0], EveryKind, strings.ToLower(vendor)))
	return []validator.Set{
		setvalidator.SizeAtLeast(1),
		setvalidator.NoNullValues(),
		setvalidator.ValueStringsAre(shape),
		warnings(vendor, known, pattern),
	}
}

// EventKindValidators returns the validators of a single event kind of a vendor. They do not accept "*".
func EventKindValidators(vendor string, known []string) []validator.String {
	pattern := regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)
	return []validator.String{
		stringvalidator.RegexMatches(pattern, fmt.Sprintf("must be one event kind, such as %q", known[0])),
		warnings(vendor, known, pattern),
	}
}

// NearestKind returns the known kind that is most similar to the given kind or pattern, preferably one of the same object (the part
// before the first dot). For "" it returns "".
func NearestKind(kind string, known []string) string {
	if kind == "" {
		return ""
	}
	kind = strings.ToLower(kind)
	object, _, _ := strings.Cut(kind, ".")
	if same := MatchKinds(object+".*", known); len(same) > 0 {
		known = same
	}
	return slices.MinFunc(known, func(a, b string) int {
		return levenshtein.Distance(kind, a, nil) - levenshtein.Distance(kind, b, nil)
	})
}

// warnings warns of what is allowed but probably unintended. What does not have the shape is already an error.
func warnings(vendor string, known []string, shape *regexp.Regexp) Warnings {
	of := func(kinds []string) (diags diag.Diagnostics) {
		if len(kinds) > 1 && slices.Contains(kinds, EveryKind) {
			diags.AddWarning("Redundant Event Kinds",
				`"*" subscribes to all kinds, so the other kinds have no effect. Keep either "*" or the other kinds.`)
		}
		for _, kind := range kinds {
			if kind != EveryKind && shape.MatchString(kind) && !slices.Contains(known, kind) {
				diags.AddWarning("Unknown Event Kind", fmt.Sprintf(
					"This version of the provider does not know the event kind %q. The most similar known kind is %q. If "+
						"%s has added the kind recently, ignore this warning.", kind, NearestKind(kind, known), vendor))
			}
		}
		return diags
	}
	return Warnings{Should: `should contain known event kinds, or only "*"`, Of: of}
}
