package tfwebhook

import (
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
