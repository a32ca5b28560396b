package tfenfinitos

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfvalue"
)

var _ datasource.DataSourceWithConfigure = (*webhookDataSource)(nil)

// webhookDataSource reads one EnfinitOS subscription by its id, where the API can read one.
type webhookDataSource struct {
	client *enfinitos.Client
}

// webhookDataSourceModel is a subscription as the data source tells it. What changes on its own is here and not in the resource.
type webhookDataSourceModel struct {
	webhookData
	LastDeliveredAt types.String `tfsdk:"last_delivered_at"`
}

// NewWebhookDataSource returns the data source webhook_enfinitos.
func NewWebhookDataSource() datasource.DataSource { return &webhookDataSource{} }

// Metadata implements datasource.DataSource.
func (d *webhookDataSource) Metadata(
	_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = "webhook_enfinitos"
}

// Schema implements datasource.DataSource.
func (d *webhookDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "One EnfinitOS webhook subscription, by its id. EnfinitOS documents no call to read one; where the API " +
			"does not have it, this data source fails and says so. Costs one call, and one more where it fails.",
		Attributes: map[string]schema.Attribute{
			"id":           tfvalue.Required("The id of the subscription."),
			"developer_id": tfvalue.Computed("The account the subscription belongs to."),
			"url":          tfvalue.Computed("Where events are delivered."),
			"events": schema.SetAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The kinds of event that are delivered.",
			},
			"label": tfvalue.Computed("A name for people."),
			"active": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether events are delivered.",
			},
			"created_at":             tfvalue.Computed("When the subscription was created, RFC 3339."),
			"secret_last_rotated_at": tfvalue.Computed("When the signing secret was last rotated, RFC 3339; null while it never was."),
			"last_delivered_at":      tfvalue.Computed("When an event was last delivered, RFC 3339; null while none was."),
		},
	}
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *webhookDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.client = providerdata.RequireEnfinitos(req.ProviderData, &resp.Diagnostics)
}

// Read implements datasource.DataSource.
func (d *webhookDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data webhookDataSourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tfvalue.DefaultTimeout)
	defer cancel()
	defer warnOfContract(d.client, &resp.Diagnostics)

	found, presence, err := d.client.Find(ctx, data.ID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(lookupFailed("subscription "+data.ID.ValueString(), err))
		return
	}
	if presence != enfinitos.Readable {
		resp.Diagnostics.AddError("Unable to read EnfinitOS webhook", fmt.Sprintf(
			"This API has no call to read subscription %s. EnfinitOS documents none.", data.ID.ValueString()))
		return
	}

	data.refresh(found)
	data.LastDeliveredAt = tfvalue.StringOrNull(found.LastDeliveredAt)
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
