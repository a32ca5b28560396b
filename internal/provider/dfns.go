package provider

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

func dfnsSchema() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The Dfns account. Needed only where a `webhook_dfns` type is used, and there only for what the " +
			"environment variables do not set. `auth_token` is enough to read; what changes something needs `credential_id` and " +
			"`private_key` or `signer_command` as well.",
		Attributes: map[string]schema.Attribute{
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("The API's base URL, which depends on the region of the organization. "+
					"`DFNS_API_URL` in the environment; defaults to `%s`.", dfns.DefaultURL),
			},
			"auth_token": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The token of a service account or a personal access token. `DFNS_AUTH_TOKEN` in the " +
					"environment.",
			},
			"credential_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The id of the Key credential that signs changes. `DFNS_CRED_ID` in the environment.",
			},
			"private_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The private key of that credential, in PEM (PKCS#8, SEC1 or PKCS#1): Ed25519, P-256, " +
					"secp256k1, or RSA of at least 2048 bits. `DFNS_PRIVATE_KEY` in the environment. Conflicts with " +
					"`signer_command`.",
			},
			"signer_command": schema.ListAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "A program and its arguments that sign instead of `private_key`, so that the key can stay in a " +
					"KMS, an HSM or Vault. It is run without a shell, is given the bytes to sign on its standard input and " +
					"`DFNS_CRED_ID` in its environment, and prints the signature in base64: 64 bytes as they are for Ed25519, " +
					"ASN.1 DER for ECDSA, PKCS#1 v1.5 for RSA, the latter two over SHA-256. It has `request_timeout` to do so. A " +
					"program without a slash in its name is looked for on `PATH`; a relative path starts at the working " +
					"directory. Wins over `DFNS_PRIVATE_KEY`; there is no environment variable for it. The guide " +
					"\"Authentication and external signers\" has programs for AWS KMS, Google Cloud KMS, Vault and PKCS#11.",
				Validators: []validator.List{
					listvalidator.ConflictsWith(path.MatchRelative().AtParent().AtName("private_key")),
					listvalidator.SizeAtLeast(1),
					listvalidator.NoNullValues(),
					listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
				},
			},
		},
	}
}

// configureDfns makes the client. Without a block in the configuration, what is missing is told only to what needs it.
func (p *webhookProvider) configureDfns(
	block types.Object, calls httpapi.Config, creates *intent.Log,
) (providerdata.Vendor[dfns.Client], diag.Diagnostics) {
	url := p.setting(block, "base_url", "DFNS_API_URL")
	token := p.setting(block, "auth_token", "DFNS_AUTH_TOKEN")
	credential := p.setting(block, "credential_id", "DFNS_CRED_ID")
	key := p.setting(block, "private_key", "DFNS_PRIVATE_KEY")
	command := signerCommand(block)
	if err := unknown("dfns", url, token, credential, key, command.setting); err != nil {
		return providerdata.Vendor[dfns.Client]{Client: dfns.Unusable(err)}, nil
	}
	at := path.Root("dfns")
	diags := missing(at, "Dfns", neededForDfns(token, credential, key, command)...)
	if diags.HasError() {
		return vendor[dfns.Client](block, nil, diags)
	}
	url.value = cmp.Or(url.value, dfns.DefaultURL)
	if err := weburl.CheckBase(url.value); err != nil {
		diags.AddAttributeError(at.AtName("base_url"), "Invalid Dfns API URL", fmt.Sprintf("%s: %s.", url.name(), err))
	}
	diags.Append(badToken(at, token)...)
	calls.BaseURL, calls.BearerToken = url.value, token.value
	signer, problems := dfnsSigner(at, credential, key, command, calls)
	diags.Append(problems...)
	if diags.HasError() {
		return vendor[dfns.Client](block, nil, diags)
	}
	client, err := dfns.New(dfns.Config{CredentialID: credential.value, Signer: signer, HTTP: calls, Creates: creates, Now: p.now})
	if err != nil {
		diags.AddAttributeError(at, "Invalid Dfns Configuration", err.Error())
	}
	return vendor(block, client, diags)
}

// neededForDfns returns the settings that there must be: a token alone reads, and what changes something signs as well.
func neededForDfns(token, credential, key setting, command commandSetting) []setting {
	switch {
	case command.args != nil:
		return []setting{token, credential}
	case token.value != "" && credential.value == "" && key.value == "":
		return []setting{token}
	}
	key.instead = command.attribute
	return []setting{token, credential, key}
}

// commandSetting is the program that signs, which only the configuration can name.
type commandSetting struct {
	setting
	// args are the program and its arguments, nil when there is none.
	args []string
}

// signerCommand looks the program up.
func signerCommand(block types.Object) commandSetting {
	out := commandSetting{setting: setting{attribute: "signer_command", unknown: block.IsUnknown()}}
	list, ok := block.Attributes()[out.attribute].(types.List)
	if !ok || list.IsNull() {
		return out
	}
	out.unknown, out.args = list.IsUnknown(), []string{}
	for _, element := range list.Elements() {
		out.unknown = out.unknown || element.IsUnknown()
		if text, ok := element.(types.String); ok {
			out.args = append(out.args, text.ValueString())
		}
	}
	return out
}

// dfnsSigner makes what signs: the program, where one is configured, or else the private key. Without a credential there is
// nothing that signs.
func dfnsSigner(
	at path.Path, credential, key setting, command commandSetting, calls httpapi.Config,
) (signer dfns.Signer, diags diag.Diagnostics) {
	if credential.value == "" {
		return nil, nil
	}
	var err error
	if command.args == nil {
		if signer, err = dfns.ParsePrivateKey(key.value); err != nil {
			diags.AddAttributeError(at.AtName(key.attribute), "Invalid Dfns Private Key", fmt.Sprintf("%s: %s.", key.name(), err))
		}
		return signer, diags
	}
	signer, err = dfns.NewCommandSigner(dfns.Command{
		Args: command.args, CredentialID: credential.value, Timeout: calls.RequestTimeout,
		Secret: calls.BearerToken, Logger: calls.Logger,
	})
	if err != nil {
		diags.AddAttributeError(at.AtName(command.attribute), "Invalid Dfns Signer Command", fmt.Sprintf("%s: %s.", command.attribute, err))
	}
	return signer, diags
}
