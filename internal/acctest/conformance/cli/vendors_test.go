// Package cli_test runs what every vendor's webhook resource must survive under a real Terraform or OpenTofu.
package cli_test

import "github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"

// Vendor and Values are those of the descriptions.
type (
	Vendor = conformance.Vendor
	Values = conformance.Values
)

// Vendors are the vendors of the provider.
var Vendors = conformance.Vendors
