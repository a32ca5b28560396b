package provider

import (
	"context"
	"fmt"
	"strings"

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
	// block is the name of the vendor's block in the configuration of the provider, name is how the vendor writes itself.
	block, name string
	// advice ends the description of the block. It may be empty.
	advice string
	// settings are the attributes of the block.
	settings func() map[string]schema.Attribute
	// configure makes the client, a pointer.
	configure func(c *configuration) any
	types     func() tfwebhook.Types
}

// schema returns the schema of the vendor's block.
func (v vendor) schema() schema.SingleNestedBlock {
	return schema.SingleNestedBlock{
		Attributes: v.settings(),
		MarkdownDescription: strings.TrimSpace(fmt.Sprintf("The %s account. Needed only if you use a `webhook_%s` type, and only for settings "+
			"that are not in environment variables. %s", v.name, v.block, v.advice)),
	}
}

// configuration is what a client is made from.
type configuration struct {
	vendor string // how it writes itself
	// block is the vendor's block, at its path. It is null if there is none.
	block types.Object
	at    path.Path
	// getenv returns an environment variable.
	getenv func(string) string
	calls  httpapi.Config
	diags  diag.Diagnostics
}

// made returns a new client, or reports why it could not be made.
func (c *configuration) made(client any, err error) any {
	if err != nil {
		c.diags.AddAttributeError(c.at, "Invalid "+c.vendor+" Configuration", err.Error())
	}
	return client
}

// configureVendors makes the clients of all vendors. It reports problems of a block that exists. Without a block, only what uses the
// client reports missing settings, so that nobody must configure an unused vendor.
func (p *webhookProvider) configureVendors(
	ctx context.Context, req provider.ConfigureRequest, calls httpapi.Config,
) (tfwebhook.Clients, diag.Diagnostics) {
	out := tfwebhook.Clients{}
	var diags diag.Diagnostics
	for _, v := range vendors() {
		c := &configuration{vendor: v.name, at: path.Root(v.block), getenv: p.getenv, calls: calls}
		diags.Append(req.Config.GetAttribute(ctx, c.at, &c.block)...)
		made := tfwebhook.Configured{Client: v.configure(c)}
		if c.block.IsNull() {
			made.Missing = c.diags
		} else {
			diags.Append(c.diags...)
		}
		out[v.block] = made
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
