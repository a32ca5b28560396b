package tfwebhook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// DefaultTimeout limits an operation without a configured timeout. A window of a vendor's rate limit lasts up to a minute, and
// an operation may have to wait for more than one.
const DefaultTimeout = 5 * time.Minute

// Timeouts returns the timeouts block of a resource.
func Timeouts(ctx context.Context) schema.Block {
	block, ok := timeouts.BlockAll(ctx).(schema.SingleNestedBlock)
	if !ok {
		return block
	}
	block.MarkdownDescription = fmt.Sprintf("How long each operation may take, including its retries and all pauses that the "+
		"API requires. Each defaults to `%s`.", DefaultTimeout)
	for name, nested := range block.Attributes {
		if operation, ok := nested.(schema.StringAttribute); ok {
			operation.Validators = []validator.String{longEnough{}} // the library's validator accepts 0s and negative durations
			block.Attributes[name] = operation
		}
	}
	return block
}

var _ validator.String = longEnough{}

// longEnough rejects a timeout that would end an operation before it begins.
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
			"The value %s. Its units are s, m and h. Got: %q.", v.Description(ctx), text))
	}
}

// MoreTime says how to allow an operation more time, if it timed out. Only resources have timeouts: data sources and actions do not.
func MoreTime(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return " To allow more time, set timeouts in the resource."
	}
	return ""
}
