package tfdfns

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// failed says which operation on which webhook failed, what the API said and what to do.
func failed(operation string, webhook webhookModel, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		fmt.Sprintf("Unable to %s Dfns webhook", operation), object.Failure(webhook.Name(), err, remedy(operation, err)))
}

// recovered reports that an answer was lost, and what is proved about the change.
func recovered(operation string, webhook webhookModel, recovery dfns.Recovery) (diags diag.Diagnostics) {
	if !recovery.Happened() {
		return nil
	}
	detail := fmt.Sprintf("The API's answer to the %s of webhook %s was lost. ", operation, webhook.Name())
	switch {
	case recovery.Removed != "":
		detail += fmt.Sprintf("The API had created %s, but its signing secret was lost with the answer. The provider deleted "+
			"it and created another webhook in its place.", recovery.Removed)
	case recovery.Confirmed:
		detail += "The API had made the change."
	default:
		detail += "The provider sent it again with the same single-use token and got an answer, so the change was made once."
	}
	diags.AddWarning("Dfns Answer Lost and Recovered", detail+" Nothing needs to be done.")
	return diags
}

// storedOtherwise warns that the API stores other values than it was asked to. The next plan shows them again.
func storedOtherwise(operation string, plan webhookModel, api *dfns.Webhook) (diags diag.Diagnostics) {
	if lines := plan.differences(api); len(lines) > 0 {
		diags.AddWarning("Dfns Webhook Stored With Different Values", fmt.Sprintf(
			"The API answered the %s of webhook %s with other values than configured. If it stores them in another form, write that form "+
				"into the configuration, or every later plan shows the difference again:\n\n%s", operation, plan.Name(), strings.Join(lines, "\n")))
	}
	return diags
}

// odd warns of what is allowed but probably unintended, in the plan or the import that adds it.
func odd(planned, prior *webhookData) diag.Diagnostics {
	diags := tfwebhook.OddURL(planned.URL, prior.URL)
	diags.Append(kinds().Odd(planned.Events, prior.Events)...)
	if status := planned.Status.ValueString(); status != "" && !slices.Contains(statuses, status) && !planned.Status.Equal(prior.Status) {
		diags.Append(diag.WithPath(path.Root("status"), tfwebhook.UnknownStatus("Dfns", status, statuses)))
	}
	return diags
}

// statuses are those of a webhook that this version knows.
var statuses = []string{dfns.StatusEnabled, dfns.StatusDisabled}

// lookupFailed says what was read and why that failed.
func lookupFailed(operation, object string, err error) diag.Diagnostic {
	advice := remedy(operation, err)
	if saysNotFound(err) {
		advice = "The organization that the token belongs to has no such webhook."
	}
	return diag.NewErrorDiagnostic("Unable to read Dfns webhooks", fmt.Sprintf("Reading %s failed: %s\n\n%s", object, err, advice))
}

// pingFailed says why a webhook could not be pinged.
func pingFailed(id string, err error) diag.Diagnostic {
	advice := remedy("ping", err)
	if saysNotFound(err) {
		advice = "The organization that the token belongs to has no such webhook."
	}
	return diag.NewErrorDiagnostic("Unable to ping Dfns webhook", fmt.Sprintf("Pinging webhook %s failed: %s\n\n%s", id, err, advice))
}

// saysNotFound reports the API's own 404. That is not yet proof that a webhook is gone, but explains why it cannot be shown.
func saysNotFound(err error) bool {
	answered, ok := errors.AsType[*dfns.Error](err)
	return ok && answered.Status == http.StatusNotFound && answered.Recognized
}

// remedy says what to do. What it says about a change follows from the outcome that the error proves.
func remedy(operation string, err error) string {
	outcome, candidates := dfns.OutcomeOf(err)
	switch {
	case tfwebhook.Unfinished(err) != "":
		return tfwebhook.Unfinished(err)
	case errors.Is(err, dfns.ErrPendingApproval):
		return pending(operation)
	case strings.HasPrefix(operation, "read"):
	case outcome == dfns.Made:
		return "The webhook named above exists, but its signing secret was lost with the answer to the create. Delete it at Dfns and apply " +
			"again, or import it. Until then, no apply creates another webhook of this content."
	case outcome == dfns.Unknown:
		return unknown(operation, candidates)
	}
	if advice := remedyForSigning(err); advice != "" {
		return advice
	}
	switch {
	case dfns.IsNotFound(err):
		return "The webhook was deleted outside Terraform after the plan was made. Plan again: Terraform will create a new webhook, with " +
			"a new signing secret."
	case dfns.IsInvalidID(err):
		return "The id is not valid. No request was sent. Use the id exactly as Dfns shows it, such as wh-…."
	case tfwebhook.Interrupted(err, dfns.IsNoAnswer(err)) != "":
		return tfwebhook.Interrupted(err, dfns.IsNoAnswer(err))
	}
	return remedyByAnswer(operation, err)
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
	case errors.As(err, &signing) && signing.Challenged && rejectsSignature(err):
		return "The API rejected the signature. Check that private_key (DFNS_PRIVATE_KEY), or the key that signer_command uses, belongs " +
			"to the credential in credential_id (DFNS_CRED_ID), that this credential is active, and that auth_token " +
			"(DFNS_AUTH_TOKEN) is valid. A signer_command must print the raw 64 bytes for an Ed25519 key, ASN.1 DER for ECDSA and " +
			"PKCS#1 v1.5 for RSA, the latter two over SHA-256. Nothing was changed."
	}
	return ""
}

