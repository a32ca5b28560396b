// Package tfdfns is everything Terraform about Dfns.
package tfdfns

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
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
		Functions:     []func() function.Function{kinds().NewFunction, NewSignatureFunction, NewOriginIPsFunction},
	}
}

// clientFrom returns the client that the provider was configured with.
var clientFrom = tfwebhook.ClientOf[*dfns.Client]("dfns")
