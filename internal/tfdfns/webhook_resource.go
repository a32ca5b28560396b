package tfdfns

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var (
	_ resource.Resource                = (*webhookResource)(nil)
	_ resource.ResourceWithConfigure   = (*webhookResource)(nil)
	_ resource.ResourceWithIdentity    = (*webhookResource)(nil)
	_ resource.ResourceWithImportState = (*webhookResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*webhookResource)(nil)
)

// webhookResource manages one Dfns webhook. The API returns the signing secret once, in the answer to the create.
//
// https://docs.dfns.co/api-reference/webhooks
type webhookResource struct {
	client *dfns.Client
}

// NewWebhookResource returns the resource webhook_dfns.
func NewWebhookResource() resource.Resource { return &webhookResource{} }

// Metadata implements resource.Resource.
func (r *webhookResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "webhook_dfns"
}

// Schema implements resource.Resource.
func (r *webhookResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		Version: 0, // raise it, and add an upgrader, when the meaning of a state changes
		MarkdownDescription: "Manages a Dfns webhook, to which Dfns delivers the events of an organization.\n\n" +
			"The provider signs every change with the credential of its `dfns` block. A create, an update and a delete take " +
			"three API calls each, and the first create of a run one more for every 200 webhooks. A refresh of one webhook takes one " +
			"call. A refresh of many takes one call plus one for every 200 " +
			"webhooks of the organization. The token needs the permissions `Webhooks:Create`, `Webhooks:Read`, " +
			"`Webhooks:Update` and `Webhooks:Delete`.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The id that Dfns assigned to the webhook, `wh-…`.",
				PlanModifiers:       keep,
			},
			"url": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The URL that Dfns delivers events to. Must be https, except for a loopback host. Several webhooks can " +
					"have the same url.",
				Validators: []validator.String{tfwebhook.HTTPS()},
			},
			"events": schema.SetAttribute{
				Required:    true,
				ElementType: types.StringType,
				MarkdownDescription: "The event kinds to deliver, such as `wallet.transfer.confirmed`, or only `*` for all current and future " +
					"kinds. A kind that this provider version does not know causes a warning only, because Dfns often adds new ones.",
				Validators: tfwebhook.EventsValidators("Dfns", dfns.EventKinds()),
			},
			"status": schema.StringAttribute{
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(dfns.StatusEnabled),
				MarkdownDescription: "`Enabled` (the default) or `Disabled`. While a webhook is disabled, Dfns delivers nothing and retries " +
					"nothing.",
				Validators: []validator.String{stringvalidator.OneOf(dfns.StatusEnabled, dfns.StatusDisabled)},
			},
			"description": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "A description of the webhook, at most 256 characters.",
				Validators:          []validator.String{stringvalidator.UTF8LengthAtMost(256)},
			},
			"secret": schema.StringAttribute{
				Computed:  true,
				Sensitive: true,
				MarkdownDescription: "The secret that signs the deliveries, `whs-…`. Dfns returns it only once, in the answer to the create. " +
					"It is null after an import, and when `secret_recipients` is set.",
			},
			"secret_encrypted":  tfwebhook.SecretEncryptedAttribute(),
			"secret_recipients": tfwebhook.SecretRecipientsAttribute(),
			"secret_version":    tfwebhook.SecretVersionAttribute(),
			"date_created": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the webhook was created, in ISO 8601.",
				PlanModifiers:       keep,
			},
			"date_updated": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the webhook was last changed, in ISO 8601.",
			},
		},
		Blocks: map[string]schema.Block{"timeouts": tfwebhook.Timeouts(ctx)},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *webhookResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The id that Dfns assigned to the webhook, wh-….",
		},
	}}
}

