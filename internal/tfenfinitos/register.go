// Package tfenfinitos is everything Terraform about EnfinitOS.
package tfenfinitos

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// Types returns everything that this package adds to Terraform.
func Types() tfwebhook.Types {
	return tfwebhook.Types{
		Resources:   []func() resource.Resource{NewWebhookResource},
		DataSources: []func() datasource.DataSource{NewWebhookDataSource, NewDeliveriesDataSource, NewHealthDataSource},
		Actions:     []func() action.Action{NewReplayAction, NewProcessDueAction},
		Functions:   []func() function.Function{kinds().NewFunction, NewSignatureFunction},
	}
}

// clientFrom returns the client that the provider was configured with.
var clientFrom = tfwebhook.ClientOf[*enfinitos.Client]("enfinitos")
