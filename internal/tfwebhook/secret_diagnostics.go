package tfwebhook

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// SecretWillChange warns of a replacement in the plan, when there is still time to prepare the receiver.
func (o Object) SecretWillChange(name string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Signing Secret Will Change", fmt.Sprintf(
		"This plan replaces %s %s with a new one that has a new signing secret. The receiver rejects deliveries until you give it the "+
			"new secret. To miss nothing, set create_before_destroy in the resource's lifecycle and make the receiver accept both "+
			"secrets for a while.", o.Noun, name))
}

// secretNotEncrypted reports a secret that could not be encrypted.
func (o Object) secretNotEncrypted(name string, err error) (diags diag.Diagnostics) {
	if err != nil {
		diags.AddError("Unable to Encrypt Signing Secret", fmt.Sprintf(
			"The signing secret of %s %s could not be encrypted to secret_recipients: %s. The state was not changed.", o.Noun, name, err))
	}
	return diags
}

// SecretUnknownAfterImport says why the secret is null after an import, and what the two options are. It says so once for each client:
// Terraform shows every warning of an import in full, and there may be hundreds.
func (o Object) SecretUnknownAfterImport(client Client) (diags diag.Diagnostics) {
	if !FirstTime(client, "imported") {
		return nil
	}
	diags.AddWarning("Signing Secret Unknown After Import", fmt.Sprintf(
		"%s returns a signing secret only once, in the answer to a create, so `secret` is null in the state of every imported webhook. "+
			"Terraform manages everything else as usual. You can keep using the existing secret from where you have stored it. To get a secret "+
			"that Terraform knows, replace the webhook (terraform or tofu apply -replace=ADDRESS) and give the new secret to the receiver. "+
			"This is said once, however many webhooks are imported.", o.Vendor))
	return diags
}

// SecretGoesToAnotherReceiver warns of another url for the same webhook, whose secret the new receiver then gets to know. That also
// shows a count that shifts.
func (o Object) SecretGoesToAnotherReceiver(id, from, to string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Signing Secret Goes to Another Receiver", fmt.Sprintf(
		"This plan gives %s %s another url (%s, before %s) and keeps its signing secret. The receiver there must use the secret of the "+
			"former one. If they are different receivers, change secret_version too, which replaces the webhook and its secret. If resources are "+
			"counted and one was removed, use for_each, so that each receiver keeps its webhook.", o.Noun, id, to, from))
}
