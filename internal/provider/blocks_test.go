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

// A misspelt setting is an error that names it, wherever it is: otherwise a default would silently take its place.
func TestMisspeltSettings(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, webhooks())
	limited := func(timeouts string) string { return strings.ReplaceAll(webhooks(timeouts), `"test"`, `"limited"`) }
	for wrong, test := range map[string]struct{ config, hint string }{
		"base_ulr":  {"provider \"webhook\" {\n  dfns {\n    base_ulr = \"https://api.example.com\"\n  }\n}\n", `Did you mean "base_url"?`},
		"api_kee":   {"provider \"webhook\" {\n  enfinitos {\n    api_kee = \"sk_live_1\"\n  }\n}\n", `Did you mean "api_key"?`},
		"delet":     {limited("timeouts {\n    delet = \"30m\"\n  }"), `Did you mean "delete"?`},
		"dfns":      {"provider \"webhook\" {\n  dfns = {}\n}\n", `Did you mean to define a block of type "dfns"?`},
		"enfinitos": {"provider \"webhook\" {\n  enfinitos = {}\n}\n", `Did you mean to define a block of type "enfinitos"?`},
		"timeouts":  {limited("timeouts = {}"), `Did you mean to define a block of type "timeouts"?`},
	} {
		write(t, cli, "case.tf", test.config)
		out, err := env.Run(t, cli, "validate", "-no-color")
		if err == nil || !acctest.Says(`An argument named "`+wrong+`" is not expected here.`, test.hint).MatchString(out) {
			t.Errorf("%s: %v\n%s", wrong, err, out)
		}
	}
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

// The blocks of the provider can be dynamic, and what is in them can be ephemeral. Whether there is a block, and what is in it, may only
// be known after an apply of something else. It wins over the environment.
func TestProviderBlocks(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	settings := env.Env()
	cli := env.CLI(t, fmt.Sprintf(`
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
`, settings["DFNS_API_URL"], settings["ENFINITOS_API_URL"])+webhooks())
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
