package tfdfns

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

type oneEventModel struct {
	eventModel
	WebhookID types.String `tfsdk:"webhook_id"`
}

// NewEventDataSource returns the data source webhook_dfns_event, which reads one delivery attempt.
func NewEventDataSource() datasource.DataSource {
	return tfwebhook.NewDataSource("webhook_dfns_event", clientFrom, eventSchema, readEvent)
}

func eventSchema() schema.Schema {
	attributes := eventAttributes()
	attributes["webhook_id"] = tfwebhook.Required("The id of the webhook, `wh-…`.")
	attributes["id"] = tfwebhook.Required("The id of the attempt, `whe-…`.")
	return schema.Schema{
		MarkdownDescription: "Reads one attempt to deliver an event to a Dfns webhook, by its id. Dfns keeps attempts for " +
			"31 days. Makes one API call. The payload of the event, `data`, gets into the state, in plain text and marked " +
			"as sensitive. The token needs the permission `Webhooks:Events:Read`.",
		Attributes: attributes,
	}
}

func readEvent(ctx context.Context, client *dfns.Client, data *oneEventModel) diag.Diagnostics {
	id, webhookID := data.ID.ValueString(), data.WebhookID.ValueString()
	event, err := client.GetWebhookEvent(ctx, webhookID, id)
	if httpapi.IsNotFound(err) {
		return diag.Diagnostics{noEvent(ctx, client, webhookID, id, err)}
	}
	if err != nil {
		return diag.Diagnostics{advice.LookupFailed("read events", "event "+id+" of webhook "+webhookID, err)}
	}

	data.refresh(event, true)
	return nil
}

// noEvent says which is missing, the event or the webhook. The API answers 404 for both, and its wording is not relied on.
func noEvent(ctx context.Context, client *dfns.Client, webhookID, id string, notFound error) diag.Diagnostic {
	asked := fmt.Sprintf("Reading event %s of webhook %s failed: %s\n\n", id, webhookID, notFound)
	_, err := client.GetWebhook(ctx, webhookID)
	if httpapi.IsNotFound(err) {
		return diag.NewErrorDiagnostic("Dfns Webhook Not Found", asked+"The webhook does not exist. "+existing(ctx, client))
	}
	advice := "The webhook has no such event, or the event is older than 31 days and Dfns has deleted it"
	if err != nil {
		advice += ", or the webhook itself does not exist, which could not be checked: " + err.Error()
	}
	return diag.NewErrorDiagnostic("Dfns Webhook Event Not Found",
		asked+advice+". The data source webhook_dfns_events lists the existing events.")
}
