package tfwebhook

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// SortedKinds returns the event kinds of a set in sorted order, so that equal sets make equal requests.
func SortedKinds(set types.Set) []string {
	out := append([]string{}, texts(set.Elements()...)...) // a request contains an empty list, not null
	slices.Sort(out)
	return out
}

// EventSet returns a set of event kinds without duplicates.
func EventSet(kinds []string) types.Set {
	var elements []attr.Value
	for _, kind := range slices.Compact(slices.Sorted(slices.Values(kinds))) {
		elements = append(elements, types.StringValue(kind))
	}
	return types.SetValueMust(types.StringType, elements)
}
