package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// vendors returns all vendors. Everything that the provider has of each is made from this list.
func vendors() []vendor {
	return []vendor{dfnsVendor, enfinitosVendor}
}

// vendor is what the provider has of one vendor.
type vendor struct {
	// block is the name of the vendor's block in the configuration of the provider.
	block  string
	schema func() schema.SingleNestedBlock
	// configure makes the client, a pointer.
	configure func(c *configuration) any
	types     func() tfwebhook.Types
}

// configuration is what a client is made from.
type configuration struct {
	// block is the vendor's block, at its path. It is null if there is none.
	block types.Object
	at    path.Path
	// getenv returns an environment variable.
	getenv func(string) string
	calls  httpapi.Config
	diags  diag.Diagnostics
}

// data is what the configured provider gives to the types of the vendors. Each vendor's types see it through an interface of their own.
type data struct {
	clients map[string]any
	// missing says what to configure. Only what uses the client reports it, so that nobody must configure an unused vendor.
	missing map[string]diag.Diagnostics
}

func client[Client any](d *data, block string) (*Client, diag.Diagnostics) {
	found, _ := d.clients[block].(*Client)
	return found, d.missing[block]
}

// configureVendors makes the clients of all vendors. It reports problems of a block that exists. Without a block, only what uses the
// client reports missing settings.
func (p *webhookProvider) configureVendors(
	ctx context.Context, req provider.ConfigureRequest, calls httpapi.Config,
) (*data, diag.Diagnostics) {
	out := &data{clients: map[string]any{}, missing: map[string]diag.Diagnostics{}}
	var diags diag.Diagnostics
	for _, v := range vendors() {
		c := &configuration{at: path.Root(v.block), getenv: p.getenv, calls: calls}
		diags.Append(req.Config.GetAttribute(ctx, c.at, &c.block)...)
		out.clients[v.block] = v.configure(c)
		if c.block.IsNull() {
			out.missing[v.block] = c.diags
		} else {
			diags.Append(c.diags...)
		}
	}
	return out, diags
}

// registered returns what all vendors have of one kind of type.
func registered[T any](of func(tfwebhook.Types) []T) (out []T) {
	for _, v := range vendors() {
		out = append(out, of(v.types())...)
	}
	return out
}
