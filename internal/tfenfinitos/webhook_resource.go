package tfenfinitos

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// activeUnknown marks in the private state a subscription that was to be created paused and could not be paused. Where
// the API cannot be read, nothing else remembers it.
const activeUnknown = "active_unknown"

var (
	_ resource.Resource                = (*webhookResource)(nil)
	_ resource.ResourceWithConfigure   = (*webhookResource)(nil)
	_ resource.ResourceWithIdentity    = (*webhookResource)(nil)
	_ resource.ResourceWithImportState = (*webhookResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*webhookResource)(nil)
)

// webhookResource manages one EnfinitOS webhook subscription. The API documents no way to read or delete one, or to change more
// than active. It returns the signing secret once, in the answer to the create.
//
// https://docs.enfinitos.com/api-reference/webhooks
type webhookResource struct {
	client *enfinitos.Client
}

// NewWebhookResource returns the resource webhook_enfinitos.
func NewWebhookResource() resource.Resource { return &webhookResource{} }

// Metadata implements resource.Resource.
func (r *webhookResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "webhook_enfinitos"
}

// Schema implements resource.Resource.
func (r *webhookResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		Version: 0, // raise it, and add an upgrader, when the meaning of a state changes
		MarkdownDescription: "Manages an EnfinitOS webhook subscription.\n\n" +
			"EnfinitOS documents how to create, pause and resume a subscription, but not how to change, read or delete one. " +
			"Therefore only `active` changes in place. A change of `url`, `events` or `label` replaces the subscription and its " +
			"signing secret, and the plan warns about that. Reading and deleting use the conventional REST calls. If the API does " +
			"not have them, the list of deliveries shows whether the subscription exists (the key needs the scope `audit:read`), " +
			"Terraform does not see drift, and a destroy only pauses the subscription, with a warning.\n\n" +
			"A create takes one API call (two if `active` is false), and so does a change of `active`. A refresh and a destroy take " +
			"one call, or two if the API lacks the conventional call. A create needs a key with the scope `*`.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The id that EnfinitOS assigned to the subscription.",
				PlanModifiers:       keep,
			},
			"developer_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The account that the subscription belongs to.",
				PlanModifiers:       keep,
			},
			"url": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The URL that EnfinitOS delivers events to. Must be https, except for a loopback host. A change " +
					"replaces the subscription.",
				Validators:    []validator.String{tfwebhook.HTTPS()},
				PlanModifiers: []planmodifier.String{tfwebhook.URLRequiresReplace()},
			},
			"events": schema.SetAttribute{
				Required:    true,
				ElementType: types.StringType,
				MarkdownDescription: "The event kinds to deliver, such as `right.issued`, or only `*` for all current and future kinds. A kind " +
					"that this provider version does not know causes a warning only. A change replaces the subscription.",
				Validators:    tfwebhook.EventsValidators("EnfinitOS", enfinitos.EventKinds()),
				PlanModifiers: []planmodifier.Set{setplanmodifier.RequiresReplace()},
			},
			"label": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "A name for people, 1 to 60 characters. A change replaces the subscription.",
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, 60), labelWarnings},
				PlanModifiers:       replace,
			},
			"active": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
				MarkdownDescription: "Whether EnfinitOS delivers events. Defaults to `true`. The only setting that EnfinitOS can change in place.",
			},
			"secret": schema.StringAttribute{
				Computed:  true,
				Sensitive: true,
				MarkdownDescription: "The secret that signs the deliveries, `whsec_…`. EnfinitOS returns it only once, in the answer to " +
					"the create. It is null after an import, and when `secret_recipients` is set.",
			},
			"secret_encrypted":  tfwebhook.SecretEncryptedAttribute(),
			"secret_recipients": tfwebhook.SecretRecipientsAttribute(),
			"secret_version":    tfwebhook.SecretVersionAttribute(),
			"created_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the subscription was created, in RFC 3339.",
				PlanModifiers:       keep,
			},
			"secret_last_rotated_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the signing secret was last rotated, in RFC 3339; null if never.",
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
			Description:       "The id that EnfinitOS assigned to the subscription.",
		},
	}}
}

