package tfenfinitos

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// webhookDataSourceModel is a subscription in the data source. Unlike the resource, it includes what changes by itself.
type webhookDataSourceModel struct {
	webhookData
	LastDeliveredAt types.String `tfsdk:"last_delivered_at"`
}

// NewWebhookDataSource returns the data source webhook_enfinitos, which reads one subscription by its id, where the API can.
func NewWebhookDataSource() datasource.DataSource {
	return tfwebhook.NewDataSource("webhook_enfinitos", clientFrom, webhookSchema, readWebhook)
}

func webhookSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads one EnfinitOS webhook subscription, by its id. EnfinitOS documents no call to read a subscription. If " +
			"the API does not have one, this data source fails. Makes one API call, or two in that case.",
		Attributes: map[string]schema.Attribute{
			"id":           tfwebhook.Required("The id of the subscription."),
			"developer_id": tfwebhook.Computed("The account that the subscription belongs to."),
			"url":          tfwebhook.Computed("The URL that EnfinitOS delivers events to."),
			"events":       tfwebhook.ComputedEvents("EnfinitOS"),
			"label":        tfwebhook.Computed("The name of the subscription, for people."),
			"active": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether EnfinitOS delivers events.",
			},
			"created_at":             tfwebhook.Computed("When the subscription was created, in RFC 3339."),
			"secret_last_rotated_at": tfwebhook.Computed("When the signing secret was last rotated, in RFC 3339; null if never."),
			"last_delivered_at":      tfwebhook.Computed("When an event was last delivered, in RFC 3339; null if never."),
		},
	}
}

func readWebhook(ctx context.Context, client *enfinitos.Client, data *webhookDataSourceModel) diag.Diagnostics {
	found, presence, err := client.Find(ctx, data.ID.ValueString(), "")
	if err != nil {
		return diag.Diagnostics{advice.LookupFailed("read", "subscription "+data.ID.ValueString(), err)}
	}
	if presence != enfinitos.Readable {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Unable to read EnfinitOS webhook", fmt.Sprintf(
			"Subscription %s cannot be read, because this API has no call to read a subscription. EnfinitOS documents no such call.",
			data.ID.ValueString()))}
	}

	data.refresh(found)
	data.LastDeliveredAt = tfwebhook.StringOrNull(found.LastDeliveredAt)
	return nil
}
