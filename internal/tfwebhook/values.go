package tfwebhook

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// StringOrNull returns the value of a field that an answer may omit. For an API, an absent field, null and an empty string are the
// same. For Terraform, all three become null.
func StringOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// Keep returns the value of a field that an answer may omit and the API never clears: then a known value stays.
func Keep(former types.String, text string) types.String {
	if text == "" && !former.IsUnknown() {
		return former
	}
	return StringOrNull(text)
}

// Created returns the date of a webhook for its client. A webhook without a date may be young, unless it is being imported: then its
// state has no url yet.
func Created(date, url types.String) string {
	if date.ValueString() == "" && !url.IsNull() {
		return "unknown"
	}
	return date.ValueString()
}

// IsKnown reports whether values are known, of a set all its elements too. Null is known.
func IsKnown(values ...attr.Value) bool {
	for _, value := range values {
		set, isSet := value.(types.Set)
		if value.IsUnknown() || isSet && !IsKnown(set.Elements()...) {
			return false
		}
	}
	return true
}
