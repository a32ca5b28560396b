package tfwebhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/crypto/ssh"

	"github.com/webhook-providers/terraform-provider-webhook/internal/keytext"
)

var _ ephemeral.EphemeralResource = secretEphemeralResource{}

// secretEphemeralResource decrypts a signing secret. It makes no call and stores nothing. Terraform opens it in every plan and
// apply that needs it.
type secretEphemeralResource struct{}

type secretModel struct {
	Ciphertext types.String `tfsdk:"ciphertext"`
	Identity   types.String `tfsdk:"identity"`
	Plaintext  types.String `tfsdk:"plaintext"`
}

// NewSecretEphemeralResource returns the ephemeral resource webhook_secret.
func NewSecretEphemeralResource() ephemeral.EphemeralResource { return secretEphemeralResource{} }

// Metadata implements ephemeral.EphemeralResource.
func (secretEphemeralResource) Metadata(
	_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse,
) {
	resp.TypeName = "webhook_secret"
}

// Schema implements ephemeral.EphemeralResource.
func (secretEphemeralResource) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Decrypts a signing secret that was encrypted to `secret_recipients`, in memory only: no plan and no state " +
			"contains the plaintext. Pass it to a write-only argument, such as that of a secret manager's resource. It makes no API " +
			"call and needs no configured vendor.",
		Attributes: map[string]schema.Attribute{
			"ciphertext": schema.StringAttribute{
				// Not required: for a null value, Terraform's own message would blame the provider.
				Optional: true,
				MarkdownDescription: "ASCII-armored age text: the `secret_encrypted` of a webhook. It must not be null, which it is after " +
					"an import.",
			},
			"identity": schema.StringAttribute{
				Required:  true,
				Sensitive: true,
				MarkdownDescription: "The private key of a recipient: the content of an age identity file (`AGE-SECRET-KEY-1…`; several keys and " +
					"comments are allowed), or an SSH key (ed25519 or RSA) without a passphrase. Use an ephemeral variable, so that no plan " +
					"contains the key.",
			},
			"plaintext": schema.StringAttribute{
				Computed:            true,
				Sensitive:           true,
				MarkdownDescription: "The signing secret.",
			},
		},
	}
}

// Open implements ephemeral.EphemeralResource.
func (secretEphemeralResource) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var data secretModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if data.Ciphertext.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("ciphertext"), "No Secret to Decrypt",
			"The value is null, so there is no encrypted secret: the webhook has no secret_recipients, or was imported. Set "+
				"secret_recipients, unless it is set. After an import, also set secret_wo and secret_wo_version if you know the secret. "+
				"Otherwise replace the webhook (terraform or tofu apply -replace=ADDRESS), or remove this ephemeral resource and what uses "+
				"it from the configuration until then.")
		return
	}
	identities, err := parseIdentities(data.Identity.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("identity"), "Invalid Identity",
			"The value is not a private key that can decrypt the secret: "+err.Error()+".")
		return
	}
	plaintext, err := decrypt(data.Ciphertext.ValueString(), identities)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("ciphertext"), "Unable to Decrypt Secret",
			"The secret could not be decrypted: "+err.Error()+".")
		return
	}
	data.Plaintext = types.StringValue(plaintext)
	resp.Diagnostics.Append(resp.Result.Set(ctx, data)...)
}

// parseIdentities parses the private keys of an age identity file or an SSH private key. Its errors do not quote the text.
func parseIdentities(text string) ([]age.Identity, error) {
	text = keytext.Clean(text)
	if strings.Contains(text, "-----BEGIN") {
		identity, err := agessh.ParseIdentity([]byte(strings.TrimSpace(text) + "\n"))
		if _, ok := errors.AsType[*ssh.PassphraseMissingError](err); ok {
			return nil, errors.New("the SSH key is encrypted with a passphrase; use a copy without one (ssh-keygen -p)")
		}
		if err != nil {
			return nil, errors.New("it is not an SSH private key of the type ed25519 or RSA")
		}
		return []age.Identity{identity}, nil
	}
	identities, err := age.ParseIdentities(strings.NewReader(text))
	switch {
	case err == nil:
		return identities, nil
	case strings.HasPrefix(text, "age1") || strings.HasPrefix(text, "ssh-"):
		return nil, errors.New("it is a public key; use the private key that belongs to it")
	}
	return nil, errors.New("it is neither an age identity (AGE-SECRET-KEY-1…, as age-keygen prints it) nor an SSH private key")
}

// decrypt returns the plaintext. Its errors do not quote the text.
func decrypt(text string, identities []age.Identity) (string, error) {
	decrypted, err := age.Decrypt(armor.NewReader(strings.NewReader(strings.TrimSpace(text))), identities...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return "", errors.New("the identity does not belong to any of the recipients that the secret was encrypted to. If " +
			"secret_recipients has changed, apply that change first")
	}
	var plaintext bytes.Buffer
	if err == nil {
		_, err = io.Copy(&plaintext, decrypted)
	}
	if err != nil {
		return "", errors.New("the text is not complete ASCII-armored age text (-----BEGIN AGE ENCRYPTED FILE-----). Use the value " +
			"of secret_encrypted unchanged")
	}
	return plaintext.String(), nil
}
