// Package tfvalue converts between values of an API and of Terraform. For an API, an absent field, null and an empty string are
// the same. For Terraform, all three become null.
package tfvalue

import "github.com/hashicorp/terraform-plugin-framework/types"

// Optional returns the value of a field that an answer may omit.
func Optional(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// Keep returns the value of a field that never changes: a known value stays if an answer omits the field.
func Keep(former types.String, text string) types.String {
	if text == "" && !former.IsUnknown() {
		return former
	}
	return Optional(text)
}
