// Command null serves the null provider. Its resource is webhook_dfns without calls: what any provider with that schema costs.
package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfdfns"
	"github.com/webhook-providers/terraform-provider-webhook/tools/bench/plugin"
)

func main() { plugin.Serve(newWebhook) }

// webhook has the name and the schema of webhook_dfns, validators and plan modifiers included. It takes over what is planned
// and makes up what an API would assign.
type webhook struct{ resource.ResourceWithIdentity }

func newWebhook() resource.Resource {
	original, _ := tfdfns.NewWebhookResource().(resource.ResourceWithIdentity)
	return webhook{original}
}

// Create implements resource.Resource.
func (webhook) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(take(ctx, req.Plan, &resp.State, resp.Identity)...)
}

// Read implements resource.Resource.
func (webhook) Read(ctx context.Context, _ resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), assigned)...)
}

// Update implements resource.Resource.
func (webhook) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.Append(take(ctx, req.Plan, &resp.State, resp.Identity)...)
}

// Delete implements resource.Resource.
func (webhook) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// assigned is every text that an API would assign.
const assigned = "assigned"

func take(ctx context.Context, plan tfsdk.Plan, state *tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	known, err := tftypes.Transform(plan.Raw, func(_ *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
		switch {
		case value.IsKnown():
			return value, nil
		case value.Type().Is(tftypes.String):
			return tftypes.NewValue(tftypes.String, assigned), nil
		}
		return tftypes.NewValue(value.Type(), nil), nil
	})
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Unusable Plan", err.Error())}
	}
	state.Raw = known
	return identity.SetAttribute(ctx, path.Root("id"), assigned)
}
