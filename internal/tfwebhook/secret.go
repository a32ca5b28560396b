package tfwebhook

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// SecretModel holds the signing secret of a webhook, which the vendor returns only once: in plain text, or encrypted to recipients
// that the user has chosen. At most one of the two is set, and none after an import.
type SecretModel struct {
	Secret          types.String `tfsdk:"secret"`
	SecretEncrypted types.String `tfsdk:"secret_encrypted"`
	// SecretRecipients are the public keys that the secret is encrypted to. Null stores it in plain text.
	SecretRecipients types.Set `tfsdk:"secret_recipients"`
	// SecretVersion has no meaning except that a change of it requests a new secret.
	SecretVersion types.Number `tfsdk:"secret_version"`
	// SecretRevision is the Unix second at which the provider got the secret, for the version of a write-only argument elsewhere.
	SecretRevision types.Int64 `tfsdk:"secret_revision"`
	// SecretWO is a secret that the user knows. Only the configuration of an apply contains it.
	SecretWO types.String `tfsdk:"secret_wo"`
	// SecretWOVersion has no meaning except that a change of it requests that SecretWO be stored.
	SecretWOVersion types.Number `tfsdk:"secret_wo_version"`
}

// SecretIsMissing reports that neither form of the secret is stored.
func (m *SecretModel) SecretIsMissing() bool { return m.Secret.IsNull() && m.SecretEncrypted.IsNull() }

// PlanSecret decides how the secret will be stored, based on how it is stored now. It returns the settings whose change requires a new
// secret, and so a new webhook.
func (m *SecretModel) PlanSecret(prior *SecretModel) (replacing path.Paths) {
	switch {
	case m.rotates(prior):
		return path.Paths{path.Root("secret_version")}
	case m.adopts(prior):
		m.PlanNewSecret()
	case prior.SecretIsMissing(), sameRecipients(m.SecretRecipients, prior.SecretRecipients):
		m.Secret, m.SecretEncrypted, m.SecretRevision = prior.Secret, prior.SecretEncrypted, prior.SecretRevision
	case !prior.SecretEncrypted.IsNull(): // the provider cannot decrypt the secret to encrypt it again
		return path.Paths{path.Root("secret_recipients")}
	default:
		m.PlanNewSecret()
		m.SecretRevision = prior.SecretRevision // the same secret in another form
	}
	return nil
}

// rotates reports a change of the version. Setting it for the first time does not count: after an import that would replace a
// webhook that is in use.
func (m *SecretModel) rotates(prior *SecretModel) bool {
	return !prior.SecretVersion.IsNull() && !m.SecretVersion.IsNull() && !m.SecretVersion.Equal(prior.SecretVersion)
}

// adopts reports a change of the version of SecretWO, which brings the secret.
func (m *SecretModel) adopts(prior *SecretModel) bool {
	return !m.SecretWOVersion.IsNull() && !m.SecretWOVersion.Equal(prior.SecretWOVersion)
}

// hasNoRecipients reports that the secret is stored in plain text. An empty set is the same as none.
func (m *SecretModel) hasNoRecipients() bool { return len(m.SecretRecipients.Elements()) == 0 }

// PlanNewSecret leaves the secret to the apply. The form that will not be stored is already null in the plan.
func (m *SecretModel) PlanNewSecret() {
	m.Secret, m.SecretEncrypted, m.SecretRevision = types.StringUnknown(), types.StringUnknown(), types.Int64Unknown()
	switch {
	case !IsKnown(m.SecretRecipients):
	case m.hasNoRecipients():
		m.SecretEncrypted = types.StringNull()
	default:
		m.Secret = types.StringNull()
	}
}

// StoreSecret stores the secret in the form that the plan left unknown. Without a secret it stores null.
func (m *SecretModel) StoreSecret(secret string) error {
	if m.Secret.IsUnknown() {
		m.Secret = types.StringNull()
		if m.hasNoRecipients() {
			m.Secret = StringOrNull(secret)
		}
	}
	if !m.SecretEncrypted.IsUnknown() {
		return nil
	}
	m.SecretEncrypted = types.StringNull()
	if secret == "" || m.hasNoRecipients() {
		return nil
	}
	text, err := encrypt(secret, m.SecretRecipients)
	if err == nil {
		m.SecretEncrypted = types.StringValue(text)
	}
	return err
}

// Revise sets the revision if the plan left it unknown. Even after a clock was set back, it is greater than the prior one.
func (m *SecretModel) Revise(prior types.Int64, now time.Time) {
	switch {
	case !m.SecretRevision.IsUnknown():
	case m.SecretIsMissing():
		m.SecretRevision = types.Int64Null()
	default:
		m.SecretRevision = types.Int64Value(max(now.Unix(), prior.ValueInt64()+1))
	}
}
