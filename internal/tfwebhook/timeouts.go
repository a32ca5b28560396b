package tfwebhook

import (
	"context"
	"errors"
)

// MoreTime says how to allow an operation more time, if it timed out. Only resources have timeouts: data sources and actions do not.
func MoreTime(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return " To allow more time, set timeouts in the resource."
	}
	return ""
}
