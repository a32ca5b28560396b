package tfenfinitos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// failed says which operation on which subscription failed, what the API said and what to do.
func failed(operation string, webhook webhookModel, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		fmt.Sprintf("Unable to %s EnfinitOS webhook", operation),
		fmt.Sprintf("%s\n\nSubscription: %s\n\n%s", err, name(webhook), remedy(operation, webhook, err)))
}

// lookupFailed says what a data source was asked for and why there is no answer.
func lookupFailed(object string, err error) diag.Diagnostic {
	advice := remedy("read", webhookModel{}, err)
	if enfinitos.IsNotFound(err) {
		advice = "There is no such subscription in the account the key belongs to."
	}
	return diag.NewErrorDiagnostic("Unable to read EnfinitOS webhook", fmt.Sprintf("Asked for %s: %s\n\n%s", object, err, advice))
}

// actionFailed says what an action tried and why it failed.
func actionFailed(operation, object string, err error) diag.Diagnostic {
	advice := remedy("update", webhookModel{}, err)
	switch {
	case enfinitos.IsNotFound(err):
		advice = "The API knows no such delivery or subscription."
	case enfinitos.OutcomeUnknown(err):
		advice = "It may or may not have been done; the list of deliveries tells."
	}
	return diag.NewErrorDiagnostic("Unable to "+operation, fmt.Sprintf("%s: %s\n\n%s", object, err, advice))
}

// name tells a person which subscription is meant. The url is cut where it may carry a credential.
func name(webhook webhookModel) string {
	id := cmp.Or(webhook.ID.ValueString(), "(new)")
	return fmt.Sprintf("%s %q %s", id, webhook.Label.ValueString(), weburl.Hide(webhook.URL.ValueString()))
}

// remedy says what to do. It never reads the words of the API, which change without notice.
func remedy(operation string, webhook webhookModel, err error) string {
	var answered *enfinitos.Error
	var interrupted *enfinitos.InterruptedError
	switch {
	case enfinitos.IsInvalidID(err):
		return "The id is not valid, and nothing was sent. Give the one that EnfinitOS gave, as it is."
	case errors.As(err, &interrupted), enfinitos.OutcomeUnknown(err) && operation == "create":
		return fmt.Sprintf("The subscription may or may not exist, and it was not tried again, because that could make two. "+
			"Before applying again, look in the EnfinitOS console for one with the label %q and the url %s that was created "+
			"then. Nobody has its signing secret, so delete it there, or pause it: POST /v1/webhooks/ID/active with "+
			`{"active": false}. %s`, webhook.Label.ValueString(), weburl.Hide(webhook.URL.ValueString()), afterUnknownCreate(err))
	case enfinitos.OutcomeUnknown(err) && operation != "read":
		return "The change may or may not have been made. Applying again is safe."
	case errors.Is(err, context.Canceled):
		return "The operation was cancelled. Nothing was changed."
	case errors.Is(err, context.DeadlineExceeded):
		return "The operation ran into its timeout, or would have before the API's rate limit lets it go on. Nothing was changed. A " +
			"resource can have a longer one, in its timeouts."
	case enfinitos.IsNoAnswer(err):
		return "The API did not answer within request_timeout, in any attempt. Nothing was changed. Try again later, or raise " +
			"request_timeout in the provider block."
	case !errors.As(err, &answered):
		return "No call was made."
	case enfinitos.IsNotFound(err) && operation == "update":
		return "The subscription was deleted outside of Terraform since the plan was made. Plan again: it will be created anew, " +
			"with another signing secret."
	}
	return remedyByStatus(operation, enfinitos.Status(err))
}

func remedyByStatus(operation string, status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "The API does not accept the key. Check api_key (ENFINITOS_API_KEY), and that base_url (ENFINITOS_API_URL) is that " +
			"of the key's environment."
	case status == http.StatusForbidden:
		return "The key lacks the scope " + scopes[operation] + ". Create a key that has it."
	case status == http.StatusNotFound && operation == "create":
		return "There is no call to create a subscription at this address. Nothing was created: base_url (ENFINITOS_API_URL) is " +
			"likely wrong."
	case status == http.StatusNotFound:
		return "The API did not say in its own words that the subscription is gone, so the state was left as it was. Check " +
			"base_url (ENFINITOS_API_URL)."
	case status == http.StatusTooManyRequests:
		return "The rate limit is used up. Apply again later, or lower -parallelism or raise max_retries."
	case status >= http.StatusInternalServerError:
		return "The API has a problem of its own. The state was left as it was; try again later."
	case status >= http.StatusBadRequest:
		return "The API refused the values. Nothing was changed."
	case status >= http.StatusOK && status < http.StatusMultipleChoices:
		return "The API answered, and refused. The state was left as it was."
	}
	return "The API could not be reached, or did not answer as the API does. Check base_url (ENFINITOS_API_URL) and the network. " +
		"The state was left as it was."
}

// scopes are those the vendor's pages name, and "*" where they name none.
var scopes = map[string]string{"create": "*", "read": "* or audit:read", "update": "*", "delete": "*"}

