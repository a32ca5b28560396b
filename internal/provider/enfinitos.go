package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfenfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

var enfinitosVendor = vendor{
	block: "enfinitos", name: "EnfinitOS", settings: enfinitosSettings, configure: configureEnfinitos, types: tfenfinitos.Types,
}

func enfinitosSettings() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"base_url": optional(fmt.Sprintf("The base URL of the API, without `/v1`. Environment variable: `ENFINITOS_API_URL`. The default "+
			"depends on the key: `%s` for `sk_live_…`, `%s` for `sk_sandbox_…`. Required for a key that starts with `sk_test_`.",
			enfinitos.ProductionURL, enfinitos.SandboxURL)),
		"api_key": sensitive("The API key, `sk_…`. Environment variable: `ENFINITOS_API_KEY`."),
	}
}

func configureEnfinitos(c *configuration) any {
	url := c.baseURL("ENFINITOS_API_URL")
	key := c.setting("api_key", "ENFINITOS_API_KEY")
	if err := c.unknown(url, key); err != nil {
		return enfinitos.Unusable(err)
	}
	c.require(key)
	checkToken(c, "Invalid Token", key)
	if c.diags.HasError() {
		return nil
	}

	c.calls.BearerToken, c.calls.BaseURL = key.value, enfinitosURL(c, url, key)
	if c.diags.HasError() {
		return nil
	}
	return c.made(enfinitos.New(c.calls))
}

// enfinitosURL returns the configured URL or the one for the key, and reports a key that does not match the URL.
func enfinitosURL(c *configuration, url, key setting) string {
	environment, err := enfinitos.EnvironmentURL(key.value)
	if url.value == "" {
		if err != nil {
			c.diags.AddAttributeError(c.at.AtName("api_key"), "EnfinitOS Environment Unknown",
				fmt.Sprintf("%s: %s. Set %s.", key.name(), err, url.name()))
		}
		return environment
	}
	if c.checkBaseURL(url, "v1"); c.diags.HasError() {
		return ""
	}
	if err != nil && !strings.HasPrefix(key.value, "sk_test_") {
		c.diags.AddAttributeWarning(c.at.AtName("api_key"), "Unknown EnfinitOS Key Prefix", fmt.Sprintf(
			"%s does not start with sk_live_, sk_sandbox_ or sk_test_. Check that it is an EnfinitOS key. If EnfinitOS has added a "+
				"new kind of key, ignore this warning.", key.name()))
	}
	for _, other := range []string{enfinitos.ProductionURL, enfinitos.SandboxURL} {
		if environment != "" && environment != other && weburl.Same(url.value, other) {
			c.diags.AddAttributeWarning(c.at.AtName("base_url"), "EnfinitOS Key of Another Environment", fmt.Sprintf(
				"The prefix of %s belongs to %s, but %s is %s. The API will most likely reject the key. Correct one of the two.",
				key.name(), environment, url.name(), other))
		}
	}
	return url.value
}
