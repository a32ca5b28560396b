package provider

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfdfns"
)

var dfnsVendor = vendor{
	block: "dfns", name: "Dfns", settings: dfnsSettings, configure: configureDfns, types: tfdfns.Types,
	advice: "`auth_token` alone is enough to read. Changes also need `credential_id`, and `private_key` or `signer_command`.",
}

func dfnsSettings() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"base_url": optional(fmt.Sprintf("The base URL of the API, which depends on the region of the organization. Environment variable: "+
			"`DFNS_API_URL`. Defaults to `%s`.", dfns.DefaultURL)),
		"auth_token":    sensitive("The token of a service account, or a personal access token. Environment variable: `DFNS_AUTH_TOKEN`."),
		"credential_id": optional("The id of the Key credential that signs changes. Environment variable: `DFNS_CRED_ID`."),
		"private_key": sensitive("The private key of that credential, in PEM (PKCS#8, SEC1, PKCS#1 or OpenSSH): Ed25519, P-256, secp256k1, or " +
			"RSA of at least 2048 bits. Environment variable: `DFNS_PRIVATE_KEY`. Conflicts with `signer_command`."),
		"signer_command": schema.ListAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "A program, and its arguments, that signs instead of `private_key`, so that the key can stay in a KMS, " +
				"an HSM or Vault: see [Authentication and external signers](guides/authentication.md).",
			Validators: []validator.List{
				listvalidator.ConflictsWith(path.MatchRelative().AtParent().AtName("private_key")),
				listvalidator.SizeAtLeast(1),
				listvalidator.NoNullValues(),
				listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
			},
		},
	}
}

func configureDfns(c *configuration) any {
	url := c.baseURL("DFNS_API_URL")
	token := c.setting("auth_token", "DFNS_AUTH_TOKEN")
	credential := c.setting("credential_id", "DFNS_CRED_ID")
	key := c.setting("private_key", "DFNS_PRIVATE_KEY")
	command := signerCommand(c.block)
	if err := c.unknown(url, token, credential, key, command.setting); err != nil {
		return dfns.Unusable(err)
	}
	c.require(neededForDfns(token, credential, key, command)...)
	if c.diags.HasError() {
		return nil
	}

	url.value = cmp.Or(url.value, dfns.DefaultURL)
	c.checkBaseURL(url, "")
	checkToken(c, "Invalid Token", token)
	checkToken(c, "Invalid Dfns Configuration", credential)
	c.calls.BaseURL, c.calls.BearerToken = url.value, token.value
	signer := dfnsSigner(c, credential, key, command)
	if c.diags.HasError() {
		return nil
	}
	return c.made(dfns.New(dfns.Config{CredentialID: credential.value, Signer: signer, HTTP: c.calls}))
}

// neededForDfns returns the required settings: the token is enough to read, and changes need the others too.
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

// commandSetting is the program that signs. Only the configuration can set it.
type commandSetting struct {
	setting
	// args are the program and its arguments, nil if it is not set.
	args []string
}

// signerCommand reads the setting from the configuration.
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

// dfnsSigner makes the signer: from the program if one is configured, or else from the private key. Without a credential it
// returns nil.
func dfnsSigner(c *configuration, credential, key setting, command commandSetting) (signer dfns.Signer) {
	if credential.value == "" {
		return nil
	}
	var err error
	if command.args == nil {
		if signer, err = dfns.ParsePrivateKey(key.value); err != nil {
			c.diags.AddAttributeError(c.at.AtName(key.attribute), "Invalid Dfns Private Key", fmt.Sprintf("%s: %s.", key.name(), err))
		}
		return signer
	}
	signer, err = dfns.NewCommandSigner(dfns.Command{
		Args: command.args, CredentialID: credential.value, Timeout: c.calls.RequestTimeout,
		Secret: c.calls.BearerToken, Logger: c.calls.Logger,
	})
	if err != nil {
		c.diags.AddAttributeError(c.at.AtName(command.attribute), "Invalid Dfns Signer Command", fmt.Sprintf("%s: %s.", command.attribute, err))
	}
	return signer
}
