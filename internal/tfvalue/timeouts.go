package tfvalue

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// DefaultTimeout bounds an operation that has no timeout of its own. A vendor's rate limit lasts up to a minute, and a
// call may run into it more than once.
const DefaultTimeout = 5 * time.Minute

// Timeouts returns the attribute timeouts of a resource.
func Timeouts(ctx context.Context) schema.Attribute {
	attribute, ok := timeouts.AttributesAll(ctx).(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	attribute.MarkdownDescription = fmt.Sprintf("How long each operation may take, with its retries and all the pauses the "+
		"API asks for. Each defaults to `%s`.", DefaultTimeout)
	for name, nested := range attribute.Attributes {
		if operation, ok := nested.(schema.StringAttribute); ok {
			operation.Validators = []validator.String{longEnough{}} // that of the library lets 0s and less pass
			attribute.Attributes[name] = operation
		}
	}
	return attribute
}

var _ validator.String = longEnough{}

// longEnough reports a timeout with which an operation would end before it has begun.
type longEnough struct{}

// Description implements validator.Describer.
func (longEnough) Description(context.Context) string {
	return "must be a duration longer than 0s, such as \"30s\" or \"1h30m\""
}

// MarkdownDescription implements validator.Describer.
func (v longEnough) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements validator.String.
func (v longEnough) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if duration, err := time.ParseDuration(text); err != nil || duration <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Timeout", fmt.Sprintf(
			"The value %s, of the units s, m and h, got: %q.", v.Description(ctx), text))
	}
}
