package tfwebhook

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Types are the constructors of everything that a vendor adds to Terraform.
type Types struct {
	Resources     []func() resource.Resource
	DataSources   []func() datasource.DataSource
	ListResources []func() list.ListResource
	Actions       []func() action.Action
	Functions     []func() function.Function
}

// Clients are the clients of the configured provider, by the names of the vendors' blocks.
type Clients map[string]Configured

// Configured is what a configuration makes of one vendor.
type Configured struct {
	// Client is the vendor's client, a pointer.
	Client any
	// Missing says what to configure to get one.
	Missing diag.Diagnostics
}

// ClientFunc returns the client of a vendor from the data of the configured provider, or adds to diags what to configure. Before the
// provider is configured there is no client and no diagnostic.
type ClientFunc[C any] func(providerData any, diags *diag.Diagnostics) C

// ClientOf returns the ClientFunc for the vendor that has this block.
func ClientOf[C any](block string) ClientFunc[C] {
	return func(providerData any, diags *diag.Diagnostics) C {
		clients, ok := providerData.(Clients)
		if providerData != nil && !ok {
			diags.AddError("Unexpected Provider Data",
				fmt.Sprintf("Expected %T, got %T. This is a bug in the provider: please report it.", clients, providerData))
		}
		diags.Append(clients[block].Missing...)
		client, _ := clients[block].Client.(C)
		return client
	}
}

// Resource is embedded in the webhook resource of each vendor: what it is called, what its errors advise, its client once the provider is
// configured, and the steps of its operations.
type Resource[C interface {
	comparable // to nil
	Client
}] struct {
	Name       string
	Advice     Advice
	IDs        IDFormat
	ClientFrom ClientFunc[C]
	Client     C
}

// WebhookResource is what the webhook resource of each vendor implements, most of it by the Resource embedded in it.
type WebhookResource interface {
	resource.ResourceWithConfigure
	resource.ResourceWithValidateConfig
	resource.ResourceWithIdentity
	resource.ResourceWithImportState
	resource.ResourceWithModifyPlan
	resource.ResourceWithMoveState
}

// Metadata implements resource.Resource.
func (r *Resource[C]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.Name
}

// Configure implements resource.ResourceWithConfigure.
func (r *Resource[C]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.Client = r.ClientFrom(req.ProviderData, &resp.Diagnostics)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *Resource[C]) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = r.Advice.Object.IdentitySchema()
}

// Action is embedded in every action: its name, and its client once the provider is configured.
type Action[C any] struct {
	Name       string
	ClientFrom ClientFunc[C]
	Client     C
}

// Metadata implements action.Action.
func (a *Action[C]) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = a.Name
}

// Configure implements action.ActionWithConfigure.
func (a *Action[C]) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.Client = a.ClientFrom(req.ProviderData, &resp.Diagnostics)
}
