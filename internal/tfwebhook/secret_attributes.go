package tfwebhook

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// SecretRecipientsAttribute returns the attribute secret_recipients of a resource.
func SecretRecipientsAttribute() schema.SetAttribute {
	return schema.SetAttribute{
		Optional:    true,
		ElementType: types.StringType,
		MarkdownDescription: "Public keys to encrypt the signing secret to: age keys (`age1…`) and SSH keys (`ssh-ed25519 …`, `ssh-rsa …`). " +
			"The state then contains the secret only in encrypted form. If the state already contains it in plain text, adding " +
			"recipients encrypts it in place (former versions of the state still contain the plain text). Changing or removing " +
			"recipients later replaces the webhook, because the provider cannot decrypt the secret. After an import there is no " +
			"secret to encrypt. The ephemeral resource `webhook_secret` decrypts the secret.",
		Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), validRecipients{}},
	}
}

// SecretVersionAttribute returns the attribute secret_version of a resource.
func SecretVersionAttribute() schema.NumberAttribute {
	return schema.NumberAttribute{
		Optional: true,
		MarkdownDescription: "Any number. Changing it to another number replaces the webhook, which rotates its signing secret. " +
			"Setting it for the first time, or removing it, changes nothing.",
	}
}

// SecretEncryptedAttribute returns the attribute of a resource that holds the encrypted secret.
func SecretEncryptedAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The signing secret, encrypted to `secret_recipients`, as ASCII-armored age text. It is null if no " +
			"recipients are set; `secret` is null if they are.",
	}
}
