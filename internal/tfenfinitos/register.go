// Package tfenfinitos is everything Terraform about EnfinitOS.
package tfenfinitos

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Resources returns the constructors of the resource types.
func Resources() []func() resource.Resource {
	return []func() resource.Resource{NewWebhookResource}
}

// DataSources returns the constructors of the data source types.
func DataSources() []func() datasource.DataSource {
	return []func() datasource.DataSource{NewWebhookDataSource, NewDeliveriesDataSource, NewHealthDataSource}
}

// Actions returns the constructors of the action types.
func Actions() []func() action.Action {
	return []func() action.Action{NewReplayAction, NewProcessDueAction}
}

// Functions returns the constructors of the functions.
func Functions() []func() function.Function {
	return []func() function.Function{NewEventKindsFunction, NewSignatureFunction}
}
