package tfevents

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// NewFunction returns the function that finds the event kinds of a vendor by patterns.
func NewFunction(name, vendor string, known []string) function.Function {
	return &kindsFunction{name: name, vendor: vendor, known: known}
}

type kindsFunction struct {
	name, vendor string
	known        []string
}

// Metadata implements function.Function.
func (f *kindsFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = f.name
}

// Definition implements function.Function.
func (f *kindsFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: fmt.Sprintf("The %s event kinds that match patterns.", f.vendor),
		MarkdownDescription: fmt.Sprintf("Returns the set of all %s event kinds known to this version of the provider that match "+
			"one of the patterns. In a pattern `*` stands for any number of characters, dots among them. A pattern that matches "+
			"nothing is an error, so that a misspelt one is noticed.", f.vendor),
		VariadicParameter: function.StringParameter{
			Name:                "pattern",
			MarkdownDescription: fmt.Sprintf("A kind or a pattern, such as `%s.*`.", strings.Split(f.known[0], ".")[0]),
		},
		Return: function.SetReturn{ElementType: types.StringType},
	}
}

// Run implements function.Function.
func (f *kindsFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var patterns []string
	if resp.Error = req.Arguments.Get(ctx, &patterns); resp.Error != nil {
		return
	}
	if len(patterns) == 0 {
		resp.Error = function.NewFuncError("At least one pattern is needed")
		return
	}
	var kinds []string
	for i, pattern := range patterns {
		matching := Match(pattern, f.known)
		if len(matching) == 0 {
			resp.Error = function.NewArgumentFuncError(int64(i), fmt.Sprintf(
				"Pattern %q matches no %s event kind that this version of the provider knows. The kind spelled most like it is %q. "+
					"Put a newer kind beside the result with setunion", pattern, f.vendor, Nearest(pattern, f.known)))
			return
		}
		kinds = append(kinds, matching...)
	}
	resp.Error = resp.Result.Set(ctx, Set(kinds))
}

// Match returns the kinds that match a pattern, in which * stands for any number of characters, dots among them.
func Match(pattern string, kinds []string) []string {
	return slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return !matches(pattern, kind) })
}

func matches(pattern, kind string) bool {
	parts := strings.Split(pattern, "*")
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return pattern == kind
	}
	rest, found := strings.CutPrefix(kind, first)
	for _, part := range parts[1 : len(parts)-1] {
		if found {
			_, rest, found = strings.Cut(rest, part)
		}
	}
	return found && strings.HasSuffix(rest, last)
}
