package tfenfinitos

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var advice = tfwebhook.Advice{
	Object:      object,
	URLSetting:  "base_url (ENFINITOS_API_URL)",
	AuthSetting: "api_key (ENFINITOS_API_KEY)",
	Site:        "the key's environment",
	Forbidden: "The key lacks the scope %s, or its role does not allow the call. Create a key with that scope, of a role that may manage " +
		"webhooks: tenant_admin may do everything in its tenant.",
	Permissions: map[string]string{ // "*" where the vendor's documentation names none
		"create": "*", "read": "* or audit:read", "update": "*", "delete": "*", "replay": "*", "process due": "*",
	},
	Own: ownRemedy,
}

// ownRemedy says what to do about a change that may have been made, because the API may have no call to read its result, and about a
// refusal of a read, whose form the vendor does not document.
func ownRemedy(operation string, outcome httpapi.Outcome, err error) string {
	refused, ok := errors.AsType[*httpapi.Error](err)
	switch {
	case outcome == httpapi.NotMade && ok && refused.Status == http.StatusForbidden && !refused.Recognized:
		return "The key lacks the scope * or audit:read, its role does not allow the call, or a firewall or proxy has refused the call: the " +
			"answer does not have the form that EnfinitOS documents."
	case outcome != httpapi.Unknown:
		return ""
	case operation == "create":
		return "The provider did not send the create again, because that could result in two subscriptions. Before you apply again, look in " +
			"the EnfinitOS console for a subscription with this label and url that was created just now. If there is one and nobody uses it, " +
			`its signing secret is lost: delete it there, or pause it with POST /v1/webhooks/ID/active and {"active": false}. The next apply ` +
			"in this directory stops once more, in case nobody has read this. The one after that creates another subscription."
	case operation == "update":
		return "Apply again: that is safe. Until then the state does not say whether the subscription is active."
	case operation == "delete":
		return "Apply again: that is safe."
	}
	return "The API may or may not have done this. Check the list of deliveries."
}

// unreadable reports what Terraform cannot know because the API cannot read subscriptions. An import fails because of that. That drift is
// not seen is in the documentation: a warning would come in every run, and nobody could do anything about it.
func unreadable(client *enfinitos.Client, webhook webhookModel, presence enfinitos.Presence) (diags diag.Diagnostics) {
	switch {
	case webhook.URL.IsNull():
		diags.AddError("Unable to import EnfinitOS webhook", fmt.Sprintf(
			"Subscription %s cannot be imported, because this API has no call to read a subscription. Its url, events and label "+
				"are unknown. EnfinitOS documents no such call. Where it is missing, Terraform can only manage what it has created.",
			webhook.ID.ValueString()))
	case presence == enfinitos.Unproven && client.FirstTime("unproven"):
		diags.AddWarning("Existence of EnfinitOS Webhooks Not Proven",
			"This API has no call to read a subscription. The list of deliveries would prove that the subscriptions in the state "+
				"exist, but the key lacks the scope audit:read. The state was not changed. Create a key that has the scope "+
				"audit:read.")
	}
	return diags
}

// createdOtherwise warns that a new subscription differs from its configuration. Only active can be changed, so each later
// apply would replace the subscription and get the same difference again.
func createdOtherwise(plan webhookModel, api *enfinitos.Subscription) diag.Diagnostics {
	read := plan.webhookData
	read.refresh(api)
	_, lines := plan.differences(&read)
	return object.StoredOtherwise("create", plan.Name(), "every later apply replaces the subscription and its signing secret, and leaves the "+
		"replaced one behind, paused, if the API has no call to delete one", lines)
}

func notPaused(webhook webhookModel, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("EnfinitOS Webhook Created but Not Paused", fmt.Sprintf(
		"Subscription %s was created and is in the state. EnfinitOS creates subscriptions active, and "+
			"pausing this one failed, so it may deliver events: %s\n\nApply again to pause it.", webhook.Name(), err))
}

func pausedAndLeft(webhook webhookModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic("EnfinitOS Subscription Paused, Not Deleted", fmt.Sprintf(
		"Subscription %s was paused instead of deleted, because this API has no call to delete a subscription, or did not show that "+
			"the call worked. EnfinitOS documents none. It delivers nothing and is no longer in the state. Delete it in the EnfinitOS console.",
		webhook.Name()))
}

// rotatedOutside warns if the secret in the state no longer signs deliveries.
func rotatedOutside(state webhookModel, found *enfinitos.Subscription) (diags diag.Diagnostics) {
	rotated := found.SecretLastRotatedAt
	if !state.SecretIsMissing() && rotated != "" && rotated != state.SecretLastRotatedAt.ValueString() {
		diags.AddWarning("Signing Secret Rotated Outside Terraform", fmt.Sprintf(
			"The signing secret of subscription %s was rotated outside Terraform, at %s. The secret in the state no longer signs "+
				"deliveries. If you know the new secret, set secret_wo and change secret_wo_version. Otherwise replace the subscription "+
				"(terraform or tofu apply -replace=ADDRESS) to get a secret that Terraform knows.",
			state.Name(), rotated))
	}
	return diags
}
