package tfwebhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// URLRequiresReplace returns a plan modifier that replaces a resource when its URL changes, but not when the same URL is only
// written differently.
func URLRequiresReplace() planmodifier.String {
	const description = "A change to another URL replaces the resource."
	return stringplanmodifier.RequiresReplaceIf(
		func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
			resp.RequiresReplace = !weburl.Same(req.StateValue.ValueString(), req.PlanValue.ValueString())
		}, description, description)
}
