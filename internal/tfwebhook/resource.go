package tfwebhook

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
)

// ResourceModel contains the attributes that a webhook resource of any vendor has and a data source has not.
type ResourceModel struct {
	SecretModel
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// Common implements Model.
func (m *ResourceModel) Common() *ResourceModel { return m }

// Model is the state of a vendor's webhook resource: a pointer to a struct that embeds ResourceModel.
type Model interface {
	// Identity identifies the webhook to Terraform, and Name to a person.
	Identity() Identity
	Name() string
	// Common returns the embedded ResourceModel.
	Common() *ResourceModel
}

// Identity is the identity of a webhook.
type Identity struct {
	ID types.String `tfsdk:"id"`
}

// Client is what the client of any vendor has.
type Client interface {
	// Account is the account that the client calls.
	Account() account.Account
	// RememberID tells the client that a state contains a webhook, and whether that state was saved.
	RememberID(id string, saved bool)
	// NoteProblem returns, once, why creates are not noted on disk.
	NoteProblem() error
	// Now is the time by the client's clock.
	Now() time.Time
}

// decoder is a configuration, a plan or a state.
type decoder interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}

// timeoutOf is the timeout of an operation, such as timeouts.Value.Create.
type timeoutOf func(timeouts.Value, context.Context, time.Duration) (time.Duration, diag.Diagnostics)

// Begin decodes what an operation starts from. The operation must end within the default timeout.
func Begin(ctx context.Context, from decoder, model any, diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	diags.Append(from.Get(ctx, model)...)
	return context.WithTimeout(ctx, DefaultTimeout)
}

// BeginChange decodes the plan or the state that an operation of a resource starts from. The operation must end within the timeout
// that this contains.
func BeginChange(
	ctx context.Context, from decoder, model Model, timeout timeoutOf, diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	diags.Append(from.Get(ctx, model)...)
	limit, problems := timeout(model.Common().Timeouts, ctx, DefaultTimeout)
	diags.Append(problems...)
	return context.WithTimeout(ctx, limit)
}

// BeginRead is BeginChange for a read.
func BeginRead(
	ctx context.Context, client Client, req resource.ReadRequest, resp *resource.ReadResponse, state Model,
) (context.Context, context.CancelFunc) {
	ctx, cancel := BeginChange(ctx, req.State, state, timeouts.Value.Read, &resp.Diagnostics)
	// Before any call: a state of an older version has no identity, and Terraform wants one even for a deleted object.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.Identity())...)
	client.RememberID(state.Identity().ID.ValueString(), HasAccount(ctx, req.Private))
	return ctx, cancel
}

// BeginUpdate is BeginChange for an update. The stored secret goes into the planned form before any call, because that may fail.
func (o Object) BeginUpdate(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse, plan, prior Model,
) (context.Context, context.CancelFunc) {
	resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	ctx, cancel := BeginChange(ctx, req.Plan, plan, timeouts.Value.Update, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(o.storeSecret(ctx, req.Config, plan, prior)...)
	}
	return ctx, cancel
}

// SaveCreated saves a new webhook and its secret before anything else can fail: Terraform does not manage a webhook that it has
// not saved. Whatever is reported afterwards cannot lose them.
func (o Object) SaveCreated(ctx context.Context, client Client, resp *resource.CreateResponse, plan Model, secret string) {
	err := plan.Common().StoreSecret(secret)
	plan.Common().Revise(types.Int64Null(), client.Now())
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.Identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(RecordAccount(ctx, resp.Private, client.Account())...)
	if plan.Common().SecretIsMissing() {
		resp.Diagnostics.Append(o.WithoutSecret(plan.Name(), err))
	}
}

// SaveUpdated saves a changed webhook.
func SaveUpdated(ctx context.Context, client Client, resp *resource.UpdateResponse, plan, prior Model) {
	plan.Common().Revise(prior.Common().SecretRevision, client.Now())
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.Identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	if plan.Common().adopts(&prior.Common().SecretModel) {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, adopted, []byte("true"))...)
	}
}

// UpdateNotFound reports that an update failed because there is no such webhook, unless the webhook belongs to another account.
func UpdateNotFound(
	ctx context.Context, client Client, req resource.UpdateRequest, resp *resource.UpdateResponse, prior Model, failed diag.Diagnostic,
) {
	resp.Diagnostics.Append(CheckAccount(ctx, req.Private, prior.Name(), client.Account())...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(failed)
	}
}

// RemoveGone removes a deleted webhook from the state, unless the API was asked in another account.
func (o Object) RemoveGone(ctx context.Context, client Client, req resource.ReadRequest, resp *resource.ReadResponse, state Model) {
	resp.Diagnostics.Append(CheckAccount(ctx, req.Private, state.Name(), client.Account())...)
	if resp.Diagnostics.HasError() {
		return
	}
	var url types.String // null right after an import: there was nothing to delete, and Terraform's error says the rest
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("url"), &url)...)
	resp.State.RemoveResource(ctx)
	if !url.IsNull() {
		resp.Diagnostics.Append(o.DeletedOutside(state.Name()))
	}
}

// IsPlanned tells the client of the webhook that a plan concerns, and reports whether the plan changes anything. Most planned webhooks
// do not change, and decoding them is expensive.
func IsPlanned(ctx context.Context, client Client, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) bool {
	if !req.State.Raw.IsNull() {
		var id types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
		client.RememberID(id.ValueString(), HasAccount(ctx, req.Private))
	}
	return !req.Plan.Raw.Equal(req.State.Raw)
}
