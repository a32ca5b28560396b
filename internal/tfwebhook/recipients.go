package tfwebhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// encrypt returns the secret as ASCII-armored age text that each of the recipients can decrypt.
func encrypt(secret string, recipients types.Set) (string, error) {
	to, err := parseRecipients(recipients)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	armored := armor.NewWriter(&text)
	encrypted, err := age.Encrypt(armored, to...)
	if err != nil {
		return "", err
	}
	_, err = encrypted.Write([]byte(secret))
	err = errors.Join(err, encrypted.Close(), armored.Close()) // closing writes the end of the text
	return text.String(), err
}

func parseRecipients(recipients types.Set) ([]age.Recipient, error) {
	var out []age.Recipient
	for _, text := range texts(recipients.Elements()...) {
		recipient, err := parseRecipient(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", shorten(text), err)
		}
		out = append(out, recipient)
	}
	return out, nil
}

// parseRecipient parses one public key. Its errors do not quote the text, which could be a private key by mistake.
func parseRecipient(text string) (age.Recipient, error) {
	switch text = strings.TrimSpace(text); {
	case isPrivate(text):
		return nil, errors.New("it is a private key, which must not be in a configuration: remove it, treat it as compromised, " +
			"and use the public key of a new key pair")
	case strings.HasPrefix(text, "ssh-"):
		recipient, err := agessh.ParseRecipient(text)
		if err != nil || strings.ContainsAny(text, "\r\n") {
			return nil, errors.New("it is not a valid line of an SSH public key file of the type ssh-ed25519 or ssh-rsa")
		}
		return recipient, nil
	case strings.HasPrefix(text, "ecdsa-") || strings.HasPrefix(text, "sk-"):
		return nil, errors.New("age supports only SSH keys of the types ssh-ed25519 and ssh-rsa")
	}
	recipients, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("it is neither an age public key (age1…, as age-keygen prints it) nor an SSH public key " +
			"(ssh-ed25519 … or ssh-rsa …)")
	}
	return recipients[0], nil
}

func isPrivate(text string) bool {
	return strings.Contains(strings.ToUpper(text), "AGE-SECRET-KEY-") || strings.Contains(text, "PRIVATE KEY")
}

// shorten returns enough of a recipient to find it in a configuration. It never shows a private key.
func shorten(text string) string {
	const most = 40
	switch {
	case isPrivate(text):
		return "an element that is not shown here"
	case len(text) > most:
		return fmt.Sprintf("%q", text[:most]+"…")
	}
	return fmt.Sprintf("%q", text)
}

// sameRecipients reports whether two sets are known and contain the same keys. It ignores the comments of SSH keys.
func sameRecipients(a, b types.Set) bool {
	if !IsKnown(a, b) {
		return false
	}
	keys := func(recipients types.Set) map[string]bool {
		out := map[string]bool{}
		for _, text := range texts(recipients.Elements()...) {
			out[withoutComment(text)] = true
		}
		return out
	}
	return maps.Equal(keys(a), keys(b))
}

func withoutComment(recipient string) string {
	fields := strings.Fields(recipient)
	return strings.Join(fields[:min(2, len(fields))], " ")
}

// texts returns the texts that are known.
func texts(values ...attr.Value) (out []string) {
	for _, value := range values {
		if text, ok := value.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			out = append(out, text.ValueString())
		}
	}
	return out
}

var _ validator.Set = validRecipients{}

// validRecipients reports each recipient that is not a supported public key.
type validRecipients struct{}

// Description implements validator.Describer.
func (validRecipients) Description(context.Context) string {
	return "each must be an age or SSH public key"
}

// MarkdownDescription implements validator.Describer.
func (v validRecipients) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateSet implements validator.Set. Errors have the path of the set, because the path of an element contains its value.
func (validRecipients) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	keys, quantum := texts(req.ConfigValue.Elements()...), 0
	for _, text := range keys {
		recipient, err := parseRecipient(text)
		if err != nil {
			resp.Diagnostics.AddAttributeError(req.Path, "Invalid Secret Recipient",
				fmt.Sprintf("The signing secret cannot be encrypted to %s: %s.", shorten(text), err))
		}
		if _, ok := recipient.(*age.HybridRecipient); ok {
			quantum++
		}
	}
	if quantum > 0 && quantum < len(keys) && !resp.Diagnostics.HasError() {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Secret Recipient",
			"age does not encrypt to post-quantum keys (age1pq1…) and other keys together, because the text would only be as safe as with "+
				"the other keys. Use keys of one of these two kinds.")
	}
}
