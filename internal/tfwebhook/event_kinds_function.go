package tfwebhook

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// EventCatalogue describes the event kinds of a vendor.
type EventCatalogue struct {
	Vendor string
	Known  []string
	// Descriptions say what the Known kinds tell. The vendor does not describe every kind.
	Descriptions map[string]string
	// Page is the vendor's page about them.
	Page string
	// Form is the form of every kind, also of those that this version does not know.
	Form KindForm
	// EveryKind is what subscribes to all kinds. It is empty if the vendor has no such thing.
	EveryKind string
	// Prose are the Known kinds that no specification of the vendor's API contains.
	Prose []string
	// Deprecated are the Known kinds that the vendor has deprecated, each with what to do.
	Deprecated map[string]string
	// Growth says what happens when a pattern matches an additional kind.
	Growth string
}

// NewFunction returns the function VENDOR_event_kinds, which returns the event kinds of the vendor that match patterns.
func (c EventCatalogue) NewFunction() function.Function { return &kindsFunction{c} }

// functionName is the name of that function.
func (c EventCatalogue) functionName() string { return strings.ToLower(c.Vendor) + "_event_kinds" }

type kindsFunction struct{ EventCatalogue }

// Metadata implements function.Function.
func (f *kindsFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = f.functionName()
}

// Definition implements function.Function.
func (f *kindsFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary:             fmt.Sprintf("The %s event kinds that match patterns.", f.Vendor),
		MarkdownDescription: f.description(),
		VariadicParameter: function.StringParameter{
			Name:                "pattern",
			MarkdownDescription: fmt.Sprintf("A kind or a pattern, such as `%s*`.", object(f.Known[0])),
		},
		Return: function.SetReturn{ElementType: types.StringType},
	}
}

func (f *kindsFunction) description() string {
	out := fmt.Sprintf("Returns all %s event kinds known to this version of the provider that match at least one of the patterns, "+
		"as a set. In a pattern, `*` matches any number of characters, including dots. A pattern that matches no kind is an error, so "+
		"that you notice typos.", f.Vendor)
	if len(f.Prose) > 0 {
		out += fmt.Sprintf("\n\nThe prose of the %s documentation names some kinds that are missing in its API specification, so the API may "+
			"reject them. The function returns these kinds only for a pattern that is their exact name: `%s`.",
			f.Vendor, strings.Join(f.Prose, "`, `"))
	}
	for _, kind := range slices.Sorted(maps.Keys(f.Deprecated)) {
		out += fmt.Sprintf("\n\n%s has deprecated `%s`. A pattern still returns it.", f.Vendor, kind)
	}
	out += "\n\nA newer version of the provider may know more kinds, and a pattern with `*` then matches those too. " + f.Growth
	out += fmt.Sprintf("\n\nThese are the kinds that this version knows. [%s documents them](%s).\n", f.Vendor, f.Page)
	for _, kind := range f.Known {
		out += strings.TrimSuffix(fmt.Sprintf("\n- `%s`: %s", kind, f.Descriptions[kind]), ": ")
	}
	return out
}

// Run implements function.Function.
func (f *kindsFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var patterns []string
	if resp.Error = req.Arguments.Get(ctx, &patterns); resp.Error != nil {
		return
	}
	if len(patterns) == 0 {
		resp.Error = function.NewFuncError("At least one pattern is required")
		return
	}
	var kinds []string
	for i, pattern := range patterns {
		matching := f.match(pattern)
		if len(matching) == 0 {
			resp.Error = function.NewArgumentFuncError(int64(i), f.noMatch(pattern))
			return
		}
		kinds = append(kinds, matching...)
	}
	resp.Error = resp.Result.Set(ctx, EventSet(kinds))
}

// match returns the kinds that match a pattern. It returns a kind in Prose only for its exact name.
func (f *kindsFunction) match(pattern string) []string {
	return slices.DeleteFunc(MatchKinds(pattern, f.Known), func(kind string) bool {
		return kind != pattern && slices.Contains(f.Prose, kind)
	})
}

func (f *kindsFunction) noMatch(pattern string) string {
	if prose := MatchKinds(pattern, f.Prose); len(prose) > 0 {
		return fmt.Sprintf("Pattern %q matches only event kinds that the prose of the %s documentation names and its API specification "+
			"does not: %s. The API may reject them. To try them, write their full names", pattern, f.Vendor, strings.Join(prose, ", "))
	}
	certain := slices.DeleteFunc(slices.Clone(f.Known), func(kind string) bool { return slices.Contains(f.Prose, kind) })
	nearest := NearestKind(pattern, certain)
	switch {
	case nearest == "":
	case strings.Contains(pattern, wildcard):
		nearest = fmt.Sprintf(" The most similar pattern that matches some is %q.", nearest)
	default:
		nearest = fmt.Sprintf(" The most similar known kind is %q.", nearest)
	}
	return fmt.Sprintf("Pattern %q matches no %s event kind that this version of the provider knows.%s To use a newer kind, add it to "+
		"the result with setunion", pattern, f.Vendor, nearest)
}

// wildcard matches any number of characters in a pattern.
const wildcard = "*"

// MatchKinds returns the kinds that match a pattern. In a pattern, * matches any number of characters of any sort.
func MatchKinds(pattern string, kinds []string) []string {
	expression := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(strings.ToValidUTF8(pattern, "\ufffd")), `\*`, ".*") + "$")
	return slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return !expression.MatchString(kind) })
}
