// Package providerdata holds what the configured provider passes to its resources, data sources and actions.
package providerdata

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
)

// Data holds the client of each configured vendor.
type Data struct {
	Dfns      Vendor[dfns.Client]
	Enfinitos Vendor[enfinitos.Client]
}

// Vendor is the client of one vendor, or the reason why there is none.
type Vendor[Client any] struct {
	// Client is nil when the vendor is not configured.
	Client *Client
	// Missing says what to configure. Only what uses the client reports it, so that nobody must configure an unused vendor.
	Missing diag.Diagnostics
}

// RequireDfns returns the Dfns client in the provider data, or adds to diags what to configure. Before the provider is
// configured it returns nil and adds nothing.
func RequireDfns(providerData any, diags *diag.Diagnostics) *dfns.Client {
	data := from(providerData, diags)
	diags.Append(data.Dfns.Missing...)
	return data.Dfns.Client
}

// RequireEnfinitos returns the EnfinitOS client in the same way as RequireDfns.
func RequireEnfinitos(providerData any, diags *diag.Diagnostics) *enfinitos.Client {
	data := from(providerData, diags)
	diags.Append(data.Enfinitos.Missing...)
	return data.Enfinitos.Client
}

// from returns the provider data, without clients before the provider is configured.
func from(providerData any, diags *diag.Diagnostics) *Data {
	data, ok := providerData.(*Data)
	if ok {
		return data
	}
	if providerData != nil {
		diags.AddError("Unexpected Provider Data",
			fmt.Sprintf("Expected %T, got %T. This is a bug in the provider: please report it.", data, providerData))
	}
	return &Data{}
}
