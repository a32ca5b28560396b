package provider

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
)

// setting is one value of a vendor's configuration, looked for in the configuration, then in the environment.
type setting struct {
	attribute string
	variable  string
	value     string
	unknown   bool
	// instead is the attribute that makes this one unnecessary, if there is one.
	instead string
}

// name tells a person where the setting is made.
func (s setting) name() string { return s.attribute + " (" + s.variable + ")" }

// setting looks a value up. An empty one counts as absent, as an unset variable of a CI system arrives empty.
func (p *webhookProvider) setting(block types.Object, attribute, variable string) setting {
	found := setting{attribute: attribute, variable: variable, unknown: block.IsUnknown()}
	if configured, ok := block.Attributes()[attribute].(basetypes.StringValue); ok {
		found.value, found.unknown = configured.ValueString(), configured.IsUnknown()
	}
	if found.value == "" && !found.unknown {
		found.value = p.getenv(variable)
	}
	// A file that a token was read from ends in a newline, and may begin with a byte order mark.
	found.value = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(found.value), "\ufeff"))
	return found
}

// badToken reports a token that a header cannot hold, and one that brings what the header has before it. It shows nothing
// of it.
func badToken(block path.Path, token setting) (diags diag.Diagnostics) {
	first, _, _ := strings.Cut(token.value, " ")
	switch {
	case strings.EqualFold(first, "Bearer"):
		diags.AddAttributeError(block.AtName(token.attribute), "Invalid Token", token.name()+` starts with "Bearer", which every call puts `+
			"before the token by itself. Give what comes after it.")
	case strings.ContainsFunc(token.value, unicode.IsControl):
		diags.AddAttributeError(block.AtName(token.attribute), "Invalid Token", token.name()+" contains a control character, such as a "+
			"line break, which no token has. Look at what it is read from: only white space around a token is cut off.")
	}
	return diags
}

// unknown returns why a client cannot be used yet, while one of its settings waits for other resources.
func unknown(block string, settings ...setting) error {
	var attributes []string
	for _, s := range settings {
		if s.unknown {
			attributes = append(attributes, block+"."+s.attribute)
		}
	}
	if len(attributes) == 0 {
		return nil
	}
	return fmt.Errorf("the provider's configuration is not known yet: %s depend on values that only an apply computes. "+
		"Apply what they depend on first (terraform apply -target=…), or set them from variables or the environment",
		strings.Join(attributes, ", "))
}

// missing reports the settings that are made nowhere.
func missing(block path.Path, vendor string, settings ...setting) (diags diag.Diagnostics) {
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
	if len(names) > 0 {
		diags.AddAttributeError(block, vendor+" Is Not Configured", fmt.Sprintf(
			"Missing: %s.\n\nSet the attributes in the %s block of the provider \"webhook\", or the environment "+
				"variables in parentheses.", strings.Join(names, ", "), block))
	}
	return diags
}

// vendor reports problems at once when the block is there, and leaves them to who needs the client when it is not.
func vendor[Client any](
	block types.Object, client *Client, problems diag.Diagnostics,
) (providerdata.Vendor[Client], diag.Diagnostics) {
	if block.IsNull() {
		return providerdata.Vendor[Client]{Client: client, Missing: problems}, nil
	}
	return providerdata.Vendor[Client]{Client: client}, problems
}
