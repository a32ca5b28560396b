package tfwebhook

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// NewDataSource returns a data source of a vendor. Its read gets the model of the configuration and completes it.
func NewDataSource[C, Model any](
	name string, clientFrom ClientFunc[C], schema func() schema.Schema, read func(context.Context, C, *Model) diag.Diagnostics,
) datasource.DataSource {
	return &dataSource[C, Model]{name: name, clientFrom: clientFrom, schema: schema, read: read}
}

type dataSource[C, Model any] struct {
	name       string
	clientFrom ClientFunc[C]
	schema     func() schema.Schema
	read       func(context.Context, C, *Model) diag.Diagnostics
	client     C
}

var _ datasource.DataSourceWithConfigure = (*dataSource[any, any])(nil)

// Metadata implements datasource.DataSource.
func (d *dataSource[C, Model]) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = d.name
}

// Schema implements datasource.DataSource.
func (d *dataSource[C, Model]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.schema()
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *dataSource[C, Model]) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = d.clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Read implements datasource.DataSource.
func (d *dataSource[C, Model]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model Model
	ctx, cancel := Begin(ctx, req.Config, &model, &resp.Diagnostics)
	defer cancel()
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(d.read(ctx, d.client, &model)...)
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}

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
