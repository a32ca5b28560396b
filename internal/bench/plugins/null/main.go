// Command null serves the null provider.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/webhook-providers/terraform-provider-webhook/internal/bench/null"
)

func main() {
	err := providerserver.Serve(context.Background(), null.New, providerserver.ServeOpts{
		Address: "registry.terraform.io/webhook-providers/null",
	})
	if err != nil {
		log.Fatal(err)
	}
}
