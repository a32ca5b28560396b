// Command empty serves a provider with one resource that has one attribute: the least that the plugin framework makes.
package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/webhook-providers/terraform-provider-webhook/tools/bench/plugin"
)

func main() { plugin.Serve(func() resource.Resource { return empty{} }) }

// empty has no more than what is called while a CLI asks for the schema.
type empty struct{ resource.Resource }

func (empty) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "webhook_empty"
}

func (empty) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{"id": schema.StringAttribute{Computed: true}}}
}
