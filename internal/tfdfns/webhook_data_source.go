package tfdfns

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// NewWebhookDataSource returns the data source webhook_dfns, which reads one webhook by its id.
func NewWebhookDataSource() datasource.DataSource {
	return tfwebhook.NewDataSource("webhook_dfns", clientFrom, webhookSchema, readWebhook)
}

func webhookSchema() schema.Schema {
	attributes := webhookAttributes()
	attributes["id"] = tfwebhook.Required("The id of the webhook, `wh-…`.")
	return schema.Schema{
		MarkdownDescription: "Reads one Dfns webhook, by its id. The signing secret cannot be read. Makes one API call. The token needs the " +
			"permission `Webhooks:Read`.",
		Attributes: attributes,
	}
}

func readWebhook(ctx context.Context, client *dfns.Client, data *webhookData) diag.Diagnostics {
	id := data.ID.ValueString()
	webhook, err := client.ReadWebhook(ctx, id, "")
	if httpapi.IsNotFound(err) {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Dfns Webhook Not Found", fmt.Sprintf(
			"Reading webhook %s failed: %s\n\n%s", id, err, existing(ctx, client)))}
	}
	if err != nil {
		return diag.Diagnostics{advice.LookupFailed("read", "webhook "+id, err)}
	}

	data.refresh(webhook)
	return nil
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
