package tfsecret

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// WillChange warns of a replacement at plan, when there is still time to prepare the receiver. The object is named with its
// kind, such as "webhook wh-1".
func WillChange(object string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Signing Secret Will Change", fmt.Sprintf(
		"The %s will be replaced by another one, which has another signing secret: its receiver refuses deliveries until it is "+
			"given that. With create_before_destroy in the resource's lifecycle both exist for a while, and a receiver that accepts "+
			"both secrets misses nothing.", object))
}

// NotEncrypted reports a secret that stays as it was held.
func NotEncrypted(object string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Unable to Encrypt Signing Secret", fmt.Sprintf(
		"The signing secret of the %s could not be encrypted to secret_recipients: %s. The state was left as it was.", object, err))
}

// UnknownAfterImport says why the secret is null and which two ways lead on.
func UnknownAfterImport(vendor, id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Signing Secret Unknown After Import", fmt.Sprintf(
		"%s returns a signing secret only once, in the answer to a create, so the secret of %s is null in the state. Everything else "+
			"is managed as usual. Keep using the secret you have from where you keep it; or, to have a secret that Terraform knows, "+
			"replace the webhook (terraform apply -replace=ADDRESS) and give the new secret to the receiver.", vendor, id))
}
