package tfwebhook

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// StoredOtherwise warns that the API stores other values than it was asked to. Otherwise says what happens if the
// configuration does not follow.
func (o Object) StoredOtherwise(operation, name, otherwise string, differences []string) (diags diag.Diagnostics) {
	if len(differences) > 0 {
		diags.AddWarning(o.Vendor+" Webhook Stored With Different Values", fmt.Sprintf(
			"The API answered the %s of %s %s with other values than configured. If it stores them in another form, write that form into the "+
				"configuration, or %s:\n\n%s", operation, o.Noun, name, otherwise, strings.Join(differences, "\n")))
	}
	return diags
}

// DifferentText returns what to write where an API stores another text than configured, and nothing where it stores the same.
func DifferentText(attribute string, configured types.String, stored string) []string {
	if stored == configured.ValueString() {
		return nil
	}
	return []string{fmt.Sprintf("  %s = %q (configured: %q)", attribute, stored, configured.ValueString())}
}

// DifferentURL does the same for a url, of which only scheme and host may be shown.
func DifferentURL(configured types.String, stored string) []string {
	if weburl.Same(configured.ValueString(), stored) {
		return nil
	}
	return []string{fmt.Sprintf("  url = %s (configured: %s; the next plan shows the rest)",
		weburl.Quote(stored), weburl.Quote(configured.ValueString()))}
}

// DifferentEvents does the same for event kinds.
func DifferentEvents(configured types.Set, stored []string) []string {
	if configured.Equal(EventSet(stored)) {
		return nil
	}
	return []string{fmt.Sprintf("  events = %s (configured: %s)", listed(EventSet(stored)), listed(configured))}
}

func listed(kinds types.Set) string { return `["` + strings.Join(SortedKinds(kinds), `", "`) + `"]` }
