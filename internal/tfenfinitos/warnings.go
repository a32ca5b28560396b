package tfenfinitos

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// odd warns of what is allowed but probably unintended, in the plan or the import that adds it. White space around a label is not an
// error: the documentation does not forbid it, and the configuration of an imported subscription must be able to contain it.
func odd(planned, prior *webhookData) diag.Diagnostics {
	diags := kinds().Odd(planned.Events, prior.Events)
	if label := planned.Label.ValueString(); label != strings.TrimSpace(label) && !planned.Label.Equal(prior.Label) {
		diags.AddAttributeWarning(path.Root("label"), "Label With Outer White Space", fmt.Sprintf(
			"The label %q is blank, or starts or ends with white space. If EnfinitOS trims it, every later apply replaces the "+
				"subscription and its signing secret. Remove the white space, unless the label belongs to an imported subscription.", label))
	}
	return diags
}

// statuses are the statuses of a delivery that this version knows.
var statuses = []string{"queued", "delivered", "failed", "dead_lettered"}

// The vendor documents no form of a subscription's id.
var (
	subscriptionID = tfwebhook.IDFormat{
		Object: "an EnfinitOS subscription", Foreign: map[string]string{"wh-": "a Dfns webhook", "dlv_": "a delivery"},
	}
	deliveryID = tfwebhook.IDFormat{Object: "an EnfinitOS delivery", Prefix: "dlv_"}
)
