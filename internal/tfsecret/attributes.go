package tfsecret

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// RecipientsAttribute is secret_recipients of a resource.
func RecipientsAttribute() schema.SetAttribute {
	return schema.SetAttribute{
		Optional:    true,
		ElementType: types.StringType,
		MarkdownDescription: "Public keys to encrypt the signing secret to, so that the state holds it in no other way: age keys " +
			"(`age1…`) and SSH keys (`ssh-ed25519 …`, `ssh-rsa …`). Added to a webhook whose secret is in the state in the clear, " +
			"they encrypt it in place (former versions of the state still hold it). Changing or removing them later replaces the " +
			"webhook, because nobody here can decrypt the secret; after an import there is none to encrypt. The ephemeral resource " +
			"`webhook_secret` decrypts.",
		Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), validRecipients{}},
	}
}

// VersionAttribute is secret_version of a resource.
func VersionAttribute() schema.NumberAttribute {
	return schema.NumberAttribute{
		Optional: true,
		MarkdownDescription: "Any number. Changing it from one number to another replaces the webhook and so rotates its signing " +
			"secret. Setting it for the first time and removing it change nothing.",
	}
}

// EncryptedAttribute is the attribute of a resource that holds the secret encrypted.
func EncryptedAttribute(clearName string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The signing secret, encrypted to `secret_recipients`, as ASCII-armored age text. Null without " +
			"recipients; `" + clearName + "` is null with them.",
	}
}
