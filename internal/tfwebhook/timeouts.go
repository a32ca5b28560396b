package tfwebhook

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
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
			operation.Validators = []validator.String{Duration()} // the library's validator accepts 0s and negative durations
			block.Attributes[name] = operation
		}
	}
	return block
}

// Duration returns a validator for the time that something may take. It rejects one that would end it before it begins.
func Duration() validator.String {
	return textValidator{
		summary: "Invalid Duration",
		must:    `must be a duration longer than 0s, such as "30s" or "1h30m"`,
		check: func(text string) error {
			_, err := parseDuration(text)
			return err
		},
	}
}

// parseDuration parses a duration longer than 0s. Its error says what to write instead.
func parseDuration(text string) (time.Duration, error) {
	duration, err := time.ParseDuration(text)
	seconds, _ := strconv.ParseFloat(text, 64)
	days, _ := strconv.Atoi(strings.TrimSuffix(text, "d"))
	switch {
	case err == nil && duration > 0:
		return duration, nil
	case err == nil:
		return 0, errors.New("it is not longer than 0s")
	case seconds > 0:
		return 0, fmt.Errorf("it has no unit, so write %q", text+"s")
	case days > 0:
		return 0, fmt.Errorf("its units are s, m and h, so write \"%dh\"", 24*days)
	}
	return 0, errors.New("its units are s, m and h")
}
