// Command terraform-provider-webhook is the Terraform provider "webhook".
package main

import (
	"context"
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "keep running so that a debugger can attach; set the printed variable for Terraform")
	flag.Parse()
	if !*debug { // a debugger's user reads the log
		for name, level := range provider.LogLevels(os.Getenv) {
			_ = os.Setenv(name, level)
		}
	}

	err := providerserver.Serve(context.Background(), provider.New(version, provider.WithDataDir(".terraform")), providerserver.ServeOpts{
		Address: "registry.terraform.io/webhook-providers/webhook",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
