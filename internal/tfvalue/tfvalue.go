// Package tfvalue converts between the values of an API and those of Terraform. To an API an absent field, null and an
// empty text are the same; to Terraform all three are null.
package tfvalue

import "github.com/hashicorp/terraform-plugin-framework/types"

// StringOrNull returns the value of a field that an answer may leave out.
func StringOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// Keep returns the value of a field that never changes: what is known of it stays when an answer leaves it out.
func Keep(former types.String, text string) types.String {
	if text == "" && !former.IsUnknown() {
		return former
	}
	return StringOrNull(text)
}
