package tfenfinitos

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var _ action.ActionWithConfigure = (*replayAction)(nil)

// replayAction sends one delivery again, at once.
type replayAction struct {
	client *enfinitos.Client
}

type replayModel struct {
	SubscriptionID types.String `tfsdk:"subscription_id"`
	DeliveryID     types.String `tfsdk:"delivery_id"`
}

// NewReplayAction returns the action webhook_enfinitos_replay.
func NewReplayAction() action.Action { return &replayAction{} }

// Metadata implements action.Action.
func (a *replayAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "webhook_enfinitos_replay"
}

// Schema implements action.Action.
func (a *replayAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	required := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			Required: true, MarkdownDescription: description,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sends an EnfinitOS delivery again, once and immediately, even if it was dead-lettered. The action fails " +
			"if that attempt fails. Makes one API call. EnfinitOS does not document the scope that the key needs; `*` includes it.",
		Attributes: map[string]schema.Attribute{
			"subscription_id": required("The id of the subscription."),
			"delivery_id":     required("The id of the delivery, `dlv_…`."),
		},
	}
}

// Configure implements action.ActionWithConfigure.
func (a *replayAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.client = providerdata.RequireEnfinitos(req.ProviderData, &resp.Diagnostics)
}

// Invoke implements action.Action.
func (a *replayAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config replayModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tfwebhook.DefaultTimeout)
	defer cancel()

	delivery, id := config.DeliveryID.ValueString(), config.SubscriptionID.ValueString()
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Replaying delivery %s of subscription %s", delivery, id)})
	result, err := a.client.ReplayDelivery(ctx, id, delivery)
	if err != nil {
		resp.Diagnostics.Append(actionFailed("replay EnfinitOS delivery", "delivery "+delivery+" of subscription "+id, err))
		return
	}

	if !*result.Replay.OK.Value {
		resp.Diagnostics.AddError("EnfinitOS Replay Failed", fmt.Sprintf(
			"Delivery %s of subscription %s was sent again and failed again: %s. Receiver status: %s. Repair the receiver, then replay again.",
			delivery, id, cmp.Or(result.Replay.ErrorMessage, "the API gives no reason"), statusText(result.Delivery.HTTPStatus.Value)))
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{
		Message: fmt.Sprintf("Delivered. Receiver status: %s", statusText(result.Delivery.HTTPStatus.Value)),
	})
}

func statusText(status *int64) string {
	if status == nil {
		return "none"
	}
	return fmt.Sprint(*status)
}
