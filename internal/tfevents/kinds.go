// Package tfevents checks the event kinds in a configuration. A wrong format is an error, an unknown name only a warning, because
// vendors add kinds faster than a provider can be released.
package tfevents

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// EveryKind subscribes to all current and future events.
const EveryKind = "*"

var (
	_ validator.Set    = kindWarnings{}
	_ validator.String = kindWarnings{}
)

// Validators returns the validators of a set of event kinds of a vendor with these known kinds.
func Validators(vendor string, known []string) []validator.Set {
	pattern := regexp.MustCompile(`^(\*|[a-z0-9_]+(\.[a-z0-9_]+)+)$`)
	shape := stringvalidator.RegexMatches(pattern, fmt.Sprintf("must be an event kind in lower case, such as %q, or %q for all "+
		"kinds; for patterns, use provider::webhook::%s_event_kinds", known[0], EveryKind, strings.ToLower(vendor)))
	return []validator.Set{
		setvalidator.SizeAtLeast(1),
		setvalidator.NoNullValues(),
		setvalidator.ValueStringsAre(shape),
		kindWarnings{vendor: vendor, known: known, shape: pattern},
	}
}

// OneKind returns the validators of a single event kind of a vendor. They do not accept "*".
func OneKind(vendor string, known []string) []validator.String {
	pattern := regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)
	return []validator.String{
		stringvalidator.RegexMatches(pattern, fmt.Sprintf("must be one event kind, such as %q", known[0])),
		kindWarnings{vendor: vendor, known: known, shape: pattern},
	}
}

// Nearest returns the known kind that is most similar to the given kind or pattern, preferably one of the same object (the part
// before the first dot). For "" it returns "".
func Nearest(kind string, known []string) string {
	if kind == "" {
		return ""
	}
	kind = strings.ToLower(kind)
	object, _, _ := strings.Cut(kind, ".")
	if same := Match(object+".*", known); len(same) > 0 {
		known = same
	}
	return slices.MinFunc(known, func(a, b string) int {
		return levenshtein.Distance(kind, a, nil) - levenshtein.Distance(kind, b, nil)
	})
}

// kindWarnings warns of what is allowed but probably unintended.
type kindWarnings struct {
	vendor string
	known  []string
	shape  *regexp.Regexp // other kinds are already an error
}

func (kindWarnings) Description(context.Context) string {
	return "should contain known event kinds, or only \"*\""
}

func (v kindWarnings) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v kindWarnings) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	for _, element := range req.ConfigValue.Elements() {
		kind, ok := element.(types.String)
		if !ok || kind.IsNull() || kind.IsUnknown() {
			continue
		}
		if kind.ValueString() == EveryKind && len(req.ConfigValue.Elements()) > 1 {
			resp.Diagnostics.AddAttributeWarning(req.Path, "Redundant Event Kinds",
				`"*" subscribes to all kinds, so the other kinds have no effect. Keep either "*" or the other kinds.`)
		}
		resp.Diagnostics.Append(v.unknown(req.Path, kind)...)
	}
}

func (v kindWarnings) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	resp.Diagnostics.Append(v.unknown(req.Path, req.ConfigValue)...)
}

// unknown warns about a kind that this version does not know.
func (v kindWarnings) unknown(at path.Path, kind types.String) (diags diag.Diagnostics) {
	name := kind.ValueString()
	if name != EveryKind && v.shape.MatchString(name) && !slices.Contains(v.known, name) {
		diags.AddAttributeWarning(at, "Unknown Event Kind", fmt.Sprintf(
			"This version of the provider does not know the event kind %q. The most similar known kind is %q. If "+
				"%s has added the kind recently, ignore this warning.", name, Nearest(name, v.known), v.vendor))
	}
	return diags
}
