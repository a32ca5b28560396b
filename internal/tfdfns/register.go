// Package tfdfns is everything Terraform about Dfns.
package tfdfns

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// Types returns everything that this package adds to Terraform.
func Types() tfwebhook.Types {
	return tfwebhook.Types{
		Resources: []func() resource.Resource{NewWebhookResource},
		DataSources: []func() datasource.DataSource{
			NewWebhookDataSource, NewWebhooksDataSource, NewEventsDataSource, NewEventDataSource, NewHealthDataSource,
		},
		ListResources: []func() list.ListResource{NewWebhookListResource},
		Actions:       []func() action.Action{NewPingAction},
		Functions:     []func() function.Function{NewEventKindsFunction, NewSignatureFunction, NewOriginIPsFunction},
	}
}

// ProviderData is what the configured provider gives to the types of this package.
type ProviderData interface {
	// DfnsClient returns the client. Without one it says what to configure.
	DfnsClient() (*dfns.Client, diag.Diagnostics)
}

func clientFrom(providerData any, diags *diag.Diagnostics) *dfns.Client {
	return tfwebhook.ClientFrom(providerData, ProviderData.DfnsClient, diags)
}
