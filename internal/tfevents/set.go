package tfevents

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Sorted returns the event kinds of a set in sorted order, so that equal sets make equal requests.
func Sorted(set types.Set) []string {
	out := make([]string, 0, len(set.Elements()))
	for _, element := range set.Elements() {
		if kind, ok := element.(types.String); ok {
			out = append(out, kind.ValueString())
		}
	}
	slices.Sort(out)
	return out
}

// Set returns a set of event kinds without duplicates.
func Set(kinds []string) types.Set {
	var elements []attr.Value
	for _, kind := range slices.Compact(slices.Sorted(slices.Values(kinds))) {
		elements = append(elements, types.StringValue(kind))
	}
	return types.SetValueMust(types.StringType, elements)
}
