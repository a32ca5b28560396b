package tfenfinitos

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var _ validator.String = labelWarnings{}

// labelWarnings points at white space that an API is likely to trim. It never fails: no page forbids it, so an imported
// subscription may have such a label, which its configuration must then be able to say.
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
		"The label %q is blank or has white space at an end. If EnfinitOS trims it, each later apply replaces the subscription, and "+
			"its signing secret with it. Leave the white space out, unless an imported subscription has it.", label))
}
