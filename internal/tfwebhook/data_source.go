package tfwebhook

import (
	"cmp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// DefaultMaxResults is the default limit for the items of a long list.
const DefaultMaxResults = 100

// MaxResults returns the configured limit for the items of a long list, or the default.
func MaxResults(configured types.Int64) int {
	return int(cmp.Or(configured.ValueInt64(), DefaultMaxResults))
}

// Required returns a required string attribute of a data source, such as the id of the object that it reads.
func Required(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: description,
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
}

// Computed returns a computed string attribute of a data source.
func Computed(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// ComputedEvents returns the attribute with the event kinds of a webhook that a data source has read.
func ComputedEvents(vendor string) schema.SetAttribute {
	return schema.SetAttribute{
		Computed: true, ElementType: types.StringType, MarkdownDescription: "The event kinds that " + vendor + " delivers.",
	}
}

// IncludePayload returns the attribute that asks for what was delivered, which the given attributes contain.
func IncludePayload(attributes string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether the result contains what was delivered (" + attributes + "). Defaults to `false`. " +
			"With `true`, that gets into the state, in plain text and marked as sensitive.",
	}
}
