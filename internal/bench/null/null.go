// Package null is a provider whose resource has the schema of webhook_dfns and makes no calls: what any provider built on
// the plugin framework costs.
package null

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfdfns"
)

// Provider is the provider "null".
type Provider struct{}

// New returns the provider.
func New() provider.Provider { return Provider{} }

// Metadata implements provider.Provider.
func (Provider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "null"
}

// Schema implements provider.Provider.
func (Provider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure implements provider.Provider.
func (Provider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

// DataSources implements provider.Provider.
func (Provider) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources implements provider.Provider.
func (Provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return webhook{} }}
}

// webhook takes over what is planned and makes up what an API would assign.
type webhook struct{}

// Metadata implements resource.Resource.
func (webhook) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "null_webhook"
}

// Schema implements resource.Resource. It is that of webhook_dfns itself, validators and plan modifiers included.
func (webhook) Schema(ctx context.Context, req resource.SchemaRequest, resp *resource.SchemaResponse) {
	tfdfns.NewWebhookResource().Schema(ctx, req, resp)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (webhook) IdentitySchema(ctx context.Context, req resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	if original, ok := tfdfns.NewWebhookResource().(resource.ResourceWithIdentity); ok {
		original.IdentitySchema(ctx, req, resp)
	}
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

// assigned is every value that an API would assign.
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
