package tfdfns

import (
	"cmp"
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
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

var advice = tfwebhook.Advice{
	Object:      object,
	URLSetting:  "base_url (DFNS_API_URL)",
	AuthSetting: "auth_token (DFNS_AUTH_TOKEN)",
	Site:        "the organization's region",
	Forbidden: "The token lacks the permission %s, or a policy forbids the call. Grant the permission to the service account or user that " +
		"the token belongs to.",
	Permissions: map[string]string{
		"create": "Webhooks:Create", "read": "Webhooks:Read", "update": "Webhooks:Update", "delete": "Webhooks:Delete",
		"ping": "Webhooks:Ping", "read events": "Webhooks:Events:Read",
	},
	Own: ownRemedy,
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

func storedOtherwise(operation string, plan webhookModel, api *dfns.Webhook) diag.Diagnostics {
	return object.StoredOtherwise(operation, plan.Name(), "every later plan shows the difference again", plan.differences(api))
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

// ownRemedy says what to do about what only Dfns has: policies, pings, signatures, and the refusals below.
func ownRemedy(operation string, outcome httpapi.Outcome, err error) string {
	switch {
	case errors.Is(err, dfns.ErrPendingApproval) && operation == "create":
		return "The webhook does not exist yet and is not in the state. Do not apply again before it is approved: that would request " +
			"a second webhook. Once it is approved and exists, import it."
	case errors.Is(err, dfns.ErrPendingApproval):
		return "Nothing has changed yet. Once the change is approved, plan again: Terraform will read its result from the API."
	case outcome == httpapi.Unknown && operation == "ping":
		return "The test event may or may not have been sent. Ping again."
	case outcome != httpapi.NotMade:
		return ""
	}
	return cmp.Or(remedyForSigning(err), remedyForRefusal(err))
}

// remedyForRefusal says what to do about refusals that mean something else at Dfns than elsewhere.
func remedyForRefusal(err error) string {
	var contradiction *dfns.ContradictionError
	var expired *dfns.ExpiredError
	refused, ok := errors.AsType[*httpapi.Error](err)
	switch {
	case errors.As(err, &contradiction):
		return "The API contradicts itself, so the state was not changed. Try again later. If the webhook really is gone, remove it from the " +
			"state: terraform or tofu state rm ADDRESS."
	case errors.As(err, &expired):
		return "The token expired at " + expired.At.Format(time.RFC3339) + ". Set auth_token (DFNS_AUTH_TOKEN) to a new one. Nothing was changed."
	case !ok || !refused.Recognized:
		return ""
	case refused.Status == http.StatusPaymentRequired:
		return "The organization's Dfns plan does not include this call. Ask Dfns."
	case refused.Status == http.StatusForbidden && strings.Contains(refused.Message, "user action signature"):
		return "The API did not accept the user action signature that the provider sent with the change. Nothing was changed. Apply again. If " +
			"it happens again, something between this machine and the API may remove the header X-DFNS-USERACTION."
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
	refused, ok := errors.AsType[*httpapi.Error](err)
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
