package tfdfns

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

var _ validator.Set = kindWarnings{}

// kindShape refuses what cannot be an event kind, of whatever version of the API.
func kindShape() validator.String {
	return stringvalidator.RegexMatches(
		regexp.MustCompile(`^(\*|[a-z0-9_]+(\.[a-z0-9_]+)+)$`),
		`must be an event kind in lower case, such as "wallet.created", or "*"`)
}

// kindWarnings points at what is allowed but likely not meant. It never fails: the vendor adds kinds every month, and a
// new one must not wait for a release of the provider.
type kindWarnings struct{}

func (kindWarnings) Description(context.Context) string {
	return "should hold known event kinds, or \"*\" alone"
}

func (v kindWarnings) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (kindWarnings) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	for _, element := range req.ConfigValue.Elements() {
		kind, ok := element.(types.String)
		if !ok || kind.IsNull() || kind.IsUnknown() {
			continue
		}
		switch name := kind.ValueString(); {
		case name == dfns.EveryKind && len(req.ConfigValue.Elements()) > 1:
			resp.Diagnostics.AddAttributeWarning(req.Path, "Redundant Event Kinds",
				`"*" subscribes to every kind, so the other kinds beside it change nothing. Keep either "*" or the others.`)
		case name != dfns.EveryKind && !dfns.IsKnownKind(name):
			resp.Diagnostics.AddAttributeWarning(req.Path, "Unknown Event Kind", fmt.Sprintf(
				"This version of the provider does not know the event kind %q. The known kind spelled most like it is %q. "+
					"If Dfns has added the kind since, ignore this warning.", name, dfns.NearestKind(name)))
		}
	}
}
