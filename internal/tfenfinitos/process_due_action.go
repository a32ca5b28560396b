package tfenfinitos

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// defaultDueLimit is the vendor's own default.
const defaultDueLimit = 10

var _ action.ActionWithConfigure = (*processDueAction)(nil)

// processDueAction asks EnfinitOS to make the retries that are due now.
type processDueAction struct {
	tfwebhook.Action[*enfinitos.Client]
}

type processDueModel struct {
	Limit types.Int64 `tfsdk:"limit"`
}

// NewProcessDueAction returns the action webhook_enfinitos_process_due.
func NewProcessDueAction() action.Action {
	return &processDueAction{tfwebhook.Action[*enfinitos.Client]{Name: "webhook_enfinitos_process_due", ClientFrom: clientFrom}}
}

// Schema implements action.Action.
func (a *processDueAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Asks EnfinitOS to make the delivery retries that are due now, for every subscription of the account. The " +
			"progress output shows how many were delivered, failed or dead-lettered. Makes one API call. EnfinitOS does not document " +
			"the scope that the key needs; `*` includes it.",
		Attributes: map[string]schema.Attribute{
			"limit": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "The maximum number of retries to make, 1 to 50. Defaults to 10.",
				Validators:          []validator.Int64{int64validator.Between(1, 50)},
			},
		},
	}
}

// Invoke implements action.Action.
func (a *processDueAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config processDueModel
	ctx, cancel := tfwebhook.Begin(ctx, req.Config, &config, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	limit := cmp.Or(config.Limit.ValueInt64(), defaultDueLimit)
	drained, err := a.Client.ProcessDue(ctx, limit)
	if err != nil {
		resp.Diagnostics.Append(advice.ActionFailed("process due", "EnfinitOS retries", fmt.Sprintf("at most %d retries", limit), err))
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(
		"Processed %d due retries: %d delivered, %d failed, %d dead-lettered (limit %d)",
		*drained.Processed.Value, drained.Delivered, drained.Failed, drained.DeadLettered, drained.BatchLimit)})
}
