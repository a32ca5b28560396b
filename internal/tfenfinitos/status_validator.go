package tfenfinitos

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var _ validator.String = statusWarnings{}

// statuses are the statuses of a delivery that this version knows.
var statuses = []string{"queued", "delivered", "failed", "dead_lettered"}

// statusWarnings warns of a status that no delivery may have, because such a filter finds nothing without an error. It is not an
// error, because EnfinitOS may add statuses.
type statusWarnings struct{}

func (statusWarnings) Description(context.Context) string {
	return "should be one of " + strings.Join(statuses, ", ")
}

func (v statusWarnings) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (statusWarnings) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	status := req.ConfigValue.ValueString()
	if status == "" || slices.Contains(statuses, status) {
		return
	}
	resp.Diagnostics.AddAttributeWarning(req.Path, "Unknown Delivery Status", fmt.Sprintf(
		"This version of the provider does not know the delivery status %q. It knows %s. With a misspelt status, the data source "+
			"finds nothing. If EnfinitOS has added the status since, ignore this warning.", status, strings.Join(statuses, ", ")))
}
