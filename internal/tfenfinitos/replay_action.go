package tfenfinitos

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var _ action.ActionWithConfigure = (*replayAction)(nil)

// replayAction sends one delivery again, at once.
type replayAction struct {
	tfwebhook.Action[*enfinitos.Client]
}

type replayModel struct {
	SubscriptionID types.String `tfsdk:"subscription_id"`
	DeliveryID     types.String `tfsdk:"delivery_id"`
}

// NewReplayAction returns the action webhook_enfinitos_replay.
func NewReplayAction() action.Action {
	return &replayAction{tfwebhook.Action[*enfinitos.Client]{Name: "webhook_enfinitos_replay", ClientFrom: clientFrom}}
}

// Schema implements action.Action.
func (a *replayAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	required := func(format tfwebhook.IDFormat, description string) schema.StringAttribute {
		return schema.StringAttribute{
			Required: true, MarkdownDescription: description, Validators: []validator.String{format.Validator()},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sends an EnfinitOS delivery again, once and immediately, even if it was dead-lettered. The action fails " +
			"if that attempt fails. Makes one API call. EnfinitOS does not document the scope that the key needs; `*` includes it.",
		Attributes: map[string]schema.Attribute{
			"subscription_id": required(subscriptionID, "The id of the subscription."),
			"delivery_id":     required(deliveryID, "The id of the delivery, `dlv_…`."),
		},
	}
}

// Invoke implements action.Action.
func (a *replayAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config replayModel
	ctx, cancel := tfwebhook.Begin(ctx, req.Config, &config, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	delivery, id := config.DeliveryID.ValueString(), config.SubscriptionID.ValueString()
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Replaying delivery %s of subscription %s", delivery, id)})
	result, err := a.Client.ReplayDelivery(ctx, id, delivery)
	if err != nil {
		resp.Diagnostics.Append(advice.ActionFailed("replay", "EnfinitOS delivery", "delivery "+delivery+" of subscription "+id, err))
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