// rejectsSignature reports that the API rejected a signature. A 401 is that only if it says so: usually the token has expired.
func rejectsSignature(err error) bool {
	refused, ok := errors.AsType[*dfns.Error](err)
	return ok && refused.Recognized && (refused.Status == http.StatusBadRequest || refused.Status == http.StatusForbidden ||
		refused.Status == http.StatusUnauthorized && strings.Contains(strings.ToLower(refused.Message), "signature"))
}

// configureSigning says how to enable changes in a provider that is configured to read only.
const configureSigning = "Set credential_id (DFNS_CRED_ID), and private_key (DFNS_PRIVATE_KEY) or signer_command, in the " +
	"provider's dfns block or the environment."

// signingNotConfigured reports a planned change, or an action, that needs a signature nobody can make.
func signingNotConfigured(attempt string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Dfns Signing Is Not Configured", fmt.Sprintf(
		"Unable to %s: Dfns requires a signature for that, and only auth_token is configured. %s", attempt, configureSigning))
}

// remedyByAnswer says what to do about what the API, or something in its place, has answered.
func remedyByAnswer(operation string, err error) string {
	var contradiction *dfns.ContradictionError
	var expired *dfns.ExpiredError
	answered, ok := errors.AsType[*dfns.Error](err)
	switch {
	case !ok:
		return "No request was sent."
	case errors.As(err, &contradiction):
		return "The API contradicts itself, so the state was not changed. Try again later. If the webhook really is gone, remove it from the " +
			"state: terraform or tofu state rm ADDRESS."
	case dfns.Unreachable(err) != "":
		return dfns.Unreachable(err) + " Nothing was changed."
	case answered.Status == 0:
		return "Nothing was changed. Try again. If it happens again, check base_url (DFNS_API_URL) and the network between this machine " +
			"and the API."
	case errors.As(err, &expired):
		return "The token expired at " + expired.At.Format(time.RFC3339) + ". Set auth_token (DFNS_AUTH_TOKEN) to a new one. Nothing was changed."
	case answered.Status < http.StatusMultipleChoices:
		return "This is not what Dfns documents, so something else, such as a proxy, may have answered in its place. Check base_url " +
			"(DFNS_API_URL). The state was not changed."
	case answered.Status < http.StatusInternalServerError && answered.Status != http.StatusTooManyRequests && !answered.Recognized:
		return "The answer does not have the form of Dfns' own errors, so something else has sent it, such as a proxy, a gateway or a " +
			"firewall. Check base_url (DFNS_API_URL) and what is between this machine and the API. The state was not changed."
	}
	return remedyByStatus(operation, answered)
}

func remedyByStatus(operation string, refused *dfns.Error) string {
	switch status := refused.Status; {
	case status == http.StatusUnauthorized:
		return "The API does not accept the token. Check that auth_token (DFNS_AUTH_TOKEN) is valid and has not expired. Also check that " +
			"base_url (DFNS_API_URL) is the URL of the organization's region, because other regions reject the token too."
	case status == http.StatusPaymentRequired:
		return "The organization's Dfns plan does not include this call. Ask Dfns."
	case status == http.StatusForbidden && strings.Contains(refused.Message, "user action signature"):
		return "The API did not accept the user action signature that the provider sent with the change. Nothing was changed. Apply again. If " +
			"it happens again, something between this machine and the API may remove the header X-DFNS-USERACTION."
	case status == http.StatusForbidden:
		return "The token lacks the permission " + permissions[operation] + ", or a policy forbids the call. Grant the permission " +
			"to the service account or user that the token belongs to."
	case status == http.StatusNotFound:
		return "Check base_url (DFNS_API_URL). The state was not changed."
	case status == http.StatusTooManyRequests:
		return "The organization has used up its rate limit. Try again later, or lower -parallelism."
	case status >= http.StatusInternalServerError:
		return "The API failed. The state was not changed. Try again later."
	}
	return "The API rejected the request. Nothing was changed. Correct what its message names."
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
func unknown(operation string, candidates []string) string {
	switch {
	case operation == "ping":
		return "The test event may or may not have been sent. Ping again."
	case operation == "create" && len(candidates) > 0:
		return "The webhooks named above are new, and this create may have made one of them. Others may own them: ask before you delete any. " +
			"If nobody uses it, its signing secret is lost: delete it, or import it, and apply again. The provider touched none of them and " +
			"created no other, because that could result in two."
	case operation == "create":
		return "Before you apply again, list the webhooks of the organization and look for one with this url that was just created. If there " +
			"is one, its signing secret is lost: delete it, or import it, and apply again. The provider did not create another webhook, because " +
			"that could result in two."
	}
	return "Plan again: Terraform will read the result from the API."
}

// secretDiffers warns when an answer contains a different secret than the state. No vendor page says that secrets can change, so the
// state keeps its own, which came from the create.
func secretDiffers(operation string, prior webhookModel, answered dfns.Secret) (diags diag.Diagnostics) {
	if stored := prior.Secret.ValueString(); answered != "" && stored != "" && stored != string(answered) {
		diags.AddWarning("Signing Secret Differs From the State", fmt.Sprintf(
			"The API answered the %s of webhook %s with a signing secret that differs from the one in the state. The state keeps its own. "+
				"If the receiver rejects deliveries, replace the webhook to get a secret that is certain "+
				"(terraform or tofu apply -replace=ADDRESS).",
			operation, prior.Name()))
	}
	return diags
}
