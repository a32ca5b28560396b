package tfdfns

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var _ datasource.DataSourceWithConfigure = (*eventsDataSource)(nil)

// eventsDataSource lists the delivery attempts of one Dfns webhook.
type eventsDataSource struct {
	tfwebhook.DataSource[dfns.Client]
}

type eventsModel struct {
	WebhookID      types.String `tfsdk:"webhook_id"`
	Kind           types.String `tfsdk:"kind"`
	DeliveryFailed types.Bool   `tfsdk:"delivery_failed"`
	MaxResults     types.Int64  `tfsdk:"max_results"`
	IncludePayload types.Bool   `tfsdk:"include_payload"`
	Events         []eventModel `tfsdk:"events"`
}

// NewEventsDataSource returns the data source webhook_dfns_events.
func NewEventsDataSource() datasource.DataSource {
	return &eventsDataSource{tfwebhook.DataSource[dfns.Client]{Name: "webhook_dfns_events", ClientFrom: clientFrom}}
}

// Schema implements datasource.DataSource.
func (d *eventsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
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

// Read implements datasource.DataSource.
func (d *eventsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data eventsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tfwebhook.DefaultTimeout)
	defer cancel()

	id, most := data.WebhookID.ValueString(), tfwebhook.MaxResults(data.MaxResults)
	filter := dfns.EventFilter{Kind: data.Kind.ValueString(), DeliveryFailed: data.DeliveryFailed.ValueBoolPointer()}
	data.Events = []eventModel{}
	for event, err := range d.Client.ListWebhookEvents(ctx, id, filter, min(most, dfns.MaxPage)) {
		if err != nil {
			resp.Diagnostics.Append(advice.LookupFailed("read events", "the events of webhook "+id, err))
			return
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
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
