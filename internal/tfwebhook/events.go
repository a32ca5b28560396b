package tfwebhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// EveryKind subscribes to all current and future events.
const EveryKind = "*"

// EventsValidators returns the validators of a set of event kinds of a vendor with these known kinds. A wrong format is an error. An
// unknown name is not, because vendors add kinds faster than a provider can be released.
func EventsValidators(vendor string, known []string) []validator.Set {
	must := fmt.Sprintf("must contain event kinds in lower case, such as %q, or only %q for all kinds", known[0], EveryKind)
	return []validator.Set{kindSetValidator{kindValidator(must, known, strings.ToLower(vendor)+"_event_kinds")}}
}

// EventKindValidators returns the validators of a single event kind that selects events. They do not accept "*", and warn of an unknown
// kind in every plan: it finds nothing, and a data source has no memory.
func EventKindValidators(vendor string, known []string) []validator.String {
	unknown := func(kinds []string) (diags diag.Diagnostics) {
		for _, kind := range kinds {
			if isKind(kind) && !slices.Contains(known, kind) {
				diags.Append(unknownKind(vendor, known, kind))
			}
		}
		return diags
	}
	return []validator.String{
		kindValidator(fmt.Sprintf("must be one event kind, such as %q", known[0]), known, ""),
		Warnings{Should: "should be a known event kind", Of: unknown},
	}
}

// kindValidator rejects what has no form of an event kind. function is the name of the function that replaces patterns, empty where a
// single kind is wanted and not "*".
func kindValidator(must string, known []string, function string) textValidator {
	return textValidator{
		summary: "Invalid Event Kind",
		must:    must,
		check: func(text string) error {
			if isKind(text) || text == EveryKind && function != "" {
				return nil
			}
			return errors.New(instead(text, known, function))
		},
	}
}

// instead says what to write instead of what has no form of an event kind.
func instead(text string, known []string, function string) string {
	kind := strings.ToLower(strings.TrimSpace(text))
	nearest := NearestKind(kind, known)
	switch {
	case nearest == "":
		return "it is empty"
	case isKind(kind):
		return fmt.Sprintf("write %q", kind)
	case function != "" && strings.Contains(kind, EveryKind):
		return fmt.Sprintf("for a pattern, write events = provider::webhook::%s(%q)", function, nearest)
	}
	return fmt.Sprintf("the most similar known kind is %q", nearest)
}

// kindSetValidator rejects a set of event kinds, with the path of the whole set: that of an element is not shown.
type kindSetValidator struct{ textValidator }

// ValidateSet implements validator.Set.
func (v kindSetValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	report := func(problem string) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Event Kind", fmt.Sprintf("The value %s: %s.", v.must, problem))
	}
	elements := req.ConfigValue.Elements()
	if len(elements) == 0 {
		report("it is empty")
	}
	if slices.ContainsFunc(elements, attr.Value.IsNull) {
		report("an element is null")
	}
	for _, kind := range texts(req.ConfigValue) {
		resp.Diagnostics.Append(v.validate(req.Path, kind)...)
	}
}

// isKind reports that a text has the form of an event kind.
func isKind(text string) bool {
	words := strings.Split(text, ".")
	return len(words) > 1 && !slices.ContainsFunc(words, func(word string) bool {
		return strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || word == ""
	})
}

// NearestKind returns the known kind that is most similar to the given kind, preferably one of the same object (the part before the
// first dot). For a pattern it returns a pattern that matches known kinds, for "" it returns "".
func NearestKind(kind string, known []string) string {
	if kind == "" {
		return ""
	}
	kind = strings.ToLower(kind)
	object, _, _ := strings.Cut(kind, ".")
	if strings.Contains(kind, EveryKind) {
		if len(MatchKinds(kind, known)) > 0 {
			return kind
		}
		known = patterns(known)
	} else if same := MatchKinds(object+".*", known); len(same) > 0 {
		known = same
	}
	return slices.MinFunc(known, func(a, b string) int {
		return levenshtein.Distance(kind, a, nil) - levenshtein.Distance(kind, b, nil)
	})
}

// patterns returns the patterns for everything that begins or ends like one of the kinds.
func patterns(kinds []string) (out []string) {
	for _, kind := range kinds {
		for i, character := range kind {
			if character == '.' {
				out = append(out, kind[:i]+".*", "*"+kind[i:])
			}
		}
	}
	return out
}

// Odd warns of what is allowed but probably unintended among the kinds that a plan or an import adds. What was there before is no news.
func (c EventCatalogue) Odd(planned, prior types.Set) (diags diag.Diagnostics) {
	kinds, before := texts(planned), texts(prior)
	added := slices.DeleteFunc(slices.Sorted(slices.Values(kinds)), func(kind string) bool { return slices.Contains(before, kind) })
	if len(added) > 0 && len(kinds) > 1 && slices.Contains(kinds, EveryKind) {
		diags.AddAttributeWarning(path.Root("events"), "Redundant Event Kinds",
			`"*" subscribes to all kinds, so the other kinds have no effect. Keep either "*" or the other kinds.`)
	}
	for _, kind := range added {
		switch {
		case c.Deprecated[kind] != "":
			diags.AddAttributeWarning(path.Root("events"), "Deprecated Event Kind: "+kind, fmt.Sprintf(
				"%s has deprecated this kind and may stop delivering it. %s", c.Vendor, c.Deprecated[kind]))
		case kind != EveryKind && !slices.Contains(c.Known, kind):
			diags.Append(diag.WithPath(path.Root("events"), unknownKind(c.Vendor, c.Known, kind)))
		}
	}
	return diags
}

// unknownKind has the kind in its summary, because Terraform shows only one of several warnings with the same summary.
func unknownKind(vendor string, known []string, kind string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Unknown Event Kind: "+kind, fmt.Sprintf(
		"This version of the provider does not know this kind. The most similar known kind is %q. If %s has added the kind recently, "+
			"ignore this warning.", NearestKind(kind, known), vendor))
}
