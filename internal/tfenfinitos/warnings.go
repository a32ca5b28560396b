package tfenfinitos

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// labelWarnings warns of white space that the API may trim. It is not an error: the documentation does not forbid it, so an
// imported subscription may have such a label, and its configuration must be able to contain it.
var labelWarnings = tfwebhook.Warnings{Should: "should have no white space at either end", Of: blankLabels}

func blankLabels(labels []string) (diags diag.Diagnostics) {
	for _, label := range labels {
		if label != strings.TrimSpace(label) {
			diags.AddWarning("Label With Outer White Space", fmt.Sprintf(
				"The label %q is blank, or starts or ends with white space. If EnfinitOS trims it, every later apply replaces the "+
					"subscription and its signing secret. Remove the white space, unless the label belongs to an imported subscription.", label))
		}
	}
	return diags
}

// statuses are the statuses of a delivery that this version knows.
var statuses = []string{"queued", "delivered", "failed", "dead_lettered"}

// statusWarnings warns of a status that no delivery may have, because such a filter finds nothing without an error. It is not an
// error, because EnfinitOS may add statuses.
var statusWarnings = tfwebhook.Warnings{Should: "should be one of " + strings.Join(statuses, ", "), Of: unknownStatuses}

func unknownStatuses(texts []string) (diags diag.Diagnostics) {
	for _, status := range texts {
		if status != "" && !slices.Contains(statuses, status) {
			diags.AddWarning("Unknown Delivery Status", fmt.Sprintf(
				"This version of the provider does not know the delivery status %q. It knows %s. With a misspelt status, the data source "+
					"finds nothing. If EnfinitOS has added the status since, ignore this warning.", status, strings.Join(statuses, ", ")))
		}
	}
	return diags
}
