package tfdfns

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// failed says which operation on which webhook failed, what the API said and what to do.
func failed(operation string, webhook webhookModel, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		fmt.Sprintf("Unable to %s Dfns webhook", operation),
		fmt.Sprintf("%s\n\nWebhook: %s\n\n%s", err, name(webhook), remedy(operation, err)))
}

// recovered reports that an answer was lost, and what the client did about it.
func recovered(operation string, webhook webhookModel, recovery dfns.Recovery) diag.Diagnostic {
	detail := fmt.Sprintf("The API's answer to the %s of webhook %s was lost. ", operation, name(webhook))
	switch {
	case len(recovery.Removed) > 0:
		detail += fmt.Sprintf("The API had created %s, but its signing secret was lost with the answer. The provider deleted "+
			"it and created another webhook in its place.", strings.Join(recovery.Removed, ", "))
	case recovery.Confirmed:
		detail += "A read showed that the API had made the change, so the provider did not send it again."
	case recovery.SignedAnew:
		detail += "A read showed that the API had not made the change, so the provider signed and sent it again."
	default:
		detail += "The provider sent it again with the same single-use token and got an answer, so the change was made once."
	}
	advice := " Nothing needs to be done."
	if len(recovery.Suspects) > 0 {
		advice = fmt.Sprintf(" But the lost request may have created these webhooks, which have the same content: %s. Delete those "+
			"that nobody uses.", strings.Join(recovery.Suspects, ", "))
	}
	return diag.NewWarningDiagnostic("Dfns Answer Lost and Recovered", detail+advice)
}

// unclaimed warns of webhooks that equal the planned one and that no state read by this run names. An apply that is killed
// between a create and its answer leaves such a webhook behind. It makes no call, and is silent until a refresh has listed
// the webhooks. What it names may belong to another state, or to a resource that Terraform has not read yet.
func unclaimed(client *dfns.Client, plan *webhookModel) (diags diag.Diagnostics) {
	if !plan.isKnown() {
		return nil
	}
	var lines []string
	for _, webhook := range client.Unclaimed(plan.createRequest()) {
		lines = append(lines, fmt.Sprintf("%s, created %s", webhook.ID, webhook.DateCreated))
	}
	if len(lines) > 0 {
		diags.AddWarning("Dfns Webhook of the Same Content Exists", fmt.Sprintf(
			"This plan creates webhook %s. The organization already has webhooks with the same url, events, status and description, "+
				"and no state that this run has read contains them:\n%s\n\nAn apply that was killed before it got the answer to its "+
				"create leaves such a webhook behind, and its signing secret is lost. In that case import the webhook instead of "+
				"creating another one, or delete it. If it belongs to something else, such as another configuration, leave it alone. "+
				"Ignore this warning then, or give the new webhook a description of its own.",
			name(*plan), strings.Join(lines, "\n")))
	}
	return diags
}

// lookupFailed says what was read and why that failed.
func lookupFailed(operation, object string, err error) diag.Diagnostic {
	advice := remedy(operation, err)
	if dfns.IsNotFound(err) {
		advice = "The organization that the token belongs to has no such webhook."
	}
	return diag.NewErrorDiagnostic("Unable to read Dfns webhooks", fmt.Sprintf("Reading %s failed: %s\n\n%s", object, err, advice))
}

// pingFailed says why a webhook could not be pinged.
func pingFailed(id string, err error) diag.Diagnostic {
	advice := remedy("ping", err)
	if dfns.IsNotFound(err) {
		advice = "The organization that the token belongs to has no such webhook."
	}
	return diag.NewErrorDiagnostic("Unable to ping Dfns webhook", fmt.Sprintf("Pinging webhook %s failed: %s\n\n%s", id, err, advice))
}

// name identifies a webhook to a person. It hides the parts of the url that may hold a credential.
func name(webhook webhookModel) string {
	url := weburl.Hide(webhook.URL.ValueString())
	if id := webhook.ID.ValueString(); id != "" {
		return id + " " + url
	}
	return url + " (new)"
}

