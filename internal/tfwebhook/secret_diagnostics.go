package tfwebhook

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// secretWillChange warns of a replacement in the plan because of attributes, when there is still time to prepare the receiver.
func (o Object) secretWillChange(name string, because path.Paths) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Signing Secret Will Change", fmt.Sprintf(
		"This plan replaces %s %s with a new one that has a new signing secret, because of a change of %s. If you import it, first check "+
			"that the import names the right id. The receiver rejects deliveries until you give it the new secret. To miss nothing, set "+
			"create_before_destroy in the resource's lifecycle and make the receiver accept both secrets for a while.%s",
		o.Noun, name, names(because), instead(because)))
}

func names(of path.Paths) string {
	texts := make([]string, 0, len(of))
	for _, one := range of {
		texts = append(texts, one.String())
	}
	return strings.Join(texts, ", ")
}

// instead says how other recipients need no new webhook.
func instead(of path.Paths) string {
	if !of.Contains(path.Root("secret_recipients")) {
		return ""
	}
	return " If you know the secret and the webhook was imported, change secret_wo_version too: then the secret is encrypted anew, and " +
		"nothing is replaced."
}

// secretNotEncrypted reports a secret that could not be encrypted.
func (o Object) secretNotEncrypted(name string, err error) (diags diag.Diagnostics) {
	if err != nil {
		diags.AddError("Unable to Encrypt Signing Secret", fmt.Sprintf(
			"The signing secret of %s %s could not be encrypted to secret_recipients: %s. The state was not changed.", o.Noun, name, err))
	}
	return diags
}

// secretUnknownAfterImport says why the secret is null after an import, and what the two options are. It says so once for each client:
// Terraform shows every warning of an import in full, and there may be hundreds.
func (o Object) secretUnknownAfterImport(client Client) (diags diag.Diagnostics) {
	if !client.FirstTime("imported") {
		return nil
	}
	diags.AddWarning("Signing Secret Unknown After Import", fmt.Sprintf(
		"%s returns a signing secret only once, in the answer to a create, so `secret` is null in the state of an imported webhook, "+
			"unless secret_wo and secret_wo_version bring it. Terraform manages everything else as usual. "+
			"You can also keep using it from where you have stored it, or get another one: replace the webhook (terraform or tofu apply "+
			"-replace=ADDRESS) and give the new secret to the receiver. "+
			"This is said once, however many webhooks are imported.", o.Vendor))
	return diags
}

// secretGoesAlong warns if a webhook gets another url and keeps its secret, which the new receiver then gets to know. That also shows a
// count that shifts, and an import of another webhook.
func (o Object) secretGoesAlong(webhook *DataModel, planned types.String) (diags diag.Diagnostics) {
	if planned.IsUnknown() || weburl.Same(webhook.URL.ValueString(), planned.ValueString()) {
		return nil
	}
	from, to := weburl.Hide(webhook.URL.ValueString()), weburl.Hide(planned.ValueString())
	change := fmt.Sprintf("%s, before %s", to, from)
	if from == to {
		change = "another path of " + to
	}
	diags.AddWarning("Signing Secret Goes to Another Receiver", fmt.Sprintf(
		"This plan gives %s %s another url (%s) and keeps its signing secret. If you import it, first check that the import names the right "+
			"id: this may be somebody else's. The receiver at the new url must use the secret of the former one. If they are different "+
			"receivers, change secret_version too, which replaces the webhook and its secret. If resources are counted and one was removed, "+
			"use for_each, so that each receiver keeps its webhook.", o.Noun, webhook.ID.ValueString(), change))
	return diags
}

// knownSecretIgnored warns that a new webhook gets its secret from the vendor.
func (o Object) knownSecretIgnored(name string) diag.Diagnostic {
	return diag.WithPath(path.Root("secret_wo_version"), diag.NewWarningDiagnostic("Known Signing Secret Ignored", fmt.Sprintf(
		"This plan creates %s %s, and %s generates its signing secret. secret_wo is only for an imported webhook, so it is not used. The "+
			"state will contain the generated secret.", o.Noun, name, o.Vendor)))
}

// knownSecretReplacesCreated refuses a secret from the configuration that would replace the one from the create, or warns of it if the
// vendor rotates secrets. Whether an unknown version changes is not known yet: then the apply, which plans again, refuses it.
func (o Object) knownSecretReplacesCreated(name string, unknown bool) (diags diag.Diagnostics) {
	at := path.Root("secret_wo_version")
	switch {
	case o.Rotates:
		diags.AddAttributeWarning(at, "Known Signing Secret Replaces the Created One", fmt.Sprintf(
			"The signing secret of %s %s in the state came from the answer to its create. This plan replaces it in the state with the value of "+
				"secret_wo, which is right only if the secret was rotated outside Terraform since.", o.Noun, name))
	case !unknown:
		diags.AddAttributeError(at, "Signing Secret Already Known", fmt.Sprintf(
			"The signing secret of %s %s in the state came from the answer to its create. %s shows it only once and cannot change it, so the "+
				"value of secret_wo would at best be the same, and otherwise destroy the only copy. Set secret_wo_version back to what it was, "+
				"or remove it and secret_wo. To get another secret, change secret_version, which replaces the %s.", o.Noun, name, o.Vendor, o.Noun))
	}
	return diags
}
