package tfwebhook

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Object is how texts name what the webhook resource of a vendor manages.
type Object struct {
	// Vendor is the name of the vendor.
	Vendor string
	// Noun is the vendor's word for a webhook.
	Noun string
	// ID and Secret show what an id and a secret look like. They may be empty.
	ID     string
	Secret string
	// Rotates says that the vendor can change the secret of a webhook outside Terraform.
	Rotates bool
}

// title returns the noun at the beginning of a sentence.
func (o Object) title() string { return strings.ToUpper(o.Noun[:1]) + o.Noun[1:] }

// DeletedOutside warns that the next apply creates a different webhook in place of the one that is gone.
func (o Object) DeletedOutside(name string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(o.Vendor+" Webhook Deleted Outside Terraform", fmt.Sprintf(
		"%s %s no longer exists at %s. Unless you remove it from the configuration, the next apply creates a new %s with a new signing "+
			"secret, which you must give to the receiver.", o.title(), name, o.Vendor, o.Noun))
}

// WithoutSecret reports a new webhook whose deliveries nobody can verify.
func (o Object) WithoutSecret(name string, notEncrypted error) diag.Diagnostic {
	reason := "the API's answer did not contain its signing secret"
	if notEncrypted != nil {
		reason = fmt.Sprintf("its signing secret could not be encrypted (%s)", notEncrypted)
	}
	return diag.NewErrorDiagnostic(o.Vendor+" Webhook Without Signing Secret", fmt.Sprintf(
		"%s %s was created and is in the state, but %s. The API shows the secret only once. The %s is marked as tainted: the next apply "+
			"replaces it.", o.title(), name, reason, o.Noun))
}
