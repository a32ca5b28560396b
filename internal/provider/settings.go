package provider

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/keytext"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// setting is one value of a vendor's configuration, from the provider block or else from the environment.
type setting struct {
	attribute string
	variable  string
	value     string
	unknown   bool
	// instead names the attribute that can replace this one, if any.
	instead string
}

// optional returns an attribute of a vendor's block, sensitive one that nothing shows.
func optional(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}

func sensitive(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description}
}

// name names the attribute and the environment variable of the setting.
func (s setting) name() string { return s.attribute + " (" + s.variable + ")" }

// setting looks up a value. An empty value counts as absent, because CI systems pass unset variables as empty ones.
func (c *configuration) setting(attribute, variable string) setting {
	found := setting{attribute: attribute, variable: variable, unknown: c.block.IsUnknown()}
	if configured, ok := c.block.Attributes()[attribute].(basetypes.StringValue); ok {
		found.value, found.unknown = configured.ValueString(), configured.IsUnknown()
	}
	if found.value == "" && !found.unknown {
		found.value = c.getenv(variable)
	}
	// A token from a file ends in a newline, and one from a web page may have invisible characters around it.
	found.value = keytext.Trim(found.value)
	return found
}

// baseURL looks up the base URL of an API. Every path begins with a slash, so the base must not end in one.
func (c *configuration) baseURL(variable string) setting {
	found := c.setting("base_url", variable)
	if base := strings.TrimRight(found.value, "/"); base != "" { // a value of slashes alone must not become the default
		found.value = base
	}
	return found
}

// checkBaseURL reports a base URL that cannot be right. The client adds the version to it by itself, so it must not contain one.
func (c *configuration) checkBaseURL(url setting, version string) {
	if err := weburl.CheckBase(url.value, version); err != nil {
		c.diags.AddAttributeError(c.at.AtName(url.attribute), "Invalid "+c.vendor+" API URL", fmt.Sprintf("%s: %s.", url.name(), err))
	}
}

// checkToken reports a token or an id that cannot be right. It shows nothing of it but the character that no token has.
func checkToken(c *configuration, summary string, token setting) {
	add := func(problem string) {
		c.diags.AddAttributeError(c.at.AtName(token.attribute), summary, token.name()+problem)
	}
	first, _, _ := strings.Cut(token.value, " ")
	at := strings.IndexFunc(token.value, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\'' })
	switch {
	case strings.EqualFold(first, "Bearer"):
		add(` starts with "Bearer", which the provider adds by itself. Set only the part after it.`)
	case strings.ContainsFunc(token.value, unicode.IsControl):
		add(" contains a control character, such as a line break, which it never has. Check where the value comes from. " +
			"The provider only removes white space around it.")
	case at >= 0:
		odd, _ := utf8.DecodeRuneInString(token.value[at:])
		add(fmt.Sprintf(" contains the character %#U, which it never has. Check where the value comes from, or copy it again.", odd))
	}
}

// unknown returns why a client cannot be used yet, if one of its settings depends on other resources.
func (c *configuration) unknown(settings ...setting) error {
	var attributes []string
	for _, s := range settings {
		if s.unknown {
			attributes = append(attributes, c.at.AtName(s.attribute).String())
		}
	}
	if len(attributes) == 0 {
		return nil
	}
	return fmt.Errorf("the provider's configuration is not known yet: these settings depend on values that are only known after an "+
		"apply: %s. Apply what they depend on first (terraform or tofu apply -target=…), or set them from variables or the environment",
		strings.Join(attributes, ", "))
}

// require reports the settings that have no value: once if the block exists, and otherwise in a line for each object.
func (c *configuration) require(settings ...setting) {
	var names []string
	for _, s := range settings {
		switch {
		case s.value != "":
		case s.instead != "":
			names = append(names, s.name()+" or "+s.instead)
		default:
			names = append(names, s.name())
		}
	}
	if len(names) == 0 {
		return
	}
	detail := fmt.Sprintf("Missing in the provider's %s block or the environment: %s.", c.at, strings.Join(names, ", "))
	if !c.block.IsNull() {
		detail = fmt.Sprintf("Missing: %s.\n\nSet the attributes in the %s block of the provider \"webhook\", or set the environment "+
			"variables in parentheses.", strings.Join(names, ", "), c.at)
	}
	c.diags.AddAttributeError(c.at, c.vendor+" Is Not Configured", detail)
}
