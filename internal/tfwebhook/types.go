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

// ClientFrom returns the client of a vendor from the data of the configured provider, or adds to diags what to configure. Data is the
// interface through which the vendor's types see that data. Before the provider is configured there is no client and no diagnostic.
func ClientFrom[Data, Client any](
	providerData any, clientOf func(Data) (*Client, diag.Diagnostics), diags *diag.Diagnostics,
) *Client {
	data, ok := providerData.(Data)
	if ok {
		client, missing := clientOf(data)
		diags.Append(missing...)
		return client
	}
	if providerData != nil {
		diags.AddError("Unexpected Provider Data",
			fmt.Sprintf("Expected %T, got %T. This is a bug in the provider: please report it.", *new(Data), providerData))
	}
	return nil
}

// ClientFunc is ClientFrom for the types of one vendor.
type ClientFunc[Client any] func(providerData any, diags *diag.Diagnostics) *Client

// Resource is embedded in the webhook resource of each vendor: its name, and its client once the provider is configured.
type Resource[Client any] struct {
	Name       string
	Object     Object
	ClientFrom ClientFunc[Client]
	Client     *Client
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
func (r *Resource[Client]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.Name
}

// Configure implements resource.ResourceWithConfigure.
func (r *Resource[Client]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.Client = r.ClientFrom(req.ProviderData, &resp.Diagnostics)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *Resource[Client]) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = r.Object.IdentitySchema()
}

// DataSource is the same for data sources.
type DataSource[Client any] struct {
	Name       string
	ClientFrom ClientFunc[Client]
	Client     *Client
}

// Metadata implements datasource.DataSource.
func (d *DataSource[Client]) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = d.Name
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *DataSource[Client]) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.Client = d.ClientFrom(req.ProviderData, &resp.Diagnostics)
}

// Action is the same for actions.
type Action[Client any] struct {
	Name       string
	ClientFrom ClientFunc[Client]
	Client     *Client
}

// Metadata implements action.Action.
func (a *Action[Client]) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = a.Name
}

// Configure implements action.ActionWithConfigure.
func (a *Action[Client]) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.Client = a.ClientFrom(req.ProviderData, &resp.Diagnostics)
}
