package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

func dfnsSchema() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The Dfns account. Needed only where a `webhook_dfns` type is used, and not even there when the " +
			"environment variables say it all.",
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
					"secp256k1, or RSA of at least 2048 bits. `DFNS_PRIVATE_KEY` in the environment.",
			},
		},
	}
}

// configureDfns makes the client. Without a block in the configuration, what is missing is told only to what needs it.
func (p *webhookProvider) configureDfns(
	block types.Object, calls httpapi.Config,
) (providerdata.Vendor[dfns.Client], diag.Diagnostics) {
	url := p.setting(block, "base_url", "DFNS_API_URL")
	token := p.setting(block, "auth_token", "DFNS_AUTH_TOKEN")
	credential := p.setting(block, "credential_id", "DFNS_CRED_ID")
	key := p.setting(block, "private_key", "DFNS_PRIVATE_KEY")

	if unknown := unknown("dfns", url, token, credential, key); unknown != nil {
		return providerdata.Vendor[dfns.Client]{Client: dfns.Unusable(unknown)}, nil
	}
	at := path.Root("dfns")
	diags := missing(at, "Dfns", token, credential, key)
	if diags.HasError() {
		return vendor[dfns.Client](block, nil, diags)
	}
	if url.value == "" {
		url.value = dfns.DefaultURL
	}
	if err := weburl.Check(url.value); err != nil {
		diags.AddAttributeError(at.AtName("base_url"), "Invalid Dfns API URL", fmt.Sprintf("%s: %s.", url.name(), err))
	}
	signer, err := dfns.ParsePrivateKey(key.value)
	if err != nil {
		diags.AddAttributeError(at.AtName("private_key"), "Invalid Dfns Private Key", fmt.Sprintf("%s: %s.", key.name(), err))
	}
	if diags.HasError() {
		return vendor[dfns.Client](block, nil, diags)
	}
	calls.BaseURL, calls.BearerToken = url.value, token.value
	client, err := dfns.New(dfns.Config{CredentialID: credential.value, Signer: signer, HTTP: calls, Now: p.now})
	if err != nil {
		diags.AddAttributeError(at, "Invalid Dfns Configuration", err.Error())
	}
	return vendor(block, client, diags)
}
