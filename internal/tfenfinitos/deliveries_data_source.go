package tfenfinitos

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

type deliveriesModel struct {
	SubscriptionID types.String    `tfsdk:"subscription_id"`
	Status         types.String    `tfsdk:"status"`
	MaxResults     types.Int64     `tfsdk:"max_results"`
	IncludePayload types.Bool      `tfsdk:"include_payload"`
	Deliveries     []deliveryModel `tfsdk:"deliveries"`
}

type deliveryModel struct {
	ID                  types.String `tfsdk:"id"`
	Status              types.String `tfsdk:"status"`
	Payload             types.String `tfsdk:"payload"`
	FirstAttemptedAt    types.String `tfsdk:"first_attempted_at"`
	LastAttemptedAt     types.String `tfsdk:"last_attempted_at"`
	NextRetryAt         types.String `tfsdk:"next_retry_at"`
	DeliveredAt         types.String `tfsdk:"delivered_at"`
	AttemptCount        types.Int64  `tfsdk:"attempt_count"`
	HTTPStatus          types.Int64  `tfsdk:"http_status"`
	ResponseBodyExcerpt types.String `tfsdk:"response_body_excerpt"`
	ErrorMessage        types.String `tfsdk:"error_message"`
	SignatureHeader     types.String `tfsdk:"signature_header"`
}

// refresh sets the model to a delivery, with what was sent and answered only if that is wanted.
func (m *deliveryModel) refresh(api *enfinitos.Delivery, withPayload bool) {
	*m = deliveryModel{
		ID:               tfwebhook.StringOrNull(api.ID),
		Status:           tfwebhook.StringOrNull(api.Status),
		FirstAttemptedAt: tfwebhook.StringOrNull(api.FirstAttemptedAt),
		LastAttemptedAt:  tfwebhook.StringOrNull(api.LastAttemptedAt),
		NextRetryAt:      tfwebhook.StringOrNull(api.NextRetryAt),
		DeliveredAt:      tfwebhook.StringOrNull(api.DeliveredAt),
		AttemptCount:     types.Int64PointerValue(api.AttemptCount.Value),
		HTTPStatus:       types.Int64PointerValue(api.HTTPStatus.Value),
		ErrorMessage:     tfwebhook.StringOrNull(api.ErrorMessage),
	}
	if withPayload {
		m.Payload = tfwebhook.StringOrNull(api.Payload)
		m.ResponseBodyExcerpt = tfwebhook.StringOrNull(api.ResponseBodyExcerpt)
		m.SignatureHeader = tfwebhook.StringOrNull(api.SignatureHeader)
	}
}

// NewDeliveriesDataSource returns the data source webhook_enfinitos_deliveries, which lists the deliveries of one subscription.
func NewDeliveriesDataSource() datasource.DataSource {
	return tfwebhook.NewDataSource("webhook_enfinitos_deliveries", clientFrom, deliveriesSchema, readDeliveries)
}

func deliveriesSchema() schema.Schema {
	number := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	private := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: description}
	}
	return schema.Schema{
		MarkdownDescription: "Lists the deliveries of one EnfinitOS subscription, newest first. To find out whether the " +
			"subscription delivers, use `webhook_enfinitos_delivery_health`. The key needs the scope `audit:read`.",
		Attributes: map[string]schema.Attribute{
			"subscription_id": tfwebhook.Required("The id of the subscription."),
			"status": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only deliveries with this status: `queued`, `delivered`, `failed` or `dead_lettered`. Other values " +
					"are passed to the API, with a warning.",
				Validators: tfwebhook.StatusFilter("EnfinitOS", statuses),
			},
			"max_results": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "The maximum number of deliveries to read. Defaults to 100. Each page of 50 takes one API call.",
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"include_payload": tfwebhook.IncludePayload("`payload`, `response_body_excerpt` and `signature_header`"),
			"deliveries": schema.ListNestedAttribute{
				Computed: true,
				MarkdownDescription: "The deliveries. Values that the API does not return are null. Without " +
					"`include_payload`, so are `payload`, `response_body_excerpt` and `signature_header`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":                    tfwebhook.Computed("The id of the delivery, `dlv_…`. The action `webhook_enfinitos_replay` needs it."),
					"status":                tfwebhook.Computed("`queued`, `delivered`, `failed` or `dead_lettered`."),
					"payload":               private("The delivered body, as JSON text."),
					"first_attempted_at":    tfwebhook.Computed("When the first attempt was made, in RFC 3339."),
					"last_attempted_at":     tfwebhook.Computed("When the last attempt was made, in RFC 3339."),
					"next_retry_at":         tfwebhook.Computed("When the next attempt is due, in RFC 3339."),
					"delivered_at":          tfwebhook.Computed("When an attempt succeeded, in RFC 3339."),
					"attempt_count":         number("The number of attempts so far."),
					"http_status":           number("The last HTTP status of the receiver."),
					"response_body_excerpt": private("The beginning of the receiver's last answer."),
					"error_message":         tfwebhook.Computed("The last error message."),
					"signature_header":      private("The signature header of the delivery."),
				}},
			},
		},
	}
}

func readDeliveries(ctx context.Context, client *enfinitos.Client, data *deliveriesModel) diag.Diagnostics {
	most := tfwebhook.MaxResults(data.MaxResults)
	data.Deliveries = []deliveryModel{}
	id := data.SubscriptionID.ValueString()
	for delivery, err := range client.ListDeliveries(ctx, id, data.Status.ValueString(), min(most, enfinitos.DefaultPage)) {
		if err != nil {
			return diag.Diagnostics{advice.LookupFailed("read", "the deliveries of subscription "+id, err)}
		}
		var model deliveryModel
		model.refresh(delivery, data.IncludePayload.ValueBool())
		data.Deliveries = append(data.Deliveries, model)
		if len(data.Deliveries) == most {
			break
		}
	}
	return nil
}
