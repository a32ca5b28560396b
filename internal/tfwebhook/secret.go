package tfwebhook

import (
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// SecretSettings are the attributes that configure how the secret is stored.
type SecretSettings struct {
	// Recipients are the public keys that the secret is encrypted to. Null stores it in plain text.
	Recipients types.Set `tfsdk:"secret_recipients"`
	// Version has no meaning except that a change of it requests a new secret.
	Version types.Number `tfsdk:"secret_version"`
}

// NoSecretSettings returns the settings of a resource that is not configured yet.
func NoSecretSettings() SecretSettings {
	return SecretSettings{Recipients: types.SetNull(types.StringType)}
}

// StoredSecret points at the attributes that hold the secret of a resource. At most one of the two values is set, and none after an
// import. The zero StoredSecret belongs to a resource that does not exist yet.
type StoredSecret struct {
	*SecretSettings
	Clear     *types.String
	Encrypted *types.String
}

// IsMissing reports that neither form of the secret is stored.
func (s StoredSecret) IsMissing() bool { return s.Clear.IsNull() && s.Encrypted.IsNull() }

// Plan decides how the secret will be stored, based on how it is stored now. It returns the settings whose change requires a
// new secret, and so a new webhook.
func (s StoredSecret) Plan(prior StoredSecret) (replacing path.Paths) {
	switch {
	case prior.SecretSettings == nil:
		s.markUnknown()
	case s.rotates(prior):
		return path.Paths{path.Root("secret_version")}
	case prior.IsMissing(), sameRecipients(s.Recipients, prior.Recipients):
		*s.Clear, *s.Encrypted = *prior.Clear, *prior.Encrypted
	case !prior.Encrypted.IsNull(): // the provider cannot decrypt the secret to encrypt it again
		return path.Paths{path.Root("secret_recipients")}
	default:
		s.markUnknown()
	}
	return nil
}

// rotates reports a change of the version. Setting it for the first time does not count: after an import that would replace a
// webhook that is in use.
func (s StoredSecret) rotates(prior StoredSecret) bool {
	return !prior.Version.IsNull() && !s.Version.IsNull() && !s.Version.Equal(prior.Version)
}

// markUnknown leaves the value to the apply. The form that will not be stored is already null in the plan.
func (s StoredSecret) markUnknown() {
	*s.Clear, *s.Encrypted = types.StringUnknown(), types.StringUnknown()
	switch {
	case !isKnown(s.Recipients):
	case s.Recipients.IsNull():
		*s.Encrypted = types.StringNull()
	default:
		*s.Clear = types.StringNull()
	}
}

// Settle sets the values that the plan left unknown: from the secret in the answer to a create, or else from the one that was stored
// in plain text before.
func (s StoredSecret) Settle(created string, prior StoredSecret) error {
	if prior.SecretSettings != nil {
		created = prior.Clear.ValueString()
	}
	return s.fill(created)
}

// fill sets the unknown values. Without a secret they become null.
func (s StoredSecret) fill(secret string) error {
	if s.Clear.IsUnknown() {
		*s.Clear = types.StringNull()
		if s.Recipients.IsNull() {
			*s.Clear = StringOrNull(secret)
		}
	}
	if !s.Encrypted.IsUnknown() {
		return nil
	}
	*s.Encrypted = types.StringNull()
	if secret == "" || s.Recipients.IsNull() {
		return nil
	}
	text, err := encrypt(secret, s.Recipients)
	if err == nil {
		*s.Encrypted = types.StringValue(text)
	}
	return err
}