// remedy says what to do. It never interprets the wording of the API, which changes without notice.
func remedy(operation string, err error) string {
	for _, advice := range []string{remedyForDoubt(operation, err), remedyForSigning(err)} {
		if advice != "" {
			return advice
		}
	}
	var answered *dfns.Error
	switch {
	case dfns.IsInvalidID(err):
		return "The id is not valid. No request was sent. Use the id exactly as Dfns shows it, such as wh-…."
	case errors.Is(err, context.Canceled):
		return "The operation was cancelled. Nothing was changed."
	case errors.Is(err, context.DeadlineExceeded):
		return "The operation timed out, or the API's rate limit would have delayed it beyond its timeout. Nothing was changed. To " +
			"allow more time, set timeouts in the resource."
	case dfns.IsNoAnswer(err):
		return "The API did not answer any attempt within request_timeout. Nothing was changed. Try again later, or raise " +
			"request_timeout in the provider block."
	case !errors.As(err, &answered):
		return "No request was sent."
	case dfns.Status(err) == http.StatusNotFound && !dfns.IsNotFound(err): // of the signing flow, or not the API's own words
		return remedyByStatus("", http.StatusNotFound)
	}
	return remedyByStatus(operation, dfns.Status(err))
}

// remedyForDoubt says what to do when it is or was uncertain what the API did. Otherwise it returns nothing.
func remedyForDoubt(operation string, err error) string {
	var notMade *dfns.NotMadeError
	var ambiguous *dfns.AmbiguousError
	var interrupted *dfns.InterruptedError
	switch {
	case errors.As(err, &interrupted) && interrupted.Err != nil:
		return remedy("read", interrupted.Err) + " No create was sent, and the note stays."
	case errors.As(err, &interrupted):
		return "No create was sent, because that could result in two webhooks. Check the webhooks named above. If the earlier create " +
			"made one of them, its signing secret is lost: delete or import that webhook, and apply again. If all of them are in " +
			"use, delete the note and apply again."
	case errors.As(err, &ambiguous):
		return "The answer to the create was lost. The provider did not create another webhook, because that could result in two. " +
			"Check the webhooks named above. The signing secret of the one that was just created is lost: delete it, and apply again."
	case errors.Is(err, dfns.ErrPendingApproval):
		return pending(operation)
	case errors.As(err, &notMade):
		return "Every answer was lost, and a read shows that nothing was changed. Something between this machine and the API cuts " +
			"connections or fails. Try again later."
	case dfns.OutcomeUnknown(err) && !strings.HasPrefix(operation, "read"):
		return unknown(operation)
	}
	return ""
}

// remedyForSigning says what to do when a change could not be signed. For other errors it returns nothing.
func remedyForSigning(err error) string {
	var credential *dfns.CredentialError
	var signing *dfns.SigningError
	var command *dfns.CommandError
	switch {
	case errors.Is(err, dfns.ErrUnsigned):
		return configureSigning + " Nothing was changed."
	case errors.As(err, &credential):
		return "Set credential_id in the provider's dfns block (or DFNS_CRED_ID) to a credential that is allowed, and set private_key " +
			"(or DFNS_PRIVATE_KEY) or signer_command to sign with its key. Nothing was changed."
	case errors.As(err, &command) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		return "Run the program of signer_command by hand, with some bytes on its standard input and DFNS_CRED_ID in its environment. " +
			"Within request_timeout it must print the signature in base64, and nothing else, and exit with status 0. Nothing was " +
			"changed."
	case errors.As(err, &signing) && signing.Challenged && refused(err):
		return "The API rejected the signature. Check that private_key (DFNS_PRIVATE_KEY), or the key that signer_command uses, belongs " +
			"to the credential in credential_id (DFNS_CRED_ID), that this credential is active, and that auth_token " +
			"(DFNS_AUTH_TOKEN) is valid. A signer_command must print the raw 64 bytes for an Ed25519 key, ASN.1 DER for ECDSA and " +
			"PKCS#1 v1.5 for RSA, the latter two over SHA-256. Nothing was changed."
	}
	return ""
}

// configureSigning says how to enable changes in a provider that is configured to read only.
const configureSigning = "Set credential_id (DFNS_CRED_ID), and private_key (DFNS_PRIVATE_KEY) or signer_command, in the dfns block " +
	"of the provider \"webhook\", or the environment variables in parentheses."

// signingNotConfigured reports a planned change, or an action, that needs a signature nobody can make.
func signingNotConfigured(attempt string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Dfns Signing Is Not Configured", fmt.Sprintf(
		"Unable to %s: Dfns requires a signature for that, and only auth_token is configured, which only allows reading. %s",
		attempt, configureSigning))
}

func refused(err error) bool {
	status := dfns.Status(err)
	return status == http.StatusBadRequest || status == http.StatusUnauthorized || status == http.StatusForbidden
}

