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
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfaccount"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfevents"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfsecret"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfurl"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfvalue"
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

// webhookResource manages one EnfinitOS webhook subscription. The API documents no way to read, change or delete one, and
// tells the signing secret once, in the answer to the create.
//
// https://docs.enfinitos.com/api-reference/webhooks
type webhookResource struct {
	client       *enfinitos.Client
	replacements *tfsecret.Replacements
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
		Version: 0, // to be raised, with an upgrader, by what changes the meaning of a state
		MarkdownDescription: "A webhook subscription at EnfinitOS.\n\n" +
			"EnfinitOS documents how to create a subscription and how to pause and resume it, and nothing else. So of what it knows " +
			"only `active` changes in place; a change of `url`, `events` or `label` replaces the subscription and with it the " +
			"signing secret, which the plan warns about. Reading and deleting use the conventional calls. Where the API does not " +
			"have them, the list of deliveries tells whether the subscription exists (the key needs the scope `audit:read`), " +
			"drift is not seen, and a destroy pauses the subscription and leaves it, with a warning.\n\n" +
			"A create costs one API call (two when `active` is false), a change of `active` one, a refresh and a destroy one, or " +
			"two where the API lacks the conventional call. Creating needs a key with the scope `*`.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The id EnfinitOS gave the subscription.",
				PlanModifiers:       keep,
			},
			"developer_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The account the subscription belongs to.",
				PlanModifiers:       keep,
			},
			"url": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Where events are delivered. Must be https, except to a loopback host. A change replaces the subscription.",
				Validators:          []validator.String{tfurl.HTTPS()},
				PlanModifiers:       []planmodifier.String{tfurl.RequiresReplace()},
			},
			"events": schema.SetAttribute{
				Required:    true,
				ElementType: types.StringType,
				MarkdownDescription: "The kinds of event to deliver, such as `right.issued`, or `*` alone for every kind there is and " +
					"will be. A kind this version does not know is a warning only. A change replaces the subscription.",
				Validators:    tfevents.Validators("EnfinitOS", enfinitos.EventKinds()),
				PlanModifiers: []planmodifier.Set{setplanmodifier.RequiresReplace()},
			},
			"label": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "A name for people, 1 to 60 characters. A change replaces the subscription.",
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, 60), labelWarnings{}},
				PlanModifiers:       replace,
			},
			"active": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
				MarkdownDescription: "Whether events are delivered. Defaults to `true`. The one thing at EnfinitOS that changes in place.",
			},
			"signing_secret": schema.StringAttribute{
				Computed:  true,
				Sensitive: true,
				MarkdownDescription: "The secret that signs the deliveries, `whsec_…`. EnfinitOS returns it only once, in the " +
					"answer to the create: after an import it is null. With `secret_recipients` it is null as well.",
			},
			"signing_secret_encrypted": tfsecret.EncryptedAttribute("signing_secret"),
			"secret_recipients":        tfsecret.RecipientsAttribute(),
			"secret_version":           tfsecret.VersionAttribute(),
			"created_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the subscription was created, RFC 3339.",
				PlanModifiers:       keep,
			},
			"secret_last_rotated_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the signing secret was last rotated, RFC 3339; null while it never was.",
			},
			"timeouts": tfvalue.Timeouts(ctx),
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *webhookResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The id EnfinitOS gave the subscription.",
		},
	}}
}

// Configure implements resource.ResourceWithConfigure.
func (r *webhookResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.client = providerdata.RequireEnfinitos(req.ProviderData, &resp.Diagnostics)
	r.replacements = providerdata.Replacements(req.ProviderData)
}

// ModifyPlan implements resource.ResourceWithModifyPlan. It plans how the secret is held, and warns when it will be another
// one: receivers must learn it.
func (r *webhookResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.client == nil { // nothing is configured
		return
	}
	if req.Plan.Raw.Equal(req.State.Raw) { // nothing changes
		var id types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
		r.replacements.Planned(id.ValueString())
		return
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.plannedDestroy(ctx, req.State)...)
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
	if prior == nil {
		resp.Diagnostics.Append(r.replacements.New(ctx, plan.content())...)
		return
	}
	r.replacements.Planned(prior.ID.ValueString())
	if len(resp.RequiresReplace) > 0 || plan.replaces(prior) {
		r.replacements.Replaced(plan.content())
		resp.Diagnostics.Append(tfsecret.WillChange("subscription " + name(*prior)))
	}
}

// plannedDestroy notes a destroy.
func (r *webhookResource) plannedDestroy(ctx context.Context, prior tfsdk.State) diag.Diagnostics {
	var state webhookModel
	if diags := prior.Get(ctx, &state); diags.HasError() {
		return diags
	}
	return r.replacements.PlannedDestroy(state.ID.ValueString(), state.content())
}

