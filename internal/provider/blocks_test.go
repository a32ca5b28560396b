package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// webhooks returns a webhook of each vendor. Terraform checks a provider block only if something uses the provider.
func webhooks(lines ...string) (out string) {
	for _, v := range conformance.Vendors {
		out += v.HCL(v.Config, lines...)
	}
	return out
}

// made fails unless each vendor holds one webhook.
func made(t *testing.T, env *acctest.Env) {
	t.Helper()
	for _, v := range conformance.Vendors {
		if all := v.Objects(env); len(all) != 1 {
			t.Errorf("%s holds %+v", v.Name, all)
		}
	}
}

// A misspelt setting is an error that names it, wherever it is: otherwise a default would silently take its place.
func TestMisspeltSettings(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, webhooks())
	for wrong, test := range map[string]struct{ config, hint string }{
		"base_ulr":      {vendorBlocks(`base_ulr = "https://api.example.com"`, ""), `Did you mean "base_url"?`},
		"signer_comand": {vendorBlocks(`signer_comand = ["kms-sign"]`, ""), `Did you mean "signer_command"?`},
		"api_kee":       {vendorBlocks("", `api_kee = "sk_live_1"`), `Did you mean "api_key"?`},
		"delet":         {withTimeouts("timeouts {\n    delet = \"30m\"\n  }"), `Did you mean "delete"?`},
		"dfns":          {"provider \"webhook\" {\n  dfns = {}\n}\n", `Did you mean to define a block of type "dfns"?`},
		"enfinitos":     {"provider \"webhook\" {\n  enfinitos = {}\n}\n", `Did you mean to define a block of type "enfinitos"?`},
		"timeouts":      {withTimeouts("timeouts = {}"), `Did you mean to define a block of type "timeouts"?`},
	} {
		write(t, cli, "case.tf", test.config)
		out, err := env.Run(t, cli, "validate", "-no-color")
		if err == nil || !acctest.Says(`An argument named "`+wrong+`" is not expected here.`, test.hint).MatchString(out) {
			t.Errorf("%s: %v\n%s", wrong, err, out)
		}
	}
}

// A block that is written twice is an error too.
func TestBlocksAreSingle(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, webhooks()+"provider \"webhook\" {\n  dfns {}\n  dfns {}\n}\n")
	if out, err := env.Run(t, cli, "validate", "-no-color"); err == nil || !acctest.Says("Duplicate dfns block").MatchString(out) {
		t.Errorf("%v\n%s", err, out)
	}
}

// vendorBlocks returns a provider block with the given settings in the blocks of the vendors.
func vendorBlocks(dfns, enfinitos string) string {
	return fmt.Sprintf("provider \"webhook\" {\n  dfns {\n    %s\n  }\n  enfinitos {\n    %s\n  }\n}\n", dfns, enfinitos)
}

func withTimeouts(block string) string {
	return strings.ReplaceAll(webhooks(block), `"test"`, `"limited"`)
}

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

// fromVariables configures both vendors with dynamic blocks and an ephemeral value, or leaves them to the environment.
const fromVariables = `
variable "token" {
  type      = string
  ephemeral = true
  default   = null
}
variable "urls" {
  type    = object({ dfns = string, enfinitos = string })
  default = null
}
provider "webhook" {
  dynamic "dfns" {
    for_each = var.urls[*].dfns
    content {
      base_url   = dfns.value
      auth_token = var.token
    }
  }
  dynamic "enfinitos" {
    for_each = var.urls[*].enfinitos
    content {
      base_url = enfinitos.value
    }
  }
}
`

// The blocks of the provider can be dynamic, and what is in them can be ephemeral. Without a block the environment holds.
func TestProviderBlocksAreDynamic(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, fromVariables+webhooks())
	settings := env.Env()
	urls := fmt.Sprintf("urls={dfns=%q,enfinitos=%q}", settings["DFNS_API_URL"], settings["ENFINITOS_API_URL"])
	elsewhere := []string{"DFNS_API_URL=http://127.0.0.1:1", "DFNS_AUTH_TOKEN=of-nobody", "ENFINITOS_API_URL=http://127.0.0.1:1"}
	token := "token=" + settings["DFNS_AUTH_TOKEN"]
	out, err := env.RunWith(t, cli, elsewhere, "apply", "-no-color", "-auto-approve", "-var", urls, "-var", token)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	made(t, env)
	settled(t, cli)
}

// Whether there is a block, and what is in it, may only be known after an apply of something else.
func TestProviderBlocksAreUnknown(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	settings := env.Env()
	cli := env.CLI(t, fmt.Sprintf(`
resource "terraform_data" "urls" {
  input = { dfns = %q, enfinitos = %q }
}
provider "webhook" {
  dynamic "dfns" {
    for_each = terraform_data.urls.output[*].dfns
    content {
      base_url = dfns.value
    }
  }
  enfinitos {
    base_url = terraform_data.urls.output.enfinitos
  }
}
`, settings["DFNS_API_URL"], settings["ENFINITOS_API_URL"])+webhooks())
	elsewhere := []string{"DFNS_API_URL=http://127.0.0.1:1", "ENFINITOS_API_URL=http://127.0.0.1:1"}
	out, err := env.RunWith(t, cli, elsewhere, "apply", "-no-color", "-auto-approve")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	made(t, env)
}

// What Terraform generates for an imported webhook holds no timeouts.
func TestGeneratedConfigurationHasNoTimeouts(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	cli := env.CLI(t, webhooks())
	must(t, cli.Apply(t.Context()))
	must(t, os.Remove(filepath.Join(cli.WorkingDir(), "terraform.tfstate")))
	config := requiredProviders
	for _, v := range conformance.Vendors {
		config += fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", v.Address(), v.Objects(env)[0].ID)
	}
	write(t, cli, "main.tf", config)
	if out, err := env.Run(t, cli, "plan", "-no-color", "-generate-config-out=generated.tf"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	generated, err := os.ReadFile(filepath.Join(cli.WorkingDir(), "generated.tf"))
	must(t, err)
	if strings.Contains(string(generated), "timeouts") {
		t.Errorf("%s", generated)
	}
	out, err := env.Run(t, cli, "plan", "-no-color")
	if err != nil || !acctest.Says(fmt.Sprintf("Plan: %d to import, 0 to add, 0 to change, 0 to destroy", len(conformance.Vendors))).MatchString(out) {
		t.Errorf("%v\n%s", err, out)
	}
}