func remedyByStatus(operation string, status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "The API does not accept the token. Check auth_token (DFNS_AUTH_TOKEN). Also check that base_url (DFNS_API_URL) is the " +
			"URL of the organization's region, because other regions reject the token too."
	case status == http.StatusPaymentRequired:
		return "The organization's Dfns plan does not include this call. Ask Dfns."
	case status == http.StatusForbidden:
		return "The token lacks the permission " + permissions[operation] + ", or a policy forbids the call. Grant the permission " +
			"to the service account or user that the token belongs to."
	case status == http.StatusNotFound && operation == "update":
		return "The webhook was deleted outside Terraform after the plan was made. Plan again: Terraform will create a new webhook, with " +
			"a new signing secret."
	case status == http.StatusNotFound:
		return "Check base_url (DFNS_API_URL). The state was not changed."
	case status == http.StatusTooManyRequests:
		return "The organization has used up its rate limit. Try again later, lower -parallelism, or raise max_retries."
	case status >= http.StatusInternalServerError:
		return "The API failed. The state was not changed. Try again later."
	case status >= http.StatusBadRequest:
		return "The API rejected the request. Nothing was changed. Correct what its message names."
	}
	return "The API could not be reached, or something else answered in its place. Check base_url (DFNS_API_URL) and the network. " +
		"The state was not changed."
}

var permissions = map[string]string{
	"create": "Webhooks:Create", "read": "Webhooks:Read", "update": "Webhooks:Update", "delete": "Webhooks:Delete",
	"ping": "Webhooks:Ping", "read events": "Webhooks:Events:Read",
}

// pending says what to do about a change that waits for approval.
func pending(operation string) string {
	if operation == "create" {
		return "The webhook does not exist yet and is not in the state. Do not apply again before it is approved: that would request " +
			"a second webhook. Once it is approved and exists, import it."
	}
	return "Nothing has changed yet. Once the change is approved, plan again: Terraform will read its result from the API."
}

// unknown says what to do about a change that may or may not have been made.
func unknown(operation string) string {
	switch operation {
	case "ping":
		return "The test event may or may not have been sent. Ping again."
	case "create":
		return "The webhook may or may not exist. Before you apply again, list the webhooks of the organization and look for one " +
			"with this url that was just created. Its signing secret is lost: delete it, and apply again. The provider did not " +
			"create another webhook, because that could result in two."
	}
	return "The change may or may not have been made. Plan again: Terraform will read the result from the API."
}

// noSecret reports a new webhook whose deliveries nobody can verify.
func noSecret(webhook webhookModel, notEncrypted error) diag.Diagnostic {
	reason := "the API's answer did not contain its signing secret"
	if notEncrypted != nil {
		reason = fmt.Sprintf("its signing secret could not be encrypted (%s)", notEncrypted)
	}
	return diag.NewErrorDiagnostic("Dfns Webhook Without Signing Secret", fmt.Sprintf(
		"Webhook %s was created and is in the state, but %s. The API shows the secret only once. The webhook is marked as "+
			"tainted: the next apply replaces it.", name(webhook), reason))
}

// deletedOutside warns that the next apply creates a different webhook in place of the one that is gone.
func deletedOutside(webhook webhookModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Dfns Webhook Deleted Outside Terraform", fmt.Sprintf(
		"Webhook %s no longer exists at Dfns. Unless you remove it from the configuration, the next apply creates a new "+
			"webhook with a new signing secret, which you must give to the receiver.", name(webhook)))
}

// secretChanged warns when an answer contains a different secret than the state. No vendor page says that secrets can change.
// After an update the state must keep its own, because the plan promised it; a read stores the new one.
func secretChanged(operation string, prior *webhookModel, told dfns.Secret) (diags diag.Diagnostics) {
	if held := prior.Secret.ValueString(); told != "" && held != "" && held != string(told) {
		diags.AddWarning("Signing Secret Changed Outside Terraform", fmt.Sprintf(
			"The API answered the %s of webhook %s with a signing secret that differs from the one in the state. Receivers may still "+
				"use the secret of the state. To get a secret that is certain, replace the webhook (terraform apply -replace=ADDRESS).",
			operation, name(*prior)))
	}
	return diags
}

// managedTwice warns that the imported webhook is in the state, or is being imported, at another address.
func managedTwice(id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Dfns Webhook Managed Twice", fmt.Sprintf(
		"Another resource in the state or the configuration also names webhook %s. Two resources that manage one webhook undo "+
			"each other's changes, and destroying one of them deletes the webhook of both. Keep only one of them, unless the "+
			"other one is about to leave the state anyway. (To rename a resource, use a moved block.)", id))
}
