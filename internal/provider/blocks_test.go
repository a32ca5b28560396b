package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

func write(t *testing.T, cli *tfexec.Terraform, name, text string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(cli.WorkingDir(), name), []byte(text), 0o600))
}

const requiredProviders = `
terraform {
  required_providers {
    webhook = { source = "webhook-providers/webhook" }
  }
}
`

// The blocks of the provider can be dynamic, and what is in them can be ephemeral. Whether there is a block, and what is in it, may only
// be known after an apply of something else. It wins over the environment.
func TestProviderBlocks(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	settings := env.Env()
	config := fmt.Sprintf(`
variable "token" {
  ephemeral = true
}
resource "terraform_data" "urls" {
  input = { dfns = %q, enfinitos = %q }
}
provider "webhook" {
  dynamic "dfns" {
    for_each = terraform_data.urls.output[*].dfns
    content {
      base_url   = dfns.value
      auth_token = var.token
    }
  }
  enfinitos {
    base_url = terraform_data.urls.output.enfinitos
  }
}
`, settings["DFNS_API_URL"], settings["ENFINITOS_API_URL"])
	for _, v := range conformance.Vendors {
		config += v.HCL(v.Config)
	}
	cli := env.CLI(t, config)
	elsewhere := []string{"DFNS_API_URL=http://127.0.0.1:1", "DFNS_AUTH_TOKEN=of-nobody", "ENFINITOS_API_URL=http://127.0.0.1:1"}
	for _, arguments := range []string{"apply -auto-approve", "plan -detailed-exitcode"} {
		run(t, env, cli, arguments+" -var=token="+settings["DFNS_AUTH_TOKEN"], elsewhere...)
	}
	for _, v := range conformance.Vendors {
		if all := v.Objects(env); len(all) != 1 {
			t.Errorf("%s holds %+v", v.Name, all)
		}
	}
}
