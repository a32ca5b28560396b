package tfdfns

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var _ tfwebhook.WebhookResource = (*webhookResource)(nil)

// object is what the resource manages.
var object = tfwebhook.Object{Vendor: "Dfns", Noun: "webhook", ID: "wh-…", Secret: "whs-…"}

// webhookResource manages one Dfns webhook. The API returns the signing secret once, in the answer to the create.
//
// https://docs.dfns.co/api-reference/webhooks
type webhookResource struct {
	tfwebhook.Resource[*dfns.Client]
}

// NewWebhookResource returns the resource webhook_dfns.
func NewWebhookResource() resource.Resource { return newWebhookResource() }

func newWebhookResource() *webhookResource {
	return &webhookResource{tfwebhook.Resource[*dfns.Client]{Name: "webhook_dfns", Advice: advice, IDs: webhookID, ClientFrom: clientFrom}}
}

// Schema implements resource.Resource.
func (r *webhookResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = object.Schema(ctx, "Manages a Dfns webhook, to which Dfns delivers the events of an organization.\n\n"+
		"The provider signs every change with the credential of its `dfns` block. A create, an update and a delete take "+
		"three API calls each, and the first create of a run one more for every 200 webhooks. A refresh of one webhook takes one "+
		"call. A refresh of many takes one call plus one for every 200 "+
		"webhooks of the organization. The token needs the permissions `Webhooks:Create`, `Webhooks:Read`, "+
		"`Webhooks:Update` and `Webhooks:Delete`.", map[string]schema.Attribute{
		"url": tfwebhook.RequiredText("The URL that Dfns delivers events to. Use https: with http, anybody on the way can read the "+
			"deliveries. Several webhooks can have the same url.", tfwebhook.HTTP()),
		"events": kinds().Attribute("The event kinds to deliver, such as `wallet.transfer.confirmed`, or only `*` for all current and " +
			"future kinds. A kind that this provider version does not know causes a warning only, because Dfns often adds new ones. " +
			"Dfns has deprecated `wallet.exported`."),
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
		"date_updated": tfwebhook.Reported("When the webhook was last changed, in ISO 8601."),
	})
}

// ModifyPlan implements resource.ResourceWithModifyPlan. Every attribute changes in place, apart from settings of the secret. It makes
// no call.
func (r *webhookResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	var plan, prior webhookModel
	if !r.BeginPlan(ctx, req, resp, &plan, &prior) {
		return
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.unsigned("delete", &prior)...)
		return
	}

	r.PlanSecret(ctx, req, resp, &plan, &prior)
	switch {
	case req.State.Raw.IsNull():
		resp.Diagnostics.Append(r.unsigned("create", &plan)...)
	case len(resp.RequiresReplace) > 0:
		resp.Diagnostics.Append(r.unsigned("replace", &prior)...)
	case plan.isKnown() && plan.settings().Same(prior.settings()):
		plan.DateUpdated = prior.DateUpdated // no call will be made
	default:
		resp.Diagnostics.Append(r.unsigned("update", &prior)...)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	resp.Diagnostics.Append(odd(&plan.webhookData, &prior.webhookData)...)
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
	r.RunCreate(ctx, req, resp, &plan, func(ctx context.Context) error {
		created, err := r.Client.CreateWebhook(ctx, plan.settings())
		if err != nil {
			return err
		}
		plan.refreshAssigned(created)
		r.SaveCreated(ctx, resp, &plan, string(created.Secret))
		resp.Diagnostics.Append(recovered("create", plan, created.Recovery)...)
		resp.Diagnostics.Append(storedOtherwise("create", plan, created)...)
		return nil
	})
}

// Read implements resource.Resource.
func (r *webhookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var prior webhookModel
	r.RunRead(ctx, req, resp, &prior, func(ctx context.Context) error {
		webhook, err := r.Client.ReadWebhook(ctx, prior.ID.ValueString(), tfwebhook.Created(prior.DateCreated, prior.URL))
		if err != nil {
			return err
		}
		state := prior
		state.refresh(webhook)
		resp.Diagnostics.Append(secretDiffers("read", prior, webhook.Secret)...)
		r.SaveRead(ctx, resp, &state, &prior)
		if prior.IsImported() {
			resp.Diagnostics.Append(odd(&state.webhookData, &prior.webhookData)...)
		}
		return nil
	})
}

// Update implements resource.Resource. What the API does not know, such as timeouts and recipients, changes without a call.
func (r *webhookResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior webhookModel
	r.RunUpdate(ctx, req, resp, &plan, &prior, func(ctx context.Context) error {
		plan.DateUpdated = prior.DateUpdated
		if plan.settings().Same(prior.settings()) {
			return nil
		}
		updated, err := r.Client.UpdateWebhook(ctx, prior.lastAnswer(), plan.settings())
		if err != nil {
			return err
		}
		plan.refreshAssigned(updated)
		plan.DateCreated = prior.DateCreated // as planned: an answer may omit it or format it differently
		resp.Diagnostics.Append(recovered("update", plan, updated.Recovery)...)
		resp.Diagnostics.Append(storedOtherwise("update", plan, updated)...)
		resp.Diagnostics.Append(secretDiffers("update", prior, updated.Secret)...)
		resp.Diagnostics.Append(r.RecordAccount(ctx, resp.Private)...)
		return nil
	})
}

// Delete implements resource.Resource.
func (r *webhookResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhookModel
	r.RunDelete(ctx, req, resp, &state, func(ctx context.Context) error {
		return r.Client.DeleteWebhook(ctx, state.ID.ValueString(), tfwebhook.Created(state.DateCreated, state.URL))
	})
}
