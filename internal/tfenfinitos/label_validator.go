package tfenfinitos

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var _ validator.String = labelWarnings{}

// labelWarnings warns of white space that the API may trim. It is not an error: the documentation does not forbid it, so an
// imported subscription may have such a label, and its configuration must be able to contain it.
type labelWarnings struct{}

func (labelWarnings) Description(context.Context) string {
	return "should have no white space at either end"
}

func (v labelWarnings) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (labelWarnings) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	label := req.ConfigValue.ValueString()
	if label == strings.TrimSpace(label) {
		return
	}
	resp.Diagnostics.AddAttributeWarning(req.Path, "Label With Outer White Space", fmt.Sprintf(
		"The label %q is blank, or starts or ends with white space. If EnfinitOS trims it, every later apply replaces the "+
			"subscription and its signing secret. Remove the white space, unless the label belongs to an imported subscription.", label))
}
