package tfwebhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// MoveState implements resource.ResourceWithMoveState.
func (r *Resource[C]) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: r.move}}
}

// move takes over a resource of the same type from a provider of another address: another registry, namespace or mirror of this one.
// It leaves everything else to the framework, which refuses it.
func (r *Resource[C]) move(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	if req.SourceTypeName != r.Name || req.SourceSchemaVersion != resp.TargetState.Schema.GetVersion() {
		return
	}
	kind := resp.TargetState.Schema.Type().TerraformType(ctx)
	state, err := req.SourceRawState.UnmarshalWithOpts(kind, tfprotov6.UnmarshalOpts{
		ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}, // as for every other state
	})
	if err != nil {
		return
	}
	var id Identity
	resp.TargetState.Raw, resp.TargetPrivate = state, req.SourcePrivate
	resp.Diagnostics.Append(resp.TargetState.GetAttribute(ctx, path.Root("id"), &id.ID)...)
	resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, id)...)
}
