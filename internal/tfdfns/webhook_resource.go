package tfdfns

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var _ tfwebhook.WebhookResource = (*webhookResource)(nil)

// object is what the resource manages.
var object = tfwebhook.Object{Vendor: "Dfns", Noun: "webhook", ID: "wh-…", Secret: "whs-…"}

// webhookResource manages one Dfns webhook. The API returns the signing secret once, in the answer to the create.
//
// https://docs.dfns.co/api-reference/webhooks
type webhookResource struct {
	tfwebhook.Resource[dfns.Client]
}

// NewWebhookResource returns the resource webhook_dfns.
func NewWebhookResource() resource.Resource { return newWebhookResource() }

func newWebhookResource() *webhookResource {
	return &webhookResource{tfwebhook.Resource[dfns.Client]{Name: "webhook_dfns", Object: object, ClientFrom: clientFrom}}
}

// Schema implements resource.Resource.
func (r *webhookResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = object.Schema(ctx, "Manages a Dfns webhook, to which Dfns delivers the events of an organization.\n\n"+
		"The provider signs every change with the credential of its `dfns` block. A create, an update and a delete take "+
		"three API calls each, and the first create of a run one more for every 200 webhooks. A refresh of one webhook takes one "+
		"call. A refresh of many takes one call plus one for every 200 "+
		"webhooks of the organization. The token needs the permissions `Webhooks:Create`, `Webhooks:Read`, "+
		"`Webhooks:Update` and `Webhooks:Delete`.", map[string]schema.Attribute{
		"url": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "The URL that Dfns delivers events to. Use https: with http, anybody on the way can read the " +
				"deliveries. Several webhooks can have the same url.",
			Validators: []validator.String{tfwebhook.HTTP()},
		},
		"events": schema.SetAttribute{
			Required:    true,
			ElementType: types.StringType,
			MarkdownDescription: "The event kinds to deliver, such as `wallet.transfer.confirmed`, or only `*` for all current and future " +
				"kinds. A kind that this provider version does not know causes a warning only, because Dfns often adds new ones. " +
				"Dfns has deprecated `wallet.exported`.",
			Validators: kinds().SetValidators(),
		},
		"status": schema.StringAttribute{
			Optional: true,
			Computed: true,
			Default:  stringdefault.StaticString(dfns.StatusEnabled),
			MarkdownDescription: "`Enabled` (the default) or `Disabled`. While a webhook is disabled, Dfns delivers nothing and retries " +
				"nothing. Another status causes a warning only, because Dfns may add some.",
			Validators: []validator.String{tfwebhook.OneOf(statuses...)},
		},
		"description": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "A description of the webhook, at most 256 characters, counted as JavaScript does.",
			Validators:          []validator.String{tfwebhook.Length(0, 256)},
		},
		"date_created": tfwebhook.Assigned("When the webhook was created, in ISO 8601."),
		"date_updated": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "When the webhook was last changed, in ISO 8601.",
		},
	})
}

// ModifyPlan implements resource.ResourceWithModifyPlan. It plans how the state holds the secret, and warns when the secret
// will change, because receivers need the new one. It makes no call.
func (r *webhookResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.Client == nil || !tfwebhook.IsPlanned(ctx, r.Client, req, resp) {
		return
	}
	var plan, prior *webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}

	switch {
	case plan == nil:
		resp.Diagnostics.Append(r.unsigned("delete", prior)...)
		return
	case prior == nil:
		object.PlanCreatedSecret(resp, plan)
		resp.Diagnostics.Append(r.unsigned("create", plan)...)
	default:
		r.planChange(ctx, req, resp, plan, prior)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	resp.Diagnostics.Append(odd(&plan.webhookData, prior.data())...)
}

// planChange plans the change of an existing webhook. Every attribute changes in place, apart from settings of the secret.
func (r *webhookResource) planChange(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan, prior *webhookModel,
) {
	resp.RequiresReplace = plan.PlanSecret(&prior.SecretModel)
	object.CheckKnownSecret(ctx, req, resp, plan, prior)
	unchanged := plan.isKnown() && plan.settings().Same(prior.settings())
	if unchanged {
		plan.DateUpdated = prior.DateUpdated // no call will be made
	}
	switch {
	case len(resp.RequiresReplace) > 0:
		resp.Diagnostics.Append(r.unsigned("replace", prior)...)
		resp.Diagnostics.Append(object.SecretWillChange(prior.Name(), resp.RequiresReplace))
	case !unchanged:
		resp.Diagnostics.Append(r.unsigned("update", prior)...)
		resp.Diagnostics.Append(object.SecretGoesAlong(prior.ID, prior.URL, plan.URL)...)
	}
}

