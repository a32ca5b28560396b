// Package plugin serves a provider that has one resource and nothing to configure.
package plugin

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Provider takes the name of the provider "webhook", so that a configuration does not notice which of them it uses.
type Provider struct{ New func() resource.Resource }

// Serve serves a provider with a resource.
func Serve(newResource func() resource.Resource) {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return Provider{newResource} },
		providerserver.ServeOpts{Address: "registry.terraform.io/webhook-providers/webhook"})
	if err != nil {
		log.Fatal(err)
	}
}

// Metadata implements provider.Provider.
func (Provider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "webhook"
}

// Schema implements provider.Provider.
func (Provider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure implements provider.Provider.
func (Provider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

// DataSources implements provider.Provider.
func (Provider) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources implements provider.Provider.
func (p Provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{p.New}
}
