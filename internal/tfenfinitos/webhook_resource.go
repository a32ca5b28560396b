package tfenfinitos

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// object is what the resource manages.
var object = tfwebhook.Object{Vendor: "EnfinitOS", Noun: "subscription", Secret: "whsec_…", Rotates: true} //nolint:gosec // not a secret

// activeUnknown marks in the private state a subscription that was to be created paused and could not be paused. Where
// the API cannot be read, nothing else remembers it.
const activeUnknown = "active_unknown"

var _ tfwebhook.WebhookResource = (*webhookResource)(nil)

// webhookResource manages one EnfinitOS webhook subscription. The API documents no way to read or delete one, or to change more
// than active. It returns the signing secret once, in the answer to the create.
//
// https://docs.enfinitos.com/api-reference/webhooks
type webhookResource struct {
	tfwebhook.Resource[*enfinitos.Client]
}

// NewWebhookResource returns the resource webhook_enfinitos.
func NewWebhookResource() resource.Resource {
	return &webhookResource{tfwebhook.Resource[*enfinitos.Client]{
		Name: "webhook_enfinitos", Advice: advice, IDs: subscriptionID, ClientFrom: clientFrom,
	}}
}

// Schema implements resource.Resource.
func (r *webhookResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = object.Schema(ctx, "Manages an EnfinitOS webhook subscription.\n\n"+
		"EnfinitOS documents how to create, pause and resume a subscription, but not how to change, read or delete one. "+
		"Therefore only `active` changes in place. A change of `url`, `events` or `label` replaces the subscription and its "+
		"signing secret, and the plan warns about that. Reading and deleting use the conventional REST calls. If the API does "+
		"not have them, the list of deliveries shows whether the subscription exists (the key needs the scope `audit:read`), "+
		"Terraform does not see drift, and a destroy only pauses the subscription, with a warning.\n\n"+
		"A create takes one API call (two if `active` is false), and so does a change of `active`. A refresh and a destroy take "+
		"one call, or two if the API lacks the conventional call. A create needs a key with the scope `*`.", map[string]schema.Attribute{
		"developer_id": tfwebhook.Assigned("The account that the subscription belongs to."),
		"url": tfwebhook.RequiredText("The URL that EnfinitOS delivers events to. Must be https, except for a loopback host. A change "+
			"replaces the subscription.", tfwebhook.HTTPS()),
		"events": kinds().Attribute("The event kinds to deliver, such as `right.issued`, or only `*` for all current and future kinds. A " +
			"kind that this provider version does not know causes a warning only. A change replaces the subscription."),
		"label": tfwebhook.RequiredText(
			"A name for people, 1 to 60 characters, counted as JavaScript does. A change replaces the subscription.", tfwebhook.Length(1, 60)),
		"active": schema.BoolAttribute{
			Optional:            true,
			Computed:            true,
			Default:             booldefault.StaticBool(true),
			MarkdownDescription: "Whether EnfinitOS delivers events. Defaults to `true`. The only setting that EnfinitOS can change in place.",
		},
		"created_at":             tfwebhook.Assigned("When the subscription was created, in RFC 3339."),
		"secret_last_rotated_at": tfwebhook.Reported("When the signing secret was last rotated, in RFC 3339; null if never."),
	})
}

// ModifyPlan implements resource.ResourceWithModifyPlan. Only active changes in place.
func (r *webhookResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	var plan, prior webhookModel
	if !r.BeginPlan(ctx, req, resp, &plan, &prior) || req.Plan.Raw.IsNull() {
		return
	}

	if !req.State.Raw.IsNull() {
		resp.RequiresReplace, _ = plan.differences(&prior.webhookData)
		plan.SecretLastRotatedAt = prior.SecretLastRotatedAt // no call changes it
	}
	r.PlanSecret(ctx, req, resp, &plan, &prior)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	resp.Diagnostics.Append(odd(&plan.webhookData, &prior.webhookData)...)
}

// Create implements resource.Resource.
func (r *webhookResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhookModel
	r.RunCreate(ctx, req, resp, &plan, func(ctx context.Context) error {
		created, err := r.Client.CreateSubscription(ctx, plan.settings())
		if err != nil {
			return err
		}
		plan.refreshAssigned(&created.Subscription)
		r.SaveCreated(ctx, resp, &plan, string(created.SigningSecret))
		resp.Diagnostics.Append(createdOtherwise(plan, &created.Subscription)...)
		if !plan.Active.ValueBool() {
			r.pauseCreated(ctx, resp, plan)
		}
		return nil
	})
}