// unsigned reports a change that the apply could not make, because the configuration only allows reading.
func (r *webhookResource) unsigned(operation string, webhook *webhookModel) diag.Diagnostics {
	if r.Client.CanChange() {
		return nil
	}
	return diag.Diagnostics{signingNotConfigured(operation + " webhook " + webhook.Name())}
}

// Create implements resource.Resource.
func (r *webhookResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhookModel
	ctx, cancel := tfwebhook.BeginChange(ctx, req.Plan, &plan, timeouts.Value.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	created, err := r.Client.CreateWebhook(ctx, plan.settings())
	resp.Diagnostics.Append(tfwebhook.NotNoted(r.Client.NoteProblem())...)
	if err != nil {
		resp.Diagnostics.Append(advice.Failed("create", plan.Name(), err))
		return
	}

	plan.refreshAssigned(created)
	object.SaveCreated(ctx, r.Client, resp, &plan, string(created.Secret))
	resp.Diagnostics.Append(recovered("create", plan, created.Recovery)...)
	resp.Diagnostics.Append(storedOtherwise("create", plan, created)...)
}

// Read implements resource.Resource.
func (r *webhookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state webhookModel
	ctx, cancel := tfwebhook.BeginRead(ctx, r.Client, req, resp, &state)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	webhook, err := r.Client.ReadWebhook(ctx, state.ID.ValueString(), tfwebhook.Created(state.DateCreated, state.URL))
	if httpapi.IsNotFound(err) {
		object.RemoveGone(ctx, r.Client, req, resp, &state)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(advice.Failed("read", state.Name(), err))
		return
	}

	resp.Diagnostics.Append(secretDiffers("read", state, webhook.Secret)...)
	imported := state.URL.IsNull()
	state.refresh(webhook)
	if imported {
		resp.Diagnostics.Append(object.SecretUnknownAfterImport(r.Client)...)
		resp.Diagnostics.Append(odd(&state.webhookData, &webhookData{})...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(tfwebhook.RecordAccount(ctx, resp.Private, r.Client.Account())...)
}

// Update implements resource.Resource. What the API does not know, such as timeouts and recipients, changes without a call.
func (r *webhookResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior webhookModel
	ctx, cancel := object.BeginUpdate(ctx, req, resp, &plan, &prior)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	plan.DateUpdated = prior.DateUpdated
	if !plan.settings().Same(prior.settings()) {
		updated, err := r.Client.UpdateWebhook(ctx, prior.lastAnswer(), plan.settings())
		if httpapi.IsNotFound(err) {
			tfwebhook.UpdateNotFound(ctx, r.Client, req, resp, &prior, advice.Failed("update", prior.Name(), err))
			return
		}
		if err != nil {
			resp.Diagnostics.Append(advice.Failed("update", prior.Name(), err))
			return
		}
		plan.refreshAssigned(updated)
		plan.DateCreated = prior.DateCreated // as planned: an answer may omit it or format it differently
		resp.Diagnostics.Append(recovered("update", plan, updated.Recovery)...)
		resp.Diagnostics.Append(storedOtherwise("update", plan, updated)...)
		resp.Diagnostics.Append(secretDiffers("update", prior, updated.Secret)...)
		resp.Diagnostics.Append(tfwebhook.RecordAccount(ctx, resp.Private, r.Client.Account())...)
	}
	tfwebhook.SaveUpdated(ctx, r.Client, resp, &plan, &prior)
}

// Delete implements resource.Resource.
func (r *webhookResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhookModel
	ctx, cancel := tfwebhook.BeginChange(ctx, req.State, &state, timeouts.Value.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	err := r.Client.DeleteWebhook(ctx, state.ID.ValueString(), tfwebhook.Created(state.DateCreated, state.URL))
	switch {
	case httpapi.IsNotFound(err):
		resp.Diagnostics.Append(tfwebhook.CheckAccount(ctx, req.Private, state.Name(), r.Client.Account())...)
	case err != nil:
		resp.Diagnostics.Append(advice.Failed("delete", state.Name(), err))
	}
}

// ImportState implements resource.ResourceWithImportState. The read that follows warns of what the import brings.
func (r *webhookResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	tfwebhook.ImportByID(ctx, webhookID, req, resp)
}
