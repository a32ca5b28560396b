package tfvalue

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// DefaultMaxResults is the default limit for the items of a long list.
const DefaultMaxResults = 100

// MaxResults returns the configured limit for the items of a long list, or the default.
func MaxResults(configured types.Int64) int {
	if configured.IsNull() {
		return DefaultMaxResults
	}
	return int(configured.ValueInt64())
}

// Computed returns a computed string attribute of a data source.
func Computed(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}