// Configure implements resource.ResourceWithConfigure.
func (r *webhookResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.client = providerdata.RequireEnfinitos(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan implements resource.ResourceWithModifyPlan. It plans how the state holds the secret, and warns when the secret
// will change, because receivers need the new one.
func (r *webhookResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.client == nil { // nothing is configured
		return
	}
	if !req.State.Raw.IsNull() {
		var id types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
		r.client.Claim(id.ValueString(), tfwebhook.HasAccount(ctx, req.Private))
	}
	if req.Plan.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var plan, prior *webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}

	resp.RequiresReplace = plan.secret().Plan(prior.secret())
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	if prior != nil && (len(resp.RequiresReplace) > 0 || plan.replaces(prior)) {
		resp.Diagnostics.Append(tfwebhook.SecretWillChange("subscription " + name(*prior)))
	}
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

	created, err := r.client.CreateSubscription(ctx, plan.createRequest())
	resp.Diagnostics.Append(tfwebhook.NotNoted(r.client.NoteProblem())...)
	if err != nil {
		resp.Diagnostics.Append(failed("create", plan, err))
		return
	}

	// Saved before anything else can fail: nobody manages a subscription that is in no state.
	err = plan.created(created)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(tfwebhook.RecordAccount(ctx, resp.Private, r.client.Account())...)
	resp.Diagnostics.Append(driftMayNotBeSeen())
	resp.Diagnostics.Append(createdOtherwise(plan, &created.Subscription)...)
	if plan.secret().IsMissing() {
		resp.Diagnostics.Append(noSecret(plan, err))
	}
	if plan.Active.ValueBool() {
		return
	}
	if _, err := r.client.SetActive(ctx, created.Subscription.ID, created.Subscription.CreatedAt, false); err != nil {
		// An error here would taint the subscription, and the next apply would replace it and its secret. With a warning
		// it stays, and the next apply pauses it.
		resp.Diagnostics.Append(notPaused(plan, err))
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, activeUnknown, []byte("true"))...)
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
	found, presence, err := r.client.Find(ctx, state.ID.ValueString(), state.CreatedAt.ValueString())
	if enfinitos.IsNotFound(err) {
		r.gone(ctx, req, resp, state)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(failed("read", state, err))
		return
	}

	if presence != enfinitos.Unproven {
		resp.Diagnostics.Append(tfwebhook.RecordAccount(ctx, resp.Private, r.client.Account())...)
	}
	if presence != enfinitos.Readable {
		r.unread(ctx, req, resp, state, presence)
		return
	}
	if rotatedSince(state, found) {
		resp.Diagnostics.Append(secretRotated(state, found))
	}
	if state.URL.IsNull() { // it has just been imported
		resp.Diagnostics.Append(tfwebhook.SecretUnknownAfterImport("EnfinitOS", state.ID.ValueString()))
	}
	state.refresh(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// unread keeps the state of a subscription that the API cannot return.
func (r *webhookResource) unread(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state webhookModel, presence enfinitos.Presence,
) {
	resp.Diagnostics.Append(unreadable(state, presence)...)
	notPaused, diags := req.Private.GetKey(ctx, activeUnknown)
	resp.Diagnostics.Append(diags...)
	if notPaused != nil {
		state.Active = types.BoolNull() // so the next apply sets the configured value
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// gone removes a deleted subscription from the state, unless the API was asked in another account.
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

// Update implements resource.Resource. Only active can change in place.
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

	if err := plan.unchanged(&prior); err != nil {
		resp.Diagnostics.Append(tfwebhook.SecretNotEncrypted("subscription "+name(prior), err))
		return
	}
	if !plan.Active.Equal(prior.Active) {
		if _, err := r.client.SetActive(ctx, prior.ID.ValueString(), prior.CreatedAt.ValueString(), plan.Active.ValueBool()); err != nil {
			resp.Diagnostics.Append(r.updateFailed(ctx, req.Private, prior, err)...)
			resp.Diagnostics.Append(forgetActive(ctx, &resp.State, err)...)
			return
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, activeUnknown, nil)...)
		resp.Diagnostics.Append(tfwebhook.RecordAccount(ctx, resp.Private, r.client.Account())...)
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// updateFailed says why an update failed. A subscription that is not found may belong to another account.
func (r *webhookResource) updateFailed(
	ctx context.Context, private tfwebhook.PrivateReader, prior webhookModel, err error,
) (diags diag.Diagnostics) {
	if enfinitos.IsNotFound(err) {
		diags = tfwebhook.CheckAccount(ctx, private, name(prior), r.client.Account())
	}
	if !diags.HasError() {
		diags.Append(failed("update", prior, err))
	}
	return diags
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

	removal, err := r.client.Remove(ctx, state.ID.ValueString(), state.CreatedAt.ValueString())
	if err != nil {
		resp.Diagnostics.Append(failed("delete", state, err))
		if removal == enfinitos.Paused { // or may have been
			resp.Diagnostics.Append(forgetActive(ctx, &resp.State, err)...)
		}
		return
	}
	if removal == enfinitos.Gone {
		resp.Diagnostics.Append(tfwebhook.CheckAccount(ctx, req.Private, name(state), r.client.Account())...)
	}
	if removal == enfinitos.Paused {
		resp.Diagnostics.Append(pausedAndLeft(state))
	}
}

// forgetActive removes active from the state if a change of it may or may not have been made, so that the next apply sets it
// again. If the API cannot be read, the state could otherwise say forever that a paused subscription delivers.
func forgetActive(ctx context.Context, state *tfsdk.State, err error) diag.Diagnostics {
	if enfinitos.OutcomeOf(err) == enfinitos.NotMade {
		return nil
	}
	return state.SetAttribute(ctx, path.Root("active"), types.BoolNull())
}

// ImportState implements resource.ResourceWithImportState. The read that follows fails if the API has no call to read, and
// otherwise warns that the secret is unknown.
func (r *webhookResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	tfwebhook.ImportByID(ctx, req, resp)
}
