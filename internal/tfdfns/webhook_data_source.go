package tfdfns

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var _ datasource.DataSourceWithConfigure = (*webhookDataSource)(nil)

// webhookDataSource reads one Dfns webhook by its id.
type webhookDataSource struct {
	tfwebhook.DataSource[dfns.Client]
}

// NewWebhookDataSource returns the data source webhook_dfns.
func NewWebhookDataSource() datasource.DataSource {
	return &webhookDataSource{tfwebhook.DataSource[dfns.Client]{Name: "webhook_dfns", ClientFrom: clientFrom}}
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

// Read implements datasource.DataSource.
func (d *webhookDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data webhookData
	ctx, cancel := tfwebhook.Begin(ctx, req.Config, &data, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	id := data.ID.ValueString()
	webhook, err := d.Client.ReadWebhook(ctx, id, "")
	if httpapi.IsNotFound(err) {
		resp.Diagnostics.AddError("Dfns Webhook Not Found", fmt.Sprintf(
			"Reading webhook %s failed: %s\n\n%s", id, err, existing(ctx, d.Client)))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(advice.LookupFailed("read", "webhook "+id, err))
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
		var data webhookData
		data.refresh(webhook)
		lines = append(lines, data.Name())
	}
	if len(lines) == 0 {
		return "The organization that the token belongs to has no webhook."
	}
	return "The organization that the token belongs to has:\n" + strings.Join(lines, "\n")
}
