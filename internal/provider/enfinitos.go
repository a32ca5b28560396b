package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

func enfinitosSchema() schema.Block {
	return schema.SingleNestedBlock{
		MarkdownDescription: "The EnfinitOS account. Needed only if you use a `webhook_enfinitos` type, and only for settings that are " +
			"not in environment variables.",
		Attributes: map[string]schema.Attribute{
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("The base URL of the API, without `/v1`. Environment variable: `ENFINITOS_API_URL`. The default "+
					"depends on the key: `%s` for `sk_live_…`, `%s` for `sk_sandbox_…`. Required for a key that starts with "+
					"`sk_test_`.", enfinitos.ProductionURL, enfinitos.SandboxURL),
			},
			"api_key": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "The API key, `sk_…`. Environment variable: `ENFINITOS_API_KEY`.",
			},
		},
	}
}

// configureEnfinitos makes the client. Without an enfinitos block, only what uses the client reports missing settings.
func (p *webhookProvider) configureEnfinitos(
	block types.Object, calls httpapi.Config, notes *intent.Log,
) (providerdata.Vendor[enfinitos.Client], diag.Diagnostics) {
	url := p.baseURL(block, "ENFINITOS_API_URL")
	key := p.setting(block, "api_key", "ENFINITOS_API_KEY")
	if err := unknown("enfinitos", url, key); err != nil {
		return providerdata.Vendor[enfinitos.Client]{Client: enfinitos.Unusable(err)}, nil
	}
	at := path.Root("enfinitos")
	diags := missing(block, at, "EnfinitOS", key)
	diags.Append(badToken(at, "Invalid Token", key)...)
	if diags.HasError() {
		return vendor[enfinitos.Client](block, nil, diags)
	}

	calls.BearerToken = key.value
	calls.BaseURL, diags = enfinitosURL(at, url, key)
	if diags.HasError() {
		return vendor[enfinitos.Client](block, nil, diags)
	}
	client, err := enfinitos.New(enfinitos.Config{HTTP: calls, Notes: notes})
	if err != nil {
		diags.AddAttributeError(at, "Invalid EnfinitOS Configuration", err.Error())
	}
	return vendor(block, client, diags)
}

// enfinitosURL returns the configured URL or the one for the key, and reports a key that does not match the URL.
func enfinitosURL(at path.Path, url, key setting) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	environment, err := enfinitos.EnvironmentURL(key.value)
	if url.value == "" {
		if err != nil {
			diags.AddAttributeError(at.AtName("api_key"), "EnfinitOS Environment Unknown",
				fmt.Sprintf("%s: %s. Set %s.", key.name(), err, url.name()))
		}
		return environment, diags
	}
	if err := enfinitos.CheckBase(url.value); err != nil {
		diags.AddAttributeError(at.AtName("base_url"), "Invalid EnfinitOS API URL", fmt.Sprintf("%s: %s.", url.name(), err))
		return "", diags
	}
	if err != nil && !strings.HasPrefix(key.value, "sk_test_") {
		diags.AddAttributeWarning(at.AtName("api_key"), "Unknown EnfinitOS Key Prefix", fmt.Sprintf(
			"%s does not start with sk_live_, sk_sandbox_ or sk_test_. Check that it is an EnfinitOS key. If EnfinitOS has added a "+
				"new kind of key, ignore this warning.", key.name()))
	}
	for _, other := range []string{enfinitos.ProductionURL, enfinitos.SandboxURL} {
		if environment != "" && environment != other && weburl.Same(url.value, other) {
			diags.AddAttributeWarning(at.AtName("base_url"), "EnfinitOS Key of Another Environment", fmt.Sprintf(
				"The prefix of %s belongs to %s, but %s is %s. The API will most likely reject the key. Correct one of the two.",
				key.name(), environment, url.name(), other))
		}
	}
	return url.value, diags
}
