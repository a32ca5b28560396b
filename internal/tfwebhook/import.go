package tfwebhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ImportByID imports a resource by its id, or by an identity that holds only its id, and returns the id.
func ImportByID(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) string {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("id"), path.Root("id"), req, resp)
	if resp.Diagnostics.HasError() {
		return ""
	}
	var id types.String
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("id"), &id)...)
	if id.ValueString() == "" && !resp.Diagnostics.HasError() {
		resp.Diagnostics.AddError("Import Without an Id",
			"The id to import is null or empty. Set it to the id that the vendor shows for the webhook.")
	}
	return id.ValueString()
}