// unreadable says what it means that a subscription cannot be read, once. For an import it means that there is nothing
// to import from.
func unreadable(client *enfinitos.Client, webhook webhookModel, presence enfinitos.Presence) (diags diag.Diagnostics) {
	switch {
	case webhook.URL.IsNull():
		diags.AddError("Unable to import EnfinitOS webhook", fmt.Sprintf(
			"This API has no call to read subscription %s, so its url, events and label cannot be known. EnfinitOS documents "+
				"none; where it is missing, only what Terraform created can be managed.", webhook.ID.ValueString()))
	case presence == enfinitos.Alive && client.FirstTime("alive"):
		diags.AddWarning("Drift of EnfinitOS Webhooks Is Not Seen",
			"This API has no call to read a subscription, which EnfinitOS does not document. The list of deliveries proves that "+
				"the subscriptions in the state exist; what was changed outside of Terraform cannot be seen.")
	case presence == enfinitos.Unproven && client.FirstTime("unproven"):
		diags.AddWarning("Existence of EnfinitOS Webhooks Not Proven",
			"This API has no call to read a subscription, and the key lacks the scope audit:read, with which the list of "+
				"deliveries would prove that the subscriptions in the state exist. The state was left as it was. Create a key "+
				"that has the scope audit:read.")
	}
	return diags
}

// afterUnknownCreate says what the next apply will do. Of a create that was cancelled there is a note, for nobody may have
// read this.
func afterUnknownCreate(err error) string {
	if errors.Is(err, context.Canceled) {
		return "The next apply stops with this once more, in case nobody has read it, and the one after it creates another one."
	}
	return "The next apply creates another one."
}

// warnOfContract says once that the API answers in a version this provider was not written for.
func warnOfContract(client *enfinitos.Client, diags *diag.Diagnostics) {
	if version := client.ForeignContract(); version != "" && client.FirstTime("contract") {
		diags.AddWarning("Other EnfinitOS Contract Version", fmt.Sprintf(
			"The API answers with contract version %s; this version of the provider was written for %s. What it needs was there, "+
				"but look for a newer version of the provider.", version, enfinitos.ContractVersion))
	}
}

// deletedOutside warns that what comes back is not what was there.
func deletedOutside(webhook webhookModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic("EnfinitOS Webhook Deleted Outside Terraform", fmt.Sprintf(
		"Subscription %s is gone. Unless it is removed from the configuration too, the next apply creates another one, with another "+
			"signing secret, which its receiver must be given.", name(webhook)))
}

// noSecret reports a subscription that can be managed but whose deliveries nobody can verify.
func noSecret(webhook webhookModel, notEncrypted error) diag.Diagnostic {
	reason := "the answer did not hold its signing secret"
	if notEncrypted != nil {
		reason = fmt.Sprintf("its signing secret could not be encrypted (%s)", notEncrypted)
	}
	return diag.NewErrorDiagnostic("EnfinitOS Webhook Without Signing Secret", fmt.Sprintf(
		"Subscription %s was created and is in the state, but %s, and no later one will. The subscription is marked as "+
			"tainted: the next apply replaces it.", name(webhook), reason))
}

// createdOtherwise warns of a new subscription that is not quite what was asked for. Nothing but active can be changed, so
// each later apply would make another one, and get the same again.
func createdOtherwise(plan webhookModel, api *enfinitos.Subscription) (diags diag.Diagnostics) {
	if lines := plan.differences(api); len(lines) > 0 {
		diags.AddWarning("EnfinitOS Webhook Created Otherwise", fmt.Sprintf(
			"Subscription %s was created, but the API has made something else of what was asked for:\n%s\n\nHave the "+
				"configuration say what it became. Otherwise each later apply replaces the subscription, and its signing secret with "+
				"it; where the API has no call to delete one, the former are left behind, paused.",
			name(plan), strings.Join(lines, "\n")))
	}
	return diags
}

func notPaused(webhook webhookModel, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("EnfinitOS Webhook Created but Not Paused", fmt.Sprintf(
		"Subscription %s was created, which EnfinitOS does active, and is in the state with its signing secret. Pausing it "+
			"failed, so it delivers: %s\n\nApply again to pause it.", name(webhook), err))
}

func pausedAndLeft(webhook webhookModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic("EnfinitOS Webhook Paused and Left", fmt.Sprintf(
		"This API has no call to delete a subscription, which EnfinitOS does not document. Subscription %s was paused, so it "+
			"delivers nothing, and is no longer in the state. Delete it in the EnfinitOS console.", name(webhook)))
}

// rotatedSince reports that the secret in state is known and no longer the one that signs.
func rotatedSince(state webhookModel, found *enfinitos.Subscription) bool {
	return !state.secret().IsMissing() && found.SecretLastRotatedAt != state.SecretLastRotatedAt.ValueString() &&
		found.SecretLastRotatedAt != ""
}

func secretRotated(webhook webhookModel, found *enfinitos.Subscription) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Signing Secret Rotated Outside Terraform", fmt.Sprintf(
		"The signing secret of subscription %s was rotated at %s, not by Terraform. The one in the state no longer signs. "+
			"Replace the subscription (terraform apply -replace=ADDRESS) to have a secret that Terraform knows.",
		name(webhook), found.SecretLastRotatedAt))
}
