package tfdfns

import (
	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// eventModel is one delivery attempt in a data source.
type eventModel struct {
	ID              types.String         `tfsdk:"id"`
	Date            types.String         `tfsdk:"date"`
	Kind            types.String         `tfsdk:"kind"`
	Data            jsontypes.Normalized `tfsdk:"data"`
	Status          types.String         `tfsdk:"status"`
	TimestampSent   types.Int64          `tfsdk:"timestamp_sent"`
	Error           types.String         `tfsdk:"error"`
	DeliveryFailed  types.Bool           `tfsdk:"delivery_failed"`
	DeliveryAttempt types.Int64          `tfsdk:"delivery_attempt"`
	RetryOf         types.String         `tfsdk:"retry_of"`
	NextAttemptDate types.String         `tfsdk:"next_attempt_date"`
}

// refresh sets the model to an attempt, with the data of its event only if that is wanted.
func (m *eventModel) refresh(api *dfns.WebhookEvent, withData bool) {
	*m = eventModel{
		ID:              tfwebhook.StringOrNull(api.ID),
		Date:            tfwebhook.StringOrNull(api.Date),
		Kind:            tfwebhook.StringOrNull(api.Kind),
		Data:            jsontypes.NewNormalizedNull(),
		Status:          tfwebhook.StringOrNull(api.Status),
		TimestampSent:   types.Int64Value(api.TimestampSent),
		Error:           tfwebhook.StringOrNull(api.Error),
		DeliveryFailed:  types.BoolPointerValue(api.Failed()),
		DeliveryAttempt: types.Int64PointerValue(api.DeliveryAttempt.Value),
		RetryOf:         tfwebhook.StringOrNull(api.RetryOf),
		NextAttemptDate: tfwebhook.StringOrNull(api.NextAttemptDate),
	}
	if withData && len(api.Data) > 0 {
		m.Data = jsontypes.NewNormalizedValue(string(api.Data))
	}
}

// eventAttributes returns the attributes of a delivery attempt in a data source.
func eventAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":   tfwebhook.Computed("The id of the attempt, `whe-…`."),
		"date": tfwebhook.Computed("When the event occurred, in ISO 8601."),
		"kind": tfwebhook.Computed("The kind of the event."),
		"data": schema.StringAttribute{
			Computed:            true,
			Sensitive:           true,
			CustomType:          jsontypes.NormalizedType{},
			MarkdownDescription: "The data of the event as JSON text, for `jsondecode`. Its structure depends on the kind.",
		},
		"status": tfwebhook.Computed("The HTTP status that the receiver answered with, or an error code if it did not answer."),
		"timestamp_sent": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "When Dfns made the attempt, in Unix seconds.",
		},
		"error": tfwebhook.Computed("The error message; null if the attempt succeeded."),
		"delivery_failed": schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether the attempt failed. Where the API does not say it, every `status` but `200` " +
				"means that it failed.",
		},
		"delivery_attempt": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "The number of the attempt, starting at 1; null if the API does not say.",
		},
		"retry_of": tfwebhook.Computed("The id of the first attempt, if this one is a retry; otherwise null, also if the API does not " +
			"say. The prose of Dfns also allows the id of the attempt before."),
		"next_attempt_date": tfwebhook.Computed("The approximate time of the next attempt, in ISO 8601; null if there is " +
			"none, or if the API does not say."),
	}
}
