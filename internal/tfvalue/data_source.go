package tfvalue

import (
	"cmp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// DefaultMaxResults is how many items of a long list are read when nobody says how many.
const DefaultMaxResults = 100

// MaxResults returns how many items of a long list are wanted.
func MaxResults(configured types.Int64) int {
	return int(cmp.Or(configured.ValueInt64(), DefaultMaxResults))
}

// Required returns a text attribute of a data source that must be configured, such as the id of what it reads.
func Required(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: description,
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
}

// Computed returns a text attribute of a data source that the API tells.
func Computed(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}
