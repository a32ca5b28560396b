package tfvalue

import (
	"cmp"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// DefaultMaxResults is how many items of a long list are read when nobody says how many.
const DefaultMaxResults = 100

// MaxResults returns how many items of a long list are wanted.
func MaxResults(configured types.Int64) int {
	return int(cmp.Or(configured.ValueInt64(), DefaultMaxResults))
}

// Computed returns a text attribute of a data source that the API tells.
func Computed(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}
