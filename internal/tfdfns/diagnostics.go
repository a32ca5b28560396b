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

// recovered tells of an answer that was lost on the way and what was done about it.
func recovered(operation string, webhook webhookModel, recovery dfns.Recovery) diag.Diagnostic {
	detail := fmt.Sprintf("An answer to the %s of webhook %s was lost. ", operation, name(webhook))
	switch {
	case len(recovery.Removed) > 0:
		detail += fmt.Sprintf("The API had created %s, whose signing secret was lost with the answer, so that was deleted and "+
			"another webhook created in its place.", strings.Join(recovery.Removed, ", "))
	case recovery.Confirmed:
		detail += "Reading showed that the API had made the change, so it was not made twice."
	case recovery.SignedAnew:
		detail += "Reading showed that the API had not made the change, so it was signed and sent again."
	default:
		detail += "It was sent again with the same single-use token and answered then, so it was made once."
	}
	advice := " Nothing needs to be done."
	if len(recovery.Suspects) > 0 {
		advice = fmt.Sprintf(" But webhooks of the same content exist that the lost request may have made: %s. Delete those that "+
			"nobody knows.", strings.Join(recovery.Suspects, ", "))
	}
	return diag.NewWarningDiagnostic("Dfns Answer Lost and Recovered", detail+advice)
}

// unclaimed names webhooks equal to one that is to be created and that no state names, as far as this run has read states:
// what an apply leaves behind whose process is killed between a create and its answer. It asks nobody. While nothing has
// listed yet it is silent, and another state, or a resource that Terraform has not come to yet, may own what it names.
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
			"This plan creates webhook %s. The organization already has one with the same url, events, status and description "+
				"that no state read by this run names:\n%s\n\nAn apply that was interrupted before the answer to its create arrived "+
				"leaves such a webhook behind. If that is what it is, either import it instead of creating another one, or delete "+
				"it: its signing secret is lost. If it belongs to something else, such as another configuration, leave it alone "+
				"and ignore this warning, or give this webhook a description of its own.",
			name(*plan), strings.Join(lines, "\n")))
	}
	return diags
}

// lookupFailed says what was asked for and why there is no answer.
func lookupFailed(operation, object string, err error) diag.Diagnostic {
	advice := remedy(operation, err)
	if dfns.IsNotFound(err) {
		advice = "The organization that the token belongs to has no such webhook."
	}
	return diag.NewErrorDiagnostic("Unable to read Dfns webhooks", fmt.Sprintf("Asked for %s: %s\n\n%s", object, err, advice))
}

// pingFailed says why a webhook could not be pinged.
func pingFailed(id string, err error) diag.Diagnostic {
	advice := remedy("ping", err)
	if dfns.IsNotFound(err) {
		advice = "The organization that the token belongs to has no such webhook."
	}
	return diag.NewErrorDiagnostic("Unable to ping Dfns webhook", fmt.Sprintf("Webhook %s: %s\n\n%s", id, err, advice))
}

// name tells a person which webhook is meant. The url is cut where it may carry a credential.
func name(webhook webhookModel) string {
	url := weburl.Hide(webhook.URL.ValueString())
	if id := webhook.ID.ValueString(); id != "" {
		return id + " " + url
	}
	return url + " (new)"
}

// remedy says what to do. It never reads the words of the API, which change without notice.
func remedy(operation string, err error) string {
	for _, advice := range []string{remedyForDoubt(operation, err), remedyForSigning(err)} {
		if advice != "" {
			return advice
		}
	}
	var answered *dfns.Error
	switch {
	case dfns.IsInvalidID(err):
		return "The id is not valid, and nothing was sent. Give the one that Dfns gave, such as wh-…, as it is."
	case errors.Is(err, context.Canceled):
		return "The operation was cancelled. Nothing was changed."
	case errors.Is(err, context.DeadlineExceeded):
		return "The operation ran into its timeout, or would have before the API's rate limit lets it go on. Nothing was changed. A " +
			"resource can have a longer one, in its timeouts."
	case dfns.IsNoAnswer(err):
		return "The API did not answer within request_timeout, in any attempt. Nothing was changed. Try again later, or raise " +
			"request_timeout in the provider block."
	case !errors.As(err, &answered):
		return "No call was made."
	case dfns.Status(err) == http.StatusNotFound && !dfns.IsNotFound(err): // of the signing flow, or not the API's own words
		return remedyByStatus("", http.StatusNotFound)
	}
	return remedyByStatus(operation, dfns.Status(err))
}

