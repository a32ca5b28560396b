package tfenfinitos

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// failed says which operation on which subscription failed, what the API said and what to do.
func failed(operation string, webhook webhookModel, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		fmt.Sprintf("Unable to %s EnfinitOS webhook", operation), object.Failure(webhook.Name(), err, remedy(operation, webhook, err)))
}

// lookupFailed says what a data source tried to read and why that failed.
func lookupFailed(object string, err error) diag.Diagnostic {
	advice := remedy("read", webhookModel{}, err)
	if enfinitos.IsNotFound(err) {
		advice = "The account that the key belongs to has no such subscription."
	}
	return diag.NewErrorDiagnostic("Unable to read EnfinitOS webhook", fmt.Sprintf("Reading %s failed: %s\n\n%s", object, err, advice))
}

// actionFailed says what an action tried and why it failed.
func actionFailed(operation, object string, err error) diag.Diagnostic {
	advice := remedy("update", webhookModel{}, err)
	outcome := enfinitos.OutcomeOf(err)
	switch {
	case enfinitos.Status(err) == http.StatusNotFound && outcome == enfinitos.NotMade:
		advice = "The API has no such delivery or subscription, or no such call. Check the ids."
	case outcome == enfinitos.Unknown:
		advice = "The API may or may not have done this. Check the list of deliveries."
		if isForeign(err) {
			advice = foreignAnswer + " " + advice
		}
	}
	return diag.NewErrorDiagnostic("Unable to "+operation, fmt.Sprintf("%s: %s\n\n%s", object, err, advice))
}

// remedy says what to do. What it says about a change follows from the outcome that the error proves.
func remedy(operation string, webhook webhookModel, err error) string {
	outcome := enfinitos.OutcomeOf(err)
	switch {
	case tfwebhook.Unfinished(err) != "":
		return tfwebhook.Unfinished(err)
	case enfinitos.IsInvalidID(err):
		return "The id is not valid. No request was sent. Use the id exactly as EnfinitOS shows it."
	case enfinitos.IsNotFound(err) && operation == "update":
		return "The subscription was deleted outside Terraform after the plan was made. Plan again: Terraform will create a new " +
			"subscription, with a new signing secret."
	case outcome == enfinitos.Unknown && operation == "create":
		return createUnknown(webhook, err)
	case outcome == enfinitos.Unknown && operation != "read":
		return changeUnknown(operation, err)
	case tfwebhook.Interrupted(err, enfinitos.IsNoAnswer(err)) != "":
		return tfwebhook.Interrupted(err, enfinitos.IsNoAnswer(err))
	}
	return remedyByAnswer(operation, err)
}

// createUnknown says how to find what a create may have made.
func createUnknown(webhook webhookModel, err error) string {
	advice := fmt.Sprintf("The provider did not send the create again, because that could result in two subscriptions. "+
		"Before you apply again, look in the EnfinitOS console for a subscription with the label %q and a url at %s that was "+
		"created just now. If there is one and nobody uses it, its signing secret is lost: delete it there, or pause it with "+
		`POST /v1/webhooks/ID/active and {"active": false}. The next apply in this directory stops once more, in case nobody has `+
		"read this. The one after that creates another subscription.", webhook.Label.ValueString(), weburl.Hide(webhook.URL.ValueString()))
	if isForeign(err) {
		advice = foreignAnswer + " " + advice
	}
	return advice
}

// changeUnknown says what to do about an update or a delete that may have been made. Both can be repeated.
func changeUnknown(operation string, err error) string {
	advice := "The change may or may not have been made. Apply again: that is safe."
	if operation == "update" {
		advice += " Until then the state does not say whether the subscription is active."
	}
	switch {
	case enfinitos.Status(err) == http.StatusNotFound && isForeign(err):
		return notProvedGone + " " + advice
	case isForeign(err):
		return foreignAnswer + " " + advice
	}
	return advice
}

const (
	foreignAnswer = "The answer does not have the form that EnfinitOS documents, so a proxy, a firewall or another service may have sent " +
		"it: check base_url (ENFINITOS_API_URL)."
	notProvedGone = "This 404 does not come from the EnfinitOS API itself, so it does not prove that the subscription is gone, and the " +
		"subscription stays in the state. Check base_url (ENFINITOS_API_URL). If the EnfinitOS console shows that the subscription is " +
		"gone, remove it from the state: terraform or tofu state rm ADDRESS."
)

// isForeign reports a redirect or a refusal that does not have the vendor's form.
func isForeign(err error) bool {
	answered, ok := errors.AsType[*enfinitos.Error](err)
	return ok && !answered.Recognized && answered.Status >= http.StatusMultipleChoices && answered.Status < http.StatusInternalServerError
}

