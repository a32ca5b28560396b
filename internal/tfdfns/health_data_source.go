package tfdfns

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

type healthModel struct {
	tfwebhook.Health
	WebhookID types.String `tfsdk:"webhook_id"`
}

// NewHealthDataSource returns the data source webhook_dfns_delivery_health, which says whether one webhook delivers.
func NewHealthDataSource() datasource.DataSource {
	return tfwebhook.NewDataSource("webhook_dfns_delivery_health", clientFrom, healthSchema, readHealth)
}

func healthSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Says whether a Dfns webhook delivers: it counts the events of the last 24 hours, or of " +
			"another window, that were delivered, that are still being tried, and that are lost. All attempts to deliver " +
			"an event count as one. No payload gets into the state.\n\nBecause the order of the API is not documented, " +
			"every read goes through all attempts that Dfns keeps, which are those of 31 days, with one API call for every " +
			"200. The token needs the permission `Webhooks:Events:Read`.",
		Attributes: tfwebhook.HealthAttributes(
			"Dfns makes up to 5 attempts: 1 minute, 12 minutes, 2 hours and 1 day after the first. If the webhook is "+
				"disabled when an attempt is due, Dfns makes neither that one nor a later one, and the event counts as "+
				"lost an hour after that.",
			"Not every edition of the Dfns API reports the number of an attempt and the time of the next one. Without "+
				"them, the documented schedule decides, and attempts of the same kind, date and data belong to one event. "+
				"An attempt that is an hour overdue counts as one that will not be made.",
			map[string]schema.Attribute{"webhook_id": tfwebhook.Required("The id of the webhook, `wh-…`.")}),
	}
}

func readHealth(ctx context.Context, client *dfns.Client, data *healthModel) diag.Diagnostics {
	id, readAll := data.WebhookID.ValueString(), true
	var attempts []*dfns.WebhookEvent
	for attempt, err := range client.ListWebhookEvents(ctx, id, dfns.EventFilter{MaxCalls: data.Calls()}, dfns.MaxPage) {
		if httpapi.IsCut(err) {
			readAll = false
			break
		}
		if err != nil {
			return diag.Diagnostics{advice.LookupFailed("read events", "the events of webhook "+id, err)}
		}
		attempts = append(attempts, attempt)
	}

	now := time.Now()
	data.Count(deliveries(attempts, now), data.Since(now), readAll)
	return nil
}
