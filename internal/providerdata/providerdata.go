// Package providerdata is what the provider, once configured, hands to its resources, data sources and actions.
package providerdata

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfsecret"
)

// Data holds a client for each vendor that is configured.
type Data struct {
	Dfns      Vendor[dfns.Client]
	Enfinitos Vendor[enfinitos.Client]
	// Replacements are those of webhooks of either vendor.
	Replacements tfsecret.Replacements
}

// Replacements returns those out of what Configure was given, and nil before the provider is configured.
func Replacements(providerData any) *tfsecret.Replacements {
	if data, ok := providerData.(*Data); ok {
		return &data.Replacements
	}
	return nil
}

// Vendor is the client of one vendor, or why there is none.
type Vendor[Client any] struct {
	// Client is nil when the vendor is not configured.
	Client *Client
	// Missing says what to configure. It is reported by what needs the client, so that nobody has to configure a vendor
	// they do not use.
	Missing diag.Diagnostics
}

// RequireDfns returns the Dfns client out of what Configure was given, or adds to diags what to configure. Before the
// provider is configured there is nothing to give, and it returns nil without a complaint.
func RequireDfns(providerData any, diags *diag.Diagnostics) *dfns.Client {
	data := from(providerData, diags)
	diags.Append(data.Dfns.Missing...)
	return data.Dfns.Client
}

// RequireEnfinitos returns the EnfinitOS client as RequireDfns returns that of Dfns.
func RequireEnfinitos(providerData any, diags *diag.Diagnostics) *enfinitos.Client {
	data := from(providerData, diags)
	diags.Append(data.Enfinitos.Missing...)
	return data.Enfinitos.Client
}

// from returns what Configure was given, with no client in it where that was nothing.
func from(providerData any, diags *diag.Diagnostics) *Data {
	data, ok := providerData.(*Data)
	if ok {
		return data
	}
	if providerData != nil {
		diags.AddError("Unexpected Provider Data",
			fmt.Sprintf("Expected %T, got %T. This is a bug in the provider.", data, providerData))
	}
	return &Data{}
}
