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
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// ResourceModel contains the attributes that a webhook resource of any vendor has and a data source has not.
type ResourceModel struct {
	SecretModel
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// Common implements Model.
func (m *ResourceModel) Common() *ResourceModel { return m }

// Model is the state of a vendor's webhook resource: a pointer to a struct that embeds DataModel and ResourceModel.
type Model interface {
	// Identity identifies the webhook to Terraform, and Name to a person.
	Identity() Identity
	Name() string
	// Data returns the embedded DataModel, Common the embedded ResourceModel.
	Data() *DataModel
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
	// FirstTime returns true once for each topic, for messages that a person needs only once.
	FirstTime(topic string) bool
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

// beginChange is Begin for an operation of a resource. It must end within the timeout that the model contains.
func beginChange(
	ctx context.Context, from decoder, model Model, timeout timeoutOf, diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	diags.Append(from.Get(ctx, model)...)
	limit, problems := timeout(model.Common().Timeouts, ctx, DefaultTimeout)
	diags.Append(problems...)
	return context.WithTimeout(ctx, limit)
}

// BeginPlan decodes the plan and the state, if they are there, and tells the client of the webhook. It returns false if nothing is to
// be planned. Most planned webhooks do not change, and decoding them is expensive.
func (r *Resource[C]) BeginPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan, prior Model,
) bool {
	var none C
	if r.Client == none {
		return false
	}
	if !req.State.Raw.IsNull() {
		var id types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
		r.Client.RememberID(id.ValueString(), HasAccount(ctx, req.Private))
	}
	if req.Plan.Raw.Equal(req.State.Raw) {
		return false
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	return !resp.Diagnostics.HasError()
}

// RunCreate decodes the plan of a create, has the vendor make the webhook, and reports why that failed. The vendor calls SaveCreated.
func (r *Resource[C]) RunCreate(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse, plan Model, create func(context.Context) error,
) {
	ctx, cancel := beginChange(ctx, req.Plan, plan, timeouts.Value.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if err := create(ctx); err != nil {
		resp.Diagnostics.Append(NotNoted(r.Client.NoteProblem())...)
		resp.Diagnostics.Append(r.Advice.Failed("create", plan.Name(), err))
	}
}

// SaveCreated saves a new webhook and its secret before anything else can fail: Terraform does not manage a webhook that it has
// not saved. Whatever is reported afterwards cannot lose them.
func (r *Resource[C]) SaveCreated(ctx context.Context, resp *resource.CreateResponse, plan Model, secret string) {
	err := plan.Common().StoreSecret(secret)
	plan.Common().Revise(types.Int64Null(), r.Client.Now())
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.Identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(r.RecordAccount(ctx, resp.Private)...)
	resp.Diagnostics.Append(NotNoted(r.Client.NoteProblem())...)
	if plan.Common().SecretIsMissing() {
		resp.Diagnostics.Append(r.Advice.Object.WithoutSecret(plan.Name(), err))
	}
}

// RunRead decodes the state of a read, has the vendor read the webhook, and reports why that failed. The vendor calls SaveRead.
func (r *Resource[C]) RunRead(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state Model, read func(context.Context) error,
) {
	ctx, cancel := beginChange(ctx, req.State, state, timeouts.Value.Read, &resp.Diagnostics)
	defer cancel()
	// Before any call: a state of an older version has no identity, and Terraform wants one even for a deleted object.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.Identity())...)
	r.Client.RememberID(state.Identity().ID.ValueString(), HasAccount(ctx, req.Private))
	if resp.Diagnostics.HasError() {
		return
	}
	if err := read(ctx); err != nil {
		r.readFailed(ctx, req, resp, state, err)
	}
}

// readFailed reports that a read failed. A webhook that is gone it removes from the state, unless the API was asked in another account.
func (r *Resource[C]) readFailed(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state Model, err error,
) {
	if !httpapi.IsNotFound(err) {
		resp.Diagnostics.Append(r.Advice.Failed("read", state.Name(), err))
		return
	}
	resp.Diagnostics.Append(r.CheckAccount(ctx, req.Private, state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.RemoveResource(ctx)
	if !state.Data().IsImported() { // otherwise there was nothing to delete, and Terraform's error says the rest
		resp.Diagnostics.Append(r.Advice.Object.DeletedOutside(state.Name()))
	}
}

// SaveRead saves what a read has shown and in which account, and warns of an import that brings no secret.
func (r *Resource[C]) SaveRead(ctx context.Context, resp *resource.ReadResponse, state, prior Model) {
	if prior.Data().IsImported() {
		resp.Diagnostics.Append(r.Advice.Object.secretUnknownAfterImport(r.Client)...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(r.RecordAccount(ctx, resp.Private)...)
}

// RunUpdate decodes the plan and the state of an update, has the vendor change the webhook, and saves the plan or reports why that failed.
// The stored secret goes into the planned form before any call, because that may fail.
func (r *Resource[C]) RunUpdate(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse, plan, prior Model, update func(context.Context) error,
) {
	resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	ctx, cancel := beginChange(ctx, req.Plan, plan, timeouts.Value.Update, &resp.Diagnostics)
	defer cancel()
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(r.Advice.Object.storeSecret(ctx, req.Config, plan, prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if err := update(ctx); err != nil {
		r.updateFailed(ctx, req, resp, prior, err)
		return
	}
	r.saveUpdated(ctx, resp, plan, prior)
}

// updateFailed reports that an update failed. If that was because the webhook is gone, it may only be in another account.
func (r *Resource[C]) updateFailed(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse, prior Model, err error,
) {
	if httpapi.IsNotFound(err) {
		resp.Diagnostics.Append(r.CheckAccount(ctx, req.Private, prior)...)
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(r.Advice.Failed("update", prior.Name(), err))
	}
}

// saveUpdated saves a changed webhook.
func (r *Resource[C]) saveUpdated(ctx context.Context, resp *resource.UpdateResponse, plan, prior Model) {
	plan.Common().Revise(prior.Common().SecretRevision, r.Client.Now())
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.Identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	if plan.Common().adopts(&prior.Common().SecretModel) {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, adopted, []byte("true"))...)
	}
}

// RunDelete decodes the state of a delete, has the vendor delete the webhook, and reports why that failed. A webhook that is gone needs no
// delete, unless it was last seen in another account.
func (r *Resource[C]) RunDelete(
	ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, state Model, remove func(context.Context) error,
) {
	ctx, cancel := beginChange(ctx, req.State, state, timeouts.Value.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	switch err := remove(ctx); {
	case httpapi.IsNotFound(err):
		resp.Diagnostics.Append(r.CheckAccount(ctx, req.Private, state)...)
	case err != nil:
		resp.Diagnostics.Append(r.Advice.Failed("delete", state.Name(), err))
	}
}
