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

// KindForm is the form that the event kinds of a vendor have.
type KindForm struct {
	// Words completes "event kinds …", and may be empty.
	Words string
	// Fits reports that a text has the form.
	Fits func(text string) bool
}

// DottedKinds is the form of kinds such as "wallet.transfer.confirmed".
var DottedKinds = KindForm{Words: " in lower case", Fits: isDotted}

// isDotted reports words in lower case with dots between them.
func isDotted(text string) bool {
	words := strings.Split(text, ".")
	return len(words) > 1 && !slices.ContainsFunc(words, func(word string) bool {
		return strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || word == ""
	})
}

// setValidators returns the validators of a set of event kinds. A wrong form is an error. An unknown name is not, because vendors add
// kinds faster than a provider can be released.
func (c EventCatalogue) setValidators() []validator.Set {
	must := fmt.Sprintf("must contain event kinds%s, such as %q", c.Form.Words, c.Known[0])
	if c.EveryKind != "" {
		must += fmt.Sprintf(", or only %q for all kinds", c.EveryKind)
	}
	return []validator.Set{kindSetValidator{textValidator{
		summary: "Invalid Event Kind",
		must:    must,
		check: func(text string) error {
			if c.isEveryKind(text) || c.Form.Fits(text) {
				return nil
			}
			return errors.New(c.instead(text, c.functionName()))
		},
	}}}
}

// KindValidators returns the validators of a single event kind that selects events. They do not accept all kinds, and warn of an unknown
// kind in every plan: it finds nothing, and a data source has no memory.
func (c EventCatalogue) KindValidators() []validator.String {
	unknown := func(kinds []string) (diags diag.Diagnostics) {
		for _, kind := range kinds {
			if c.Form.Fits(kind) && !slices.Contains(c.Known, kind) {
				diags.Append(c.unknownKind(kind))
			}
		}
		return diags
	}
	form := textValidator{
		summary: "Invalid Event Kind",
		must:    fmt.Sprintf("must be one event kind, such as %q", c.Known[0]),
		check: func(text string) error {
			if c.Form.Fits(text) {
				return nil
			}
			return errors.New(c.instead(text, ""))
		},
	}
	return []validator.String{form, Warnings{Should: "should be a known event kind", Of: unknown}}
}

func (c EventCatalogue) isEveryKind(text string) bool {
	return c.EveryKind != "" && text == c.EveryKind
}

// instead says what to write instead of what has no form of an event kind. function is the name of the function that replaces patterns,
// empty where a single kind is wanted.
func (c EventCatalogue) instead(text, function string) string {
	kind := strings.TrimSpace(text)
	nearest := NearestKind(kind, c.Known)
	switch {
	case nearest == "":
		return "it is empty"
	case c.Form.Fits(kind):
		return fmt.Sprintf("write %q", kind)
	case c.Form.Fits(strings.ToLower(kind)):
		return fmt.Sprintf("write %q", strings.ToLower(kind))
	case function != "" && strings.Contains(kind, wildcard):
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
	for _, kind := range texts(elements...) {
		resp.Diagnostics.Append(v.validate(req.Path, kind)...)
	}
}

// NearestKind returns the known kind that is most similar to the given kind, preferably one of the same object. For a pattern it returns
// a pattern that matches known kinds, for "" it returns "".
func NearestKind(kind string, known []string) string {
	if kind == "" {
		return ""
	}
	if strings.Contains(kind, wildcard) {
		if lower := strings.ToLower(kind); len(MatchKinds(lower, known)) > 0 {
			return lower
		}
		known = patterns(known)
	} else if same := MatchKinds(object(strings.ToLower(kind))+wildcard, known); len(same) > 0 {
		known = same
	}
	distance := func(one string) int { return levenshtein.Distance(strings.ToLower(kind), strings.ToLower(one), nil) }
	return slices.MinFunc(known, func(a, b string) int { return distance(a) - distance(b) })
}

// object returns the beginning of a kind up to and with its first separator: what the event is about.
func object(kind string) string { return kind[:strings.IndexFunc(kind, isSeparator)+1] }

// isSeparator reports what vendors put between the parts of a kind.
func isSeparator(r rune) bool { return strings.ContainsRune(".:/", r) }

// patterns returns the patterns for everything that begins or ends like one of the kinds.
func patterns(kinds []string) (out []string) {
	for _, kind := range kinds {
		for i, character := range kind {
			if isSeparator(character) {
				out = append(out, kind[:i+1]+wildcard, wildcard+kind[i:])
			}
		}
	}
	return out
}

// Odd warns of what is allowed but probably unintended among the kinds that a plan or an import adds. What was there before is no news.
func (c EventCatalogue) Odd(planned, prior types.Set) (diags diag.Diagnostics) {
	kinds, before := texts(planned.Elements()...), texts(prior.Elements()...)
	added := slices.DeleteFunc(slices.Sorted(slices.Values(kinds)), func(kind string) bool { return slices.Contains(before, kind) })
	if len(added) > 0 && len(kinds) > 1 && slices.ContainsFunc(kinds, c.isEveryKind) {
		diags.AddAttributeWarning(path.Root("events"), "Redundant Event Kinds",
			fmt.Sprintf("%[1]q subscribes to all kinds, so the other kinds have no effect. Keep either %[1]q or the other kinds.", c.EveryKind))
	}
	for _, kind := range added {
		switch {
		case c.Deprecated[kind] != "":
			diags.AddAttributeWarning(path.Root("events"), "Deprecated Event Kind: "+kind, fmt.Sprintf(
				"%s has deprecated this kind and may stop delivering it. %s", c.Vendor, c.Deprecated[kind]))
		case !c.isEveryKind(kind) && !slices.Contains(c.Known, kind):
			diags.Append(diag.WithPath(path.Root("events"), c.unknownKind(kind)))
		}
	}
	return diags
}

// unknownKind has the kind in its summary, because Terraform shows only one of several warnings with the same summary.
func (c EventCatalogue) unknownKind(kind string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Unknown Event Kind: "+kind, fmt.Sprintf(
		"This version of the provider does not know this kind. The most similar known kind is %q. If %s has added the kind recently, "+
			"ignore this warning.", NearestKind(kind, c.Known), c.Vendor))
}
