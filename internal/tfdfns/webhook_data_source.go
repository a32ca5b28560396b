package tfdfns

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var _ datasource.DataSourceWithConfigure = (*webhookDataSource)(nil)

// webhookDataSource reads one Dfns webhook by its id.
type webhookDataSource struct {
	client *dfns.Client
}

// NewWebhookDataSource returns the data source webhook_dfns.
func NewWebhookDataSource() datasource.DataSource { return &webhookDataSource{} }

// Metadata implements datasource.DataSource.
func (d *webhookDataSource) Metadata(
	_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = "webhook_dfns"
}

// Schema implements datasource.DataSource.
func (d *webhookDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := webhookAttributes()
	attributes["id"] = tfwebhook.Required("The id of the webhook, `wh-…`.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one Dfns webhook, by its id. The signing secret cannot be read. Makes one API call. The token needs the " +
			"permission `Webhooks:Read`.",
		Attributes: attributes,
	}
}

// webhookAttributes returns the attributes of a webhook in a data source.
func webhookAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":  tfwebhook.Computed("The id that Dfns assigned to the webhook, `wh-…`."),
		"url": tfwebhook.Computed("The URL that Dfns delivers events to."),
		"events": schema.SetAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "The event kinds that Dfns delivers.",
		},
		"status":       tfwebhook.Computed("`Enabled` or `Disabled`."),
		"description":  tfwebhook.Computed("What the webhook is for."),
		"date_created": tfwebhook.Computed("When the webhook was created, in ISO 8601."),
		"date_updated": tfwebhook.Computed("When the webhook was last changed, in ISO 8601."),
	}
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *webhookDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.client = providerdata.RequireDfns(req.ProviderData, &resp.Diagnostics)
}

// Read implements datasource.DataSource.
func (d *webhookDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data webhookData
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tfwebhook.DefaultTimeout)
	defer cancel()

	id := data.ID.ValueString()
	webhook, err := d.client.ReadWebhook(ctx, id, "")
	if dfns.IsNotFound(err) {
		resp.Diagnostics.AddError("Dfns Webhook Not Found", fmt.Sprintf(
			"Reading webhook %s failed: %s\n\n%s", id, err, existing(ctx, d.client)))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(lookupFailed("read", "webhook "+id, err))
		return
	}

	data.refresh(webhook)
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}

// existing lists the existing webhooks, for a person who asked for one that does not exist.
func existing(ctx context.Context, client *dfns.Client) string {
	const most = 10
	var lines []string
	for webhook, err := range client.ListWebhooks(ctx, most+1) {
		if err != nil {
			return "The existing webhooks could not be listed: " + err.Error()
		}
		if len(lines) == most {
			lines = append(lines, "…")
			break
		}
		var data webhookModel
		data.refresh(webhook)
		lines = append(lines, name(data))
	}
	if len(lines) == 0 {
		return "The organization that the token belongs to has no webhook."
	}
	return "The organization that the token belongs to has:\n" + strings.Join(lines, "\n")
}
