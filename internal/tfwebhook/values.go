package tfwebhook

import "github.com/hashicorp/terraform-plugin-framework/types"

// StringOrNull returns the value of a field that an answer may omit. For an API, an absent field, null and an empty string are the
// same. For Terraform, all three become null.
func StringOrNull(text string) types.String {
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
	return StringOrNull(text)
}
