package tfdfns

import (
	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfvalue"
)

// eventModel is one delivery attempt as the data sources tell it.
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

func (m *eventModel) refresh(api *dfns.WebhookEvent) {
	*m = eventModel{
		ID:              tfvalue.StringOrNull(api.ID),
		Date:            tfvalue.StringOrNull(api.Date),
		Kind:            tfvalue.StringOrNull(api.Kind),
		Data:            jsontypes.NewNormalizedNull(),
		Status:          tfvalue.StringOrNull(api.Status),
		TimestampSent:   types.Int64Value(api.TimestampSent),
		Error:           tfvalue.StringOrNull(api.Error),
		DeliveryFailed:  types.BoolPointerValue(api.DeliveryFailed),
		DeliveryAttempt: types.Int64PointerValue(api.DeliveryAttempt),
		RetryOf:         tfvalue.StringOrNull(api.RetryOf),
		NextAttemptDate: tfvalue.StringOrNull(api.NextAttemptDate),
	}
	if len(api.Data) > 0 {
		m.Data = jsontypes.NewNormalizedValue(string(api.Data))
	}
}

// eventAttributes returns what a data source tells of a delivery attempt.
func eventAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":   tfvalue.Computed("The id of the attempt, `whe-…`."),
		"date": tfvalue.Computed("When the event was raised, ISO 8601."),
		"kind": tfvalue.Computed("The kind of the event."),
		"data": schema.StringAttribute{
			Computed:            true,
			CustomType:          jsontypes.NormalizedType{},
			MarkdownDescription: "The object of the event as JSON text, for `jsondecode`. Its shape depends on the kind.",
		},
		"status": tfvalue.Computed("The receiver's HTTP status, or the code of the error that kept it from answering."),
		"timestamp_sent": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "When the attempt was made, in Unix seconds.",
		},
		"error": tfvalue.Computed("What went wrong; null when nothing did."),
		"delivery_failed": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the attempt failed; null where the API does not tell.",
		},
		"delivery_attempt": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "The number of the attempt, 1 for the first; null where the API does not tell.",
		},
		"retry_of":          tfvalue.Computed("The id of the attempt that this one repeats; null for the first."),
		"next_attempt_date": tfvalue.Computed("About when the next attempt is made, ISO 8601; null when there is none."),
	}
}