// remedyByAnswer says what to do about what the API, or something in its place, has answered. Nothing was changed.
func remedyByAnswer(operation string, err error) string {
	answered, ok := errors.AsType[*enfinitos.Error](err)
	switch {
	case !ok:
		return "No request was sent."
	case enfinitos.Unreachable(err) != "":
		return enfinitos.Unreachable(err) + " Nothing was changed."
	case answered.Status == 0:
		return "The connection ended before there was a complete answer. The state was not changed. Try again later. If this repeats, " +
			"look for a proxy or a firewall that cuts connections."
	case answered.Status < http.StatusMultipleChoices && answered.Cause != nil:
		return "This is not what EnfinitOS documents, so something else, such as a proxy, may have answered in its place. Check base_url " +
			"(ENFINITOS_API_URL). The state was not changed."
	}
	return remedyByStatus(operation, answered)
}

func remedyByStatus(operation string, refused *enfinitos.Error) string {
	switch status := refused.Status; {
	case status == http.StatusUnauthorized:
		return "The key was not accepted. Check api_key (ENFINITOS_API_KEY). Also check that base_url (ENFINITOS_API_URL) is " +
			"the URL of the key's environment."
	case status == http.StatusForbidden && refused.Recognized:
		return "The key lacks the scope " + scopes[operation] + ", or its role does not allow the call. Create a key with that scope, of a " +
			"role that may manage webhooks: tenant_admin may do everything in its tenant."
	case status == http.StatusForbidden:
		return "The key lacks the scope " + scopes[operation] + ", its role does not allow the call, or a firewall or proxy has refused the " +
			"call: the answer does not have the form that EnfinitOS documents."
	case status == http.StatusNotFound && operation == "create":
		return "This address has no call to create a subscription, so base_url (ENFINITOS_API_URL) is most likely wrong. Nothing was created."
	case status == http.StatusNotFound:
		return notProvedGone
	case isForeign(refused):
		return foreignAnswer + " The state was not changed."
	case status == http.StatusTooManyRequests:
		return "The rate limit is used up. Nothing was changed. Try again later, or lower -parallelism."
	case status >= http.StatusInternalServerError:
		return "The API failed. The state was not changed. Try again later."
	case status >= http.StatusMultipleChoices:
		return "The API rejected the request. Nothing was changed. Correct what its message names."
	}
	return "The API rejected the request, although it answered with a success status. The state was not changed."
}

// scopes are those in the vendor's documentation, or "*" where it names none.
var scopes = map[string]string{"create": "*", "read": "* or audit:read", "update": "*", "delete": "*"}

// unreadable reports what Terraform cannot know because the API cannot read subscriptions. An import fails because of that. That drift is
// not seen is in the documentation: a warning would come in every run, and nobody could do anything about it.
func unreadable(client *enfinitos.Client, webhook webhookModel, presence enfinitos.Presence) (diags diag.Diagnostics) {
	switch {
	case webhook.URL.IsNull():
		diags.AddError("Unable to import EnfinitOS webhook", fmt.Sprintf(
			"Subscription %s cannot be imported, because this API has no call to read a subscription. Its url, events and label "+
				"are unknown. EnfinitOS documents no such call. Where it is missing, Terraform can only manage what it has created.",
			webhook.ID.ValueString()))
	case presence == enfinitos.Unproven && tfwebhook.FirstTime(client, "unproven"):
		diags.AddWarning("Existence of EnfinitOS Webhooks Not Proven",
			"This API has no call to read a subscription. The list of deliveries would prove that the subscriptions in the state "+
				"exist, but the key lacks the scope audit:read. The state was not changed. Create a key that has the scope "+
				"audit:read.")
	}
	return diags
}

// createdOtherwise warns that a new subscription differs from its configuration. Only active can be changed, so each later
// apply would replace the subscription and get the same difference again.
func createdOtherwise(plan webhookModel, api *enfinitos.Subscription) (diags diag.Diagnostics) {
	read := plan.webhookData
	read.refresh(api)
	if _, lines := plan.differences(&read); len(lines) > 0 {
		diags.AddWarning("EnfinitOS Webhook Created With Different Values", fmt.Sprintf(
			"Subscription %s was created, but the API changed some of the configured values. Write the new values into the "+
				"configuration, or every later apply replaces the subscription and its signing secret. If the API has no call "+
				"to delete a subscription, the replaced ones stay behind, paused.\n\n%s",
			plan.Name(), strings.Join(lines, "\n")))
	}
	return diags
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