// remedyForDoubt says what to do where it is or was in doubt what the API did, and nothing where it was not.
func remedyForDoubt(operation string, err error) string {
	var notMade *dfns.NotMadeError
	var ambiguous *dfns.AmbiguousError
	var interrupted *dfns.InterruptedError
	switch {
	case errors.As(err, &interrupted) && interrupted.Err != nil:
		return remedy("read", interrupted.Err) + " Nothing was sent, and the note stays."
	case errors.As(err, &interrupted):
		return "Nothing was sent now, because that could make two. Look at what is named above. Nobody has the secret of a webhook " +
			"that the earlier create has made: delete it, or import it, and apply again. If all of them are in use, delete the " +
			"note and apply again."
	case errors.As(err, &ambiguous):
		return "The answer to the create was lost, and none was created anew, because that could make two. Look at the webhooks " +
			"named above. Nobody has the secret of the one that was just created, so delete it, and apply again."
	case errors.Is(err, dfns.ErrPendingApproval):
		return pending(operation)
	case errors.As(err, &notMade):
		return "Every answer was lost, and reading shows that nothing was changed. Something between here and the API cuts " +
			"connections or fails; try again later."
	case dfns.OutcomeUnknown(err) && !strings.HasPrefix(operation, "read"):
		return unknown(operation)
	}
	return ""
}

// remedyForSigning says what to do where a change could not be signed, and nothing where that was not the reason.
func remedyForSigning(err error) string {
	var credential *dfns.CredentialError
	var signing *dfns.SigningError
	var command *dfns.CommandError
	switch {
	case errors.Is(err, dfns.ErrUnsigned):
		return configureSigning + " Nothing was changed."
	case errors.As(err, &credential):
		return "Set credential_id in the provider's dfns block (or DFNS_CRED_ID) to one that is allowed, and have private_key (or " +
			"DFNS_PRIVATE_KEY) or signer_command sign with the key that belongs to it. Nothing was changed."
	case errors.As(err, &command) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		return "Run the program that signer_command names by hand, with some bytes on its standard input and DFNS_CRED_ID in its " +
			"environment: within request_timeout it must print the signature in base64, and nothing else, and end with status 0. " +
			"Nothing was changed."
	case errors.As(err, &signing) && signing.Challenged && refused(err):
		return "The API refused to sign. Check that private_key (DFNS_PRIVATE_KEY), or else the key with which signer_command " +
			"signs, is the key of the credential that credential_id (DFNS_CRED_ID) names, that the credential is active, and that " +
			"auth_token (DFNS_AUTH_TOKEN) is valid. A signer_command must print 64 bytes as they are for an Ed25519 key, ASN.1 DER " +
			"for ECDSA and PKCS#1 v1.5 for RSA, the latter two over SHA-256. Nothing was changed."
	}
	return ""
}

// configureSigning says how a provider that only reads is made to change something.
const configureSigning = "Set credential_id (DFNS_CRED_ID), and private_key (DFNS_PRIVATE_KEY) or signer_command, in the dfns block " +
	"of the provider \"webhook\", or the environment variables in parentheses."

// signingNotConfigured reports what is planned, or to be invoked, and cannot be done without a signature.
func signingNotConfigured(attempt string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Dfns Signing Is Not Configured", fmt.Sprintf(
		"To %s takes a signature, and only the token that reads is configured. %s", attempt, configureSigning))
}

func refused(err error) bool {
	status := dfns.Status(err)
	return status == http.StatusBadRequest || status == http.StatusUnauthorized || status == http.StatusForbidden
}