// pauseCreated pauses a new subscription. An error would taint it, and the next apply would replace it and its secret. With a warning it
// stays, and the next apply pauses it.
func (r *webhookResource) pauseCreated(ctx context.Context, resp *resource.CreateResponse, webhook webhookModel) {
	if _, err := r.Client.SetActive(ctx, webhook.ID.ValueString(), tfwebhook.Created(webhook.CreatedAt, webhook.URL), false); err != nil {
		resp.Diagnostics.Append(notPaused(webhook, err))
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, activeUnknown, []byte("true"))...)
	}
}

// Read implements resource.Resource.
func (r *webhookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var prior webhookModel
	r.RunRead(ctx, req, resp, &prior, func(ctx context.Context) error {
		found, presence, err := r.Client.Find(ctx, prior.ID.ValueString(), tfwebhook.Created(prior.CreatedAt, prior.URL))
		switch {
		case err != nil:
			return err
		case presence != enfinitos.Readable:
			r.unread(ctx, req, resp, prior, presence)
			return nil
		}
		state := prior
		state.refresh(found)
		resp.Diagnostics.Append(rotatedOutside(prior, found)...)
		r.SaveRead(ctx, resp, &state, &prior)
		if prior.IsImported() {
			resp.Diagnostics.Append(odd(&state.webhookData, &prior.webhookData)...)
		}
		return nil
	})
}

// unread keeps the state of a subscription that the API cannot return.
func (r *webhookResource) unread(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state webhookModel, presence enfinitos.Presence,
) {
	resp.Diagnostics.Append(unreadable(r.Client, state, presence)...)
	if presence != enfinitos.Unproven {
		resp.Diagnostics.Append(r.RecordAccount(ctx, resp.Private)...)
	}
	notPaused, diags := req.Private.GetKey(ctx, activeUnknown)
	resp.Diagnostics.Append(diags...)
	if notPaused != nil {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("active"), types.BoolNull())...) // so the next apply sets it
	}
}

// Update implements resource.Resource. Only active can change in place. Settings that the API does not know change without a call.
func (r *webhookResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior webhookModel
	r.RunUpdate(ctx, req, resp, &plan, &prior, func(ctx context.Context) error {
		if plan.Active.Equal(prior.Active) {
			return nil
		}
		_, err := r.Client.SetActive(ctx, prior.ID.ValueString(), tfwebhook.Created(prior.CreatedAt, prior.URL), plan.Active.ValueBool())
		if err != nil {
			resp.Diagnostics.Append(forgetActive(ctx, &resp.State, err)...)
			return err
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, activeUnknown, nil)...)
		resp.Diagnostics.Append(r.RecordAccount(ctx, resp.Private)...)
		return nil
	})
}

// Delete implements resource.Resource.
func (r *webhookResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhookModel
	r.RunDelete(ctx, req, resp, &state, func(ctx context.Context) error {
		removal, err := r.Client.Remove(ctx, state.ID.ValueString(), tfwebhook.Created(state.CreatedAt, state.URL))
		switch {
		case err != nil && removal == enfinitos.Paused: // or may have been
			resp.Diagnostics.Append(forgetActive(ctx, &resp.State, err)...)
		case err == nil && removal == enfinitos.Gone:
			resp.Diagnostics.Append(r.CheckAccount(ctx, req.Private, &state)...)
		case err == nil && removal == enfinitos.Paused:
			resp.Diagnostics.Append(pausedAndLeft(state))
		}
		return err
	})
}

// forgetActive removes active from the state if a change of it may or may not have been made, so that the next apply sets it
// again. If the API cannot be read, the state could otherwise say forever that a paused subscription delivers.
func forgetActive(ctx context.Context, state *tfsdk.State, err error) diag.Diagnostics {
	if outcome, _ := httpapi.OutcomeOf(err); outcome == httpapi.NotMade {
		return nil
	}
	return state.SetAttribute(ctx, path.Root("active"), types.BoolNull())
}