// Create implements resource.Resource.
func (r *webhookResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, tfvalue.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer warnOfContract(r.client, &resp.Diagnostics)

	created, err := r.client.CreateSubscription(ctx, plan.createRequest())
	if err != nil {
		resp.Diagnostics.Append(failed("create", plan, err))
		return
	}

	// Saved before anything else can fail: a subscription that is not in state is one nobody manages.
	err = plan.created(created)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(tfaccount.Seen(ctx, resp.Private, r.client.Account())...)
	resp.Diagnostics.Append(createdOtherwise(plan, &created.Subscription)...)
	if plan.secret().IsMissing() {
		resp.Diagnostics.Append(noSecret(plan, err))
	}
	resp.Diagnostics.Append(r.replacements.Created(plan.ID.ValueString(), plan.content())...)
	if plan.Active.ValueBool() {
		return
	}
	if _, err := r.client.SetActive(ctx, created.Subscription.ID, false); err != nil {
		// An error here would mark the subscription as tainted, and the next apply would replace it, secret and all. As a
		// warning it stays, and the next plan pauses it.
		resp.Diagnostics.Append(notPaused(plan, err))
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, activeUnknown, []byte("true"))...)
	}
}

// Read implements resource.Resource.
func (r *webhookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, tfvalue.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	// Before the call: a state written by an older version has no identity, and Terraform wants one even of what is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer warnOfContract(r.client, &resp.Diagnostics)

	found, presence, err := r.client.Find(ctx, state.ID.ValueString())
	if enfinitos.IsNotFound(err) {
		r.gone(ctx, req, resp, state)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(failed("read", state, err))
		return
	}

	r.replacements.Read(state.ID.ValueString(), state.content())
	if presence != enfinitos.Unproven {
		resp.Diagnostics.Append(tfaccount.Seen(ctx, resp.Private, r.client.Account())...)
	}
	if presence != enfinitos.Readable {
		r.unread(ctx, req, resp, state, presence)
		return
	}
	if rotatedSince(state, found) {
		resp.Diagnostics.Append(secretRotated(state, found))
	}
	if state.URL.IsNull() { // it has just been imported
		resp.Diagnostics.Append(tfsecret.UnknownAfterImport("EnfinitOS", state.ID.ValueString()))
	}
	state.refresh(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// unread keeps the state of what the API cannot read.
func (r *webhookResource) unread(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state webhookModel, presence enfinitos.Presence,
) {
	resp.Diagnostics.Append(unreadable(r.client, state, presence)...)
	notPaused, diags := req.Private.GetKey(ctx, activeUnknown)
	resp.Diagnostics.Append(diags...)
	if notPaused != nil {
		state.Active = types.BoolNull() // whatever is configured is then set
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// gone removes what the API no longer has from the state, unless it was asked in another account.
func (r *webhookResource) gone(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state webhookModel,
) {
	resp.Diagnostics.Append(tfaccount.Gone(ctx, req.Private, name(state), r.client.Account())...)
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
	timeout, diags := plan.Timeouts.Update(ctx, tfvalue.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer warnOfContract(r.client, &resp.Diagnostics)

	if err := plan.unchanged(&prior); err != nil {
		resp.Diagnostics.Append(tfsecret.NotEncrypted("subscription "+name(prior), err))
		return
	}
	if !plan.Active.Equal(prior.Active) {
		if _, err := r.client.SetActive(ctx, prior.ID.ValueString(), plan.Active.ValueBool()); err != nil {
			resp.Diagnostics.Append(r.updateFailed(ctx, req.Private, prior, err)...)
			resp.Diagnostics.Append(forgetActive(ctx, &resp.State, err)...)
			return
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, activeUnknown, nil)...)
		resp.Diagnostics.Append(tfaccount.Seen(ctx, resp.Private, r.client.Account())...)
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// updateFailed says why an update failed: where the subscription is not found, perhaps because it lives in another account.
func (r *webhookResource) updateFailed(
	ctx context.Context, private tfaccount.Reader, prior webhookModel, err error,
) (diags diag.Diagnostics) {
	if enfinitos.IsNotFound(err) {
		diags = tfaccount.Gone(ctx, private, name(prior), r.client.Account())
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
	timeout, diags := state.Timeouts.Delete(ctx, tfvalue.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer warnOfContract(r.client, &resp.Diagnostics)

	removal, err := r.client.Remove(ctx, state.ID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(failed("delete", state, err))
		if removal == enfinitos.Paused { // or may have been
			resp.Diagnostics.Append(forgetActive(ctx, &resp.State, err)...)
		}
		return
	}
	if removal == enfinitos.Gone {
		resp.Diagnostics.Append(tfaccount.Gone(ctx, req.Private, name(state), r.client.Account())...)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	if removal == enfinitos.Paused {
		resp.Diagnostics.Append(pausedAndLeft(state))
	}
	resp.Diagnostics.Append(r.replacements.Deleted(state.ID.ValueString(), state.content())...)
}

// forgetActive takes active out of the state when nobody knows whether a change of it was made. Where the API cannot be
// read, the state would otherwise keep saying that a paused subscription delivers; so the next apply sets it again.
func forgetActive(ctx context.Context, state *tfsdk.State, err error) diag.Diagnostics {
	if !enfinitos.OutcomeUnknown(err) {
		return nil
	}
	return state.SetAttribute(ctx, path.Root("active"), types.BoolNull())
}

// ImportState implements resource.ResourceWithImportState. The read that follows fails where the API cannot be read, and
// says that the secret is not known where it can.
func (r *webhookResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("id"), path.Root("id"), req, resp)
}
