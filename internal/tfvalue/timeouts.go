package tfvalue

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// DefaultTimeout bounds an operation that has no timeout of its own. A vendor's rate limit lasts up to a minute, and a
// call may run into it more than once.
const DefaultTimeout = 5 * time.Minute

// Timeouts returns the attribute timeouts of a resource.
func Timeouts(ctx context.Context) schema.Attribute {
	attribute, ok := timeouts.AttributesAll(ctx).(schema.SingleNestedAttribute)
	if ok {
		attribute.MarkdownDescription = fmt.Sprintf("How long each operation may take, with its retries and all the pauses the "+
			"API asks for. Each defaults to `%s`.", DefaultTimeout)
	}
	return attribute
}
