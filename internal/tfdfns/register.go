// Package tfdfns is everything Terraform about Dfns.
package tfdfns

import "github.com/hashicorp/terraform-plugin-framework/resource"

// Resources returns the constructors of the resource types.
func Resources() []func() resource.Resource {
	return []func() resource.Resource{NewWebhookResource}
}
