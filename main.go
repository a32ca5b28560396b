// Command terraform-provider-webhook is the Terraform provider "webhook".
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "keep running so that a debugger can attach; set the printed variable for Terraform")
	showVersion := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *showVersion {
		_, _ = fmt.Fprintln(os.Stdout, "terraform-provider-webhook", version)
		return
	}
	if !*debug { // a debugger's user reads the log, and ends the process
		for name, level := range provider.LogLevels(os.Getenv) {
			_ = os.Setenv(name, level)
		}
		if os.Getenv("TF_PLUGIN_MAGIC_COOKIE") != "" { // started by Terraform
			go stayUntilAnswered(os.Getppid())
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

// stayUntilAnswered survives the SIGTERM that a runner sends to all processes of a job: Terraform gets it too, waits for the changes
// in flight, and then ends the provider. If Terraform is gone, the process ends as soon as no change waits for its answer, and has
// waited for none for one more second, in which the answer went into a note. The signal is not set to be ignored, because
// signer_command would inherit that.
func stayUntilAnswered(parent int) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM)
	idle := false
	for range time.Tick(time.Second) {
		wasIdle := idle
		idle = os.Getppid() != parent && httpapi.ChangesInFlight() == 0
		if idle && wasIdle {
			os.Exit(1)
		}
	}
}
