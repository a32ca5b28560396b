package tfdfns

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

type eventsModel struct {
	WebhookID      types.String `tfsdk:"webhook_id"`
	Kind           types.String `tfsdk:"kind"`
	DeliveryFailed types.Bool   `tfsdk:"delivery_failed"`
	MaxResults     types.Int64  `tfsdk:"max_results"`
	IncludePayload types.Bool   `tfsdk:"include_payload"`
	Events         []eventModel `tfsdk:"events"`
}

// NewEventsDataSource returns the data source webhook_dfns_events, which lists the delivery attempts of one webhook.
func NewEventsDataSource() datasource.DataSource {
	return tfwebhook.NewDataSource("webhook_dfns_events", clientFrom, eventsSchema, readEvents)
}

func eventsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the delivery attempts of one Dfns webhook, ordered by `timestamp_sent`. Dfns keeps " +
			"attempts for 31 days. To find out whether the webhook delivers, use `webhook_dfns_delivery_health`. The token " +
			"needs the permission `Webhooks:Events:Read`.",
		Attributes: map[string]schema.Attribute{
			"webhook_id": tfwebhook.Required("The id of the webhook, `wh-…`."),
			"kind": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only events of this kind. `*` is not allowed.",
				Validators:          kinds().KindValidators(),
			},
			"delivery_failed": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Only failed attempts (`true`) or only successful ones (`false`).",
			},
			"max_results": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "The maximum number of attempts to read. Defaults to 100. Each page of 200 takes one " +
					"API call. The order in which Dfns lists attempts is not documented, so these are not necessarily the " +
					"newest.",
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"include_payload": tfwebhook.IncludePayload("`data`"),
			"events": schema.ListNestedAttribute{
				Computed: true,
				MarkdownDescription: "The attempts. Each retry of a delivery is a separate entry with the same `data`, " +
					"which is null without `include_payload`.",
				NestedObject: schema.NestedAttributeObject{Attributes: eventAttributes()},
			},
		},
	}
}

func readEvents(ctx context.Context, client *dfns.Client, data *eventsModel) diag.Diagnostics {
	id, most := data.WebhookID.ValueString(), tfwebhook.MaxResults(data.MaxResults)
	filter := dfns.EventFilter{Kind: data.Kind.ValueString(), DeliveryFailed: data.DeliveryFailed.ValueBoolPointer()}
	data.Events = []eventModel{}
	for event, err := range client.ListWebhookEvents(ctx, id, filter, min(most, dfns.MaxPage)) {
		if err != nil {
			return diag.Diagnostics{advice.LookupFailed("read events", "the events of webhook "+id, err)}
		}
		var model eventModel
		model.refresh(event, data.IncludePayload.ValueBool())
		data.Events = append(data.Events, model)
		if len(data.Events) == most {
			break
		}
	}
	slices.SortStableFunc(data.Events, func(a, b eventModel) int {
		return cmp.Compare(a.TimestampSent.ValueInt64(), b.TimestampSent.ValueInt64())
	})
	return nil
}
