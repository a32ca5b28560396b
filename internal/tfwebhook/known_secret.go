package tfwebhook

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/keytext"
)

// adopted is the key in the private state of a webhook whose stored secret came from secret_wo. The state itself cannot show it:
// secret_wo_version is also stored where a create has ignored secret_wo. Without the key, the secret came from the create.
const adopted = "secret_adopted"

// ValidateConfig implements resource.ResourceWithValidateConfig.
func (r *Resource[C]) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	var secret types.String
	var version types.Number
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("secret_wo"), &secret)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("secret_wo_version"), &version)...)
	switch {
	case secret.IsNull() && !version.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("secret_wo"), "Invalid Signing Secret",
			"The value must be the signing secret of the webhook, because secret_wo_version is set: it is null. If it comes from a variable, "+
				"the variable must be set in every run. Without a secret to store, remove both.")
	case version.IsNull() && !secret.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("secret_wo_version"), "Missing Version",
			"The value must be a number, because secret_wo is set, and Terraform cannot see whether that changes. Write "+
				"secret_wo_version = 1, and another number whenever secret_wo has another value.")
	}
}

// knownSecret validates secret_wo. It never shows the value.
func knownSecret() textValidator {
	return textValidator{
		summary: "Invalid Signing Secret",
		must:    "must be the signing secret of the webhook, and nothing else",
		check: func(text string) error {
			switch trimmed := keytext.Trim(text); {
			case trimmed == "":
				return errors.New("it is null, empty or blank")
			case trimmed != text:
				return errors.New("it has white space, quotes or invisible characters around it")
			}
			return nil
		},
		quote: func(string) string { return "a value that is not shown" },
	}
}

// PlanSecret plans how the state holds the secret. It warns when receivers will need another secret, because of a replacement, and when
// another receiver will get to know the secret. What the vendor replaces is in RequiresReplace already.
func (r *Resource[C]) PlanSecret(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan, prior Model,
) {
	if req.State.Raw.IsNull() {
		r.Advice.Object.planCreatedSecret(resp, plan)
		return
	}
	resp.RequiresReplace = append(resp.RequiresReplace, plan.Common().PlanSecret(&prior.Common().SecretModel)...)
	if len(resp.RequiresReplace) > 0 {
		resp.Diagnostics.Append(r.Advice.Object.secretWillChange(prior.Name(), resp.RequiresReplace))
		return
	}
	r.Advice.Object.checkKnownSecret(ctx, req, resp, plan, prior)
	resp.Diagnostics.Append(r.Advice.Object.secretGoesAlong(prior.Data(), plan.Data().URL)...)
}

// planCreatedSecret leaves the secret of a new webhook to the apply, which gets it from the vendor.
func (o Object) planCreatedSecret(resp *resource.ModifyPlanResponse, plan Model) {
	plan.Common().PlanNewSecret()
	if !plan.Common().SecretWOVersion.IsNull() {
		resp.Diagnostics.Append(o.knownSecretIgnored(plan.Name()))
	}
}

// checkKnownSecret reports that a plan stores the secret of the configuration in place of one that came from the create.
func (o Object) checkKnownSecret(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan, prior Model,
) {
	before := prior.Common()
	if before.SecretIsMissing() || !plan.Common().adopts(&before.SecretModel) {
		return
	}
	mark, diags := req.Private.GetKey(ctx, adopted)
	resp.Diagnostics.Append(diags...)
	if mark == nil {
		resp.Diagnostics.Append(o.knownSecretReplacesCreated(prior.Name(), plan.Common().SecretWOVersion.IsUnknown())...)
	}
}

// storeSecret stores the secret in the planned form: that of the configuration, or the one that is stored already.
func (o Object) storeSecret(ctx context.Context, config tfsdk.Config, plan, prior Model) (diags diag.Diagnostics) {
	secret := prior.Common().Secret
	if plan.Common().adopts(&prior.Common().SecretModel) {
		diags.Append(config.GetAttribute(ctx, path.Root("secret_wo"), &secret)...)
		diags.Append(knownSecret().validate(path.Root("secret_wo"), secret.ValueString())...)
	}
	if !diags.HasError() {
		diags.Append(o.secretNotEncrypted(prior.Name(), plan.Common().StoreSecret(secret.ValueString()))...)
	}
	return diags
}