// Configure implements resource.ResourceWithConfigure.
func (r *webhookResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.client = providerdata.RequireDfns(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan implements resource.ResourceWithModifyPlan. It plans how the state holds the secret, and warns when the secret
// will change, because receivers need the new one. It makes no call.
func (r *webhookResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.client == nil { // nothing is configured
		return
	}
	var id types.String
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
		r.client.Claim(id.ValueString(), tfwebhook.HasAccount(ctx, req.Private))
	}
	if req.Plan.Raw.Equal(req.State.Raw) { // most planned webhooks do not change, and decoding is expensive
		return
	}
	var plan, prior *webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan == nil {
		resp.Diagnostics.Append(r.unsigned("delete", prior)...)
		return
	}

	resp.RequiresReplace = plan.secret().Plan(prior.secret())
	if prior != nil && plan.updateRequest(prior).Empty() {
		plan.DateUpdated = prior.DateUpdated // no call will be made
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	switch {
	case prior == nil:
		resp.Diagnostics.Append(r.unsigned("create", plan)...)
	case len(resp.RequiresReplace) > 0:
		resp.Diagnostics.Append(r.unsigned("replace", prior)...)
		resp.Diagnostics.Append(tfwebhook.SecretWillChange("webhook " + name(*prior)))
	case !plan.updateRequest(prior).Empty():
		resp.Diagnostics.Append(r.unsigned("update", prior)...)
		resp.Diagnostics.Append(goesAlong(plan, prior)...)
	}
}

// unsigned reports a change that the apply could not make, because the configuration only allows reading.
func (r *webhookResource) unsigned(operation string, webhook *webhookModel) diag.Diagnostics {
	if r.client.CanChange() {
		return nil
	}
	return diag.Diagnostics{signingNotConfigured(operation + " webhook " + name(*webhook))}
}

// Create implements resource.Resource.
func (r *webhookResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, tfwebhook.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	created, err := r.client.CreateWebhook(ctx, plan.createRequest())
	resp.Diagnostics.Append(tfwebhook.NotNoted(r.client.NoteProblem())...)
	if err != nil {
		resp.Diagnostics.Append(failed("create", plan, err))
		return
	}

	// Saved before anything else can fail: nobody manages a webhook that is in no state.
	err = plan.settle(created, nil)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(tfwebhook.RecordAccount(ctx, resp.Private, r.client.Account())...)
	if created.Recovery.Happened() {
		resp.Diagnostics.Append(recovered("create", plan, created.Recovery))
	}
	resp.Diagnostics.Append(storedOtherwise("create", plan, created)...)
	if plan.secret().IsMissing() {
		resp.Diagnostics.Append(noSecret(plan, err))
	}
}

// Read implements resource.Resource.
func (r *webhookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, tfwebhook.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	// Before the call: a state of an older version has no identity, and Terraform wants one even for a deleted object.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	r.client.Claim(state.ID.ValueString(), tfwebhook.HasAccount(ctx, req.Private))
	webhook, err := r.client.ReadWebhook(ctx, state.ID.ValueString(), state.DateCreated.ValueString())
	if dfns.IsNotFound(err) {
		r.gone(ctx, req, resp, state)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(failed("read", state, err))
		return
	}

	resp.Diagnostics.Append(secretDiffers("read", &state, webhook.Secret)...)
	state.refresh(webhook)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(tfwebhook.RecordAccount(ctx, resp.Private, r.client.Account())...)
}

// gone removes a deleted webhook from the state, unless the API was asked in another account.
func (r *webhookResource) gone(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state webhookModel,
) {
	resp.Diagnostics.Append(tfwebhook.CheckAccount(ctx, req.Private, name(state), r.client.Account())...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.RemoveResource(ctx)
	resp.Diagnostics.Append(deletedOutside(state))
}

// Update implements resource.Resource.
func (r *webhookResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	timeout, diags := plan.Timeouts.Update(ctx, tfwebhook.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	request := plan.updateRequest(&prior)
	updated, err := r.update(ctx, &prior, request)
	if err != nil {
		resp.Diagnostics.Append(r.updateFailed(ctx, req.Private, prior, err)...)
		return
	}

	if err := plan.settle(updated, &prior); err != nil {
		resp.Diagnostics.Append(tfwebhook.SecretNotEncrypted("webhook "+name(prior), err)) // the state stays as it was: it holds the secret
		return
	}
	if updated.Recovery.Happened() {
		resp.Diagnostics.Append(recovered("update", plan, updated.Recovery))
	}
	resp.Diagnostics.Append(storedOtherwise("update", plan, updated)...)
	resp.Diagnostics.Append(secretDiffers("update", &prior, updated.Secret)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	if !request.Empty() {
		resp.Diagnostics.Append(tfwebhook.RecordAccount(ctx, resp.Private, r.client.Account())...)
	}
}

// updateFailed says why an update failed. A webhook that is not found may belong to another account.
func (r *webhookResource) updateFailed(
	ctx context.Context, private tfwebhook.PrivateReader, prior webhookModel, err error,
) (diags diag.Diagnostics) {
	if dfns.IsNotFound(err) {
		diags = tfwebhook.CheckAccount(ctx, private, name(prior), r.client.Account())
	}
	if !diags.HasError() {
		diags.Append(failed("update", prior, err))
	}
	return diags
}

// update makes the change, unless it concerns only what the API does not know, such as timeouts and recipients.
func (r *webhookResource) update(
	ctx context.Context, prior *webhookModel, request dfns.UpdateWebhookRequest,
) (*dfns.Webhook, error) {
	if request.Empty() {
		return prior.lastAnswer(), nil
	}
	return r.client.UpdateWebhook(ctx, prior.lastAnswer(), request)
}

// Delete implements resource.Resource.
func (r *webhookResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, tfwebhook.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	err := r.client.DeleteWebhook(ctx, state.ID.ValueString(), state.DateCreated.ValueString())
	switch {
	case dfns.IsNotFound(err):
		resp.Diagnostics.Append(tfwebhook.CheckAccount(ctx, req.Private, name(state), r.client.Account())...)
	case err != nil:
		resp.Diagnostics.Append(failed("delete", state, err))
	}
}

// ImportState implements resource.ResourceWithImportState.
func (r *webhookResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	id := tfwebhook.ImportByID(ctx, req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(tfwebhook.SecretUnknownAfterImport("Dfns", id))
}
