package tfdfns

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var _ action.ActionWithConfigure = (*pingAction)(nil)

// pingAction asks Dfns to send a test event to a webhook.
type pingAction struct {
	tfwebhook.Action[*dfns.Client]
}

type pingModel struct {
	WebhookID types.String `tfsdk:"webhook_id"`
}

// NewPingAction returns the action webhook_dfns_ping.
func NewPingAction() action.Action {
	return &pingAction{tfwebhook.Action[*dfns.Client]{Name: "webhook_dfns_ping", ClientFrom: clientFrom}}
}

var webhookID = tfwebhook.IDFormat{Object: "a Dfns webhook", Prefix: "wh-"}

// Schema implements action.Action.
func (a *pingAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Asks Dfns to send a signed test event to a webhook, and fails unless the receiver answers 200. Dfns does " +
			"not record the event. Makes three API calls. The token needs the permission `Webhooks:Ping`.",
		Attributes: map[string]schema.Attribute{
			"webhook_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The id of the webhook, `wh-…`.",
				Validators:          []validator.String{webhookID.Validator()},
			},
		},
	}
}

// Configure implements action.ActionWithConfigure.
func (a *pingAction) Configure(ctx context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.Action.Configure(ctx, req, resp)
	if a.Client != nil && !a.Client.CanChange() {
		resp.Diagnostics.Append(signingNotConfigured("ping a webhook"))
	}
}

// Invoke implements action.Action.
func (a *pingAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config pingModel
	ctx, cancel := tfwebhook.Begin(ctx, req.Config, &config, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	id := config.WebhookID.ValueString()
	resp.SendProgress(action.InvokeProgressEvent{Message: "Asking Dfns to send a test event to webhook " + id})
	result, err := a.Client.PingWebhook(ctx, id)
	if err != nil {
		resp.Diagnostics.Append(advice.ActionFailed("ping", "Dfns webhook", "webhook "+id, err))
		return
	}

	if result.Status != "200" {
		resp.Diagnostics.AddError("Dfns Ping Failed", fmt.Sprintf(
			"Dfns sent a test event to the receiver of webhook %s, which must answer 200. Dfns reports: %s. Check that the url of the "+
				"webhook is reachable from the internet, and that the receiver accepts the signature.", id, outcome(result)))
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: "The receiver answered 200"})
}

func outcome(result dfns.PingResult) string {
	text := "status " + result.Status
	if result.Status == "" {
		text = "no status"
	}
	if result.Error != "" {
		text += ", " + result.Error
	}
	return text
}