func remedyByStatus(operation string, status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "The API does not accept the token. Check auth_token (DFNS_AUTH_TOKEN), and that base_url (DFNS_API_URL) is that " +
			"of the organization's region: another region refuses the token as well."
	case status == http.StatusPaymentRequired:
		return "The organization's plan does not include this. Ask Dfns."
	case status == http.StatusForbidden:
		return "The token lacks the permission " + permissions[operation] + ", or a policy forbids the call. Grant the permission " +
			"to the service account or user the token belongs to."
	case status == http.StatusNotFound && operation == "update":
		return "The webhook was deleted outside of Terraform since the plan was made. Plan again: it will be created anew, with " +
			"another signing secret."
	case status == http.StatusNotFound:
		return "Check base_url (DFNS_API_URL). The state was left as it was."
	case status == http.StatusTooManyRequests:
		return "The organization's rate limit is used up. Apply again later, or lower -parallelism or raise max_retries."
	case status >= http.StatusInternalServerError:
		return "The API has a problem of its own. The state was left as it was; try again later."
	case status >= http.StatusBadRequest:
		return "The API refused the values. Nothing was changed."
	}
	return "The API could not be reached, or did not answer as the API does. Check base_url (DFNS_API_URL) and the network. " +
		"The state was left as it was."
}

var permissions = map[string]string{
	"create": "Webhooks:Create", "read": "Webhooks:Read", "update": "Webhooks:Update", "delete": "Webhooks:Delete",
	"ping": "Webhooks:Ping", "read events": "Webhooks:Events:Read",
}

// pending says what to do about a change that waits for approval.
func pending(operation string) string {
	if operation == "create" {
		return "The webhook does not exist yet and is not in the state. Once it is approved it will exist: import it then. " +
			"Applying again before that requests a second one."
	}
	return "Nothing has changed yet. Once it is approved, plan again: the state follows the API."
}

// unknown says what to do about a change of which nobody knows whether it was made.
func unknown(operation string) string {
	switch operation {
	case "ping":
		return "The test event may or may not have been sent. Ping again."
	case "create":
		return "The webhook may or may not exist. Before applying again, list the webhooks of the organization and look for one " +
			"with this url that was just created. Its signing secret is lost, so delete it, and apply again. None was " +
			"created anew here, because that could make two."
	}
	return "The change may or may not have been made. Plan again: the state follows the API."
}

// noSecret reports a webhook that can be managed but whose deliveries nobody can verify.
func noSecret(webhook webhookModel, notEncrypted error) diag.Diagnostic {
	reason := "the answer did not hold its signing secret"
	if notEncrypted != nil {
		reason = fmt.Sprintf("its signing secret could not be encrypted (%s)", notEncrypted)
	}
	return diag.NewErrorDiagnostic("Dfns Webhook Without Signing Secret", fmt.Sprintf(
		"Webhook %s was created and is in the state, but %s, and no later one will. The webhook is marked as "+
			"tainted: the next apply replaces it.", name(webhook), reason))
}

// deletedOutside warns that what comes back is not what was there.
func deletedOutside(webhook webhookModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Dfns Webhook Deleted Outside Terraform", fmt.Sprintf(
		"Webhook %s is gone. Unless it is removed from the configuration too, the next apply creates another one, with another "+
			"signing secret, which its receiver must be given.", name(webhook)))
}

// secretChanged reports a secret that no page says can change. It returns nothing when the answer told none, or the one that
// the state held. After an update the state must keep that, for the plan promised it; a read takes over what is told.
func secretChanged(operation string, prior *webhookModel, told dfns.Secret) (diags diag.Diagnostics) {
	if held := prior.Secret.ValueString(); told != "" && held != "" && held != string(told) {
		diags.AddWarning("Signing Secret Changed Outside Terraform", fmt.Sprintf(
			"The API answered the %s of webhook %s with another signing secret than the one that the state held, which receivers "+
				"may still use. Replace the webhook (terraform apply -replace=ADDRESS) to have a secret that is known for certain.",
			operation, name(*prior)))
	}
	return diags
}

// managedTwice warns of an import of what the state has, or imports, at another address.
func managedTwice(id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Dfns Webhook Managed Twice", fmt.Sprintf(
		"Another resource names webhook %s too, as far as this run has come. Two resources of one webhook undo each other's "+
			"changes, and who destroys the one deletes it for the other. Leave one of them out, unless the other is about to leave "+
			"the state anyway. (To give a resource another name, use a moved block.)", id))
}
