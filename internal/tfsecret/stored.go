// Package tfsecret is how the state of a resource holds a signing secret that its vendor tells once: in the clear, or only
// encrypted to recipients of the user's choice; and how the encrypted one is read again without a state.
package tfsecret

import (
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfvalue"
)

// Settings are the attributes by which a configuration says how the secret is kept.
type Settings struct {
	// Recipients are the public keys that the secret is encrypted to; null when it is kept in the clear.
	Recipients types.Set `tfsdk:"secret_recipients"`
	// Version means nothing but that a change of it asks for another secret.
	Version types.Number `tfsdk:"secret_version"`
}

// NoSettings are those of a resource that nobody has configured yet.
func NoSettings() Settings { return Settings{Recipients: types.SetNull(types.StringType)} }

// Stored points at the attributes by which a resource holds its secret. At most one of the two values is there; after an
// import neither is. The zero Stored is that of a resource that does not exist yet.
type Stored struct {
	*Settings
	Clear     *types.String
	Encrypted *types.String
}

// IsMissing reports that the secret is held in no way.
func (s Stored) IsMissing() bool { return s.Clear.IsNull() && s.Encrypted.IsNull() }

// Plan decides how the secret will be held, given how it is held now. It returns the settings that only another secret,
// and so another webhook, can follow.
func (s Stored) Plan(prior Stored) (replacing path.Paths) {
	switch {
	case prior.Settings == nil:
		s.markUnknown()
	case s.rotates(prior):
		return path.Paths{path.Root("secret_version")}
	case sameRecipients(s.Recipients, prior.Recipients):
		s.keep(prior)
	case !prior.Encrypted.IsNull(): // what is encrypted cannot be encrypted to others
		return path.Paths{path.Root("secret_recipients")}
	default:
		s.markUnknown()
	}
	return nil
}

// rotates reports a change of the version. Setting one for the first time is none: after an import that would replace a
// webhook that is in use.
func (s Stored) rotates(prior Stored) bool {
	return !prior.Version.IsNull() && !s.Version.IsNull() && !s.Version.Equal(prior.Version)
}

// markUnknown leaves to the apply what only that can tell. What will not be held is null in the plan already.
func (s Stored) markUnknown() {
	*s.Clear, *s.Encrypted = types.StringUnknown(), types.StringUnknown()
	switch {
	case !isKnown(s.Recipients):
	case s.Recipients.IsNull():
		*s.Encrypted = types.StringNull()
	default:
		*s.Clear = types.StringNull()
	}
}

// keep holds on to what is held. Where that is nothing, the answer to a change may yet tell the secret.
func (s Stored) keep(prior Stored) {
	if prior.IsMissing() && (s.Clear.IsUnknown() || s.Encrypted.IsUnknown()) {
		s.markUnknown()
		return
	}
	*s.Clear, *s.Encrypted = *prior.Clear, *prior.Encrypted
}

// Settle fills in what the plan left open: with the secret that an answer told, or else with the one that was held in
// the clear before.
func (s Stored) Settle(told string, prior Stored) error {
	if told == "" && prior.Settings != nil {
		told = prior.Clear.ValueString()
	}
	return s.fill(told)
}

// Learn takes over a secret that a read told. One that is held encrypted cannot be compared with it and stays: encrypted
// anew it would look like a change, every time.
func (s Stored) Learn(told string) error {
	if told == "" || !s.Encrypted.IsNull() {
		return nil
	}
	s.markUnknown()
	return s.fill(told)
}

// fill sets the values that are unknown. Without a secret they are null.
func (s Stored) fill(secret string) error {
	if s.Clear.IsUnknown() {
		*s.Clear = types.StringNull()
		if s.Recipients.IsNull() {
			*s.Clear = tfvalue.StringOrNull(secret)
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
