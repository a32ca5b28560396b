package tfwebhook

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Schema returns the schema of a webhook resource: the attributes of the vendor, and those of every webhook resource.
func (o Object) Schema(ctx context.Context, description string, attributes map[string]schema.Attribute) schema.Schema {
	maps.Copy(attributes, map[string]schema.Attribute{
		"id":                Assigned(o.idDescription()),
		"secret":            o.secretAttribute(),
		"secret_encrypted":  secretEncryptedAttribute(),
		"secret_recipients": secretRecipientsAttribute(),
		"secret_version":    secretVersionAttribute(),
		"secret_revision":   secretRevisionAttribute(),
		"secret_wo":         secretWOAttribute(),
		"secret_wo_version": secretWOVersionAttribute(),
	})
	return schema.Schema{
		Version:             0, // raise it, and add an upgrader, when the meaning of a state changes
		MarkdownDescription: description,
		Attributes:          attributes,
		Blocks:              map[string]schema.Block{"timeouts": Timeouts(ctx)},
	}
}

// IdentitySchema returns the schema of the identity of a webhook.
func (o Object) IdentitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: strings.ReplaceAll(o.idDescription(), "`", "")},
	}}
}

func (o Object) idDescription() string {
	return fmt.Sprintf("The id that %s assigned to the %s%s.", o.Vendor, o.Noun, example(o.ID))
}

// example returns what a value looks like, to be put after the words that describe it.
func example(text string) string {
	if text == "" {
		return ""
	}
	return ", `" + text + "`"
}

// RequiredText returns a required string attribute of a resource.
func RequiredText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{Required: true, MarkdownDescription: description, Validators: validators}
}

// Assigned returns a string attribute of a resource that the API sets once.
func Assigned(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// Reported returns a string attribute of a resource that any answer of the API may change.
func Reported(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// Attribute returns the attribute of a resource with the event kinds of a webhook.
func (c EventCatalogue) Attribute(description string) schema.SetAttribute {
	return schema.SetAttribute{
		Required: true, ElementType: types.StringType, MarkdownDescription: description, Validators: c.setValidators(),
	}
}

func (o Object) secretAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Computed:  true,
		Sensitive: true,
		MarkdownDescription: fmt.Sprintf("The secret that signs the deliveries%s. %s returns it only once, in the answer to the create. It is "+
			"null after an import without `secret_wo`, and when `secret_recipients` is set.", example(o.Secret), o.Vendor),
	}
}

func secretEncryptedAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The signing secret, encrypted to `secret_recipients`, as ASCII-armored age text. It is null without " +
			"recipients. With recipients, `secret` is null instead.",
	}
}

func secretRecipientsAttribute() schema.SetAttribute {
	return schema.SetAttribute{
		Optional:    true,
		ElementType: types.StringType,
		MarkdownDescription: "The age (`age1…`) or SSH (`ssh-ed25519 …`) public keys that the signing secret is encrypted to. The state " +
			"then does not contain it in plain text. A change replaces a webhook whose secret is encrypted, unless `secret_wo` brings " +
			"the secret again: see [Signing secrets without a trace](../guides/secrets.md).",
		Validators: []validator.Set{setvalidator.NoNullValues(), validRecipients{}},
	}
}

func secretVersionAttribute() schema.NumberAttribute {
	return schema.NumberAttribute{
		Optional: true,
		MarkdownDescription: "Any number. Changing it to another number replaces the webhook, which rotates its signing secret. " +
			"Setting it for the first time, or removing it, changes nothing.",
	}
}

func secretRevisionAttribute() schema.Int64Attribute {
	return schema.Int64Attribute{
		Computed: true,
		MarkdownDescription: "Changes with every new secret: use it as the version of a write-only argument. It is the Unix second at which " +
			"the provider got the secret, and null while there is none.",
	}
}

func secretWOAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional:  true,
		Sensitive: true,
		WriteOnly: true,
		MarkdownDescription: "The signing secret of an imported webhook, if you know it. The provider stores it and sends it nowhere. A " +
			"create or a replacement ignores it.",
		Validators: []validator.String{knownSecret()},
	}
}

func secretWOVersionAttribute() schema.NumberAttribute {
	return schema.NumberAttribute{
		Optional:            true,
		MarkdownDescription: "Any number. Setting it, or changing it to another number, stores the value of `secret_wo`.",
	}
}
