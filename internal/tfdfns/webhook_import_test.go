package tfdfns_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// existing registers the webhook that the configuration of webhook() describes, outside of Terraform.
func existing(env *acctest.Env) string {
	return env.Dfns.Register(existingAt("https://hooks.example.com/dfns"))
}

func existingAt(url string) dfns.Webhook {
	return dfns.Webhook{URL: url, Events: []string{"wallet.transfer.confirmed", "wallet.created"}, Status: "Enabled"}
}

// importBlock returns a configuration that imports a webhook by its id.
func importBlock(id string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

func TestWebhookImportPlansNoChange(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{
			Config: webhook() + importBlock(id),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, attribute("id"), knownvalue.StringExact(id)),
				statecheck.ExpectKnownValue(address, attribute("secret"), knownvalue.Null()),
			},
			Check: func(*terraform.State) error { return calls(acctest.Changes(env.DfnsCalls), []string{}...) },
		},
	}})
}

func TestWebhookImportByIdentity(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	env.Test(t, resource.TestCase{
		TerraformVersionChecks: acctest.WithIdentity(),
		Steps: []resource.TestStep{
			{
				Config: webhook() + fmt.Sprintf("import {\n  to = %s\n  identity = { id = %q }\n}\n", address, id),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop)},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(address, map[string]knownvalue.Check{"id": knownvalue.StringExact(id)}),
				},
			},
			{
				Config: webhook(`status = "Disabled"`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(address, map[string]knownvalue.Check{"id": knownvalue.StringExact(id)}),
				},
			},
		},
	})
}

// After an import the secret is null, and stays it: no answer but that to a create brings one.
func TestWebhookUpdateAfterImport(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{DfnsSecretOnUpdate: true})
	id := existing(env)
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: webhook() + importBlock(id)},
		{
			Config: webhook(`status = "Disabled"`),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(address, attribute("secret"), knownvalue.Null()),
				},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, attribute("id"), knownvalue.StringExact(id)),
				statecheck.ExpectKnownValue(address, attribute("secret"), knownvalue.Null()),
			},
		},
	}})
}

func TestWebhookImportOfNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
		Config:      webhook() + importBlock("wh-00000-00000-0000000000000000"),
		ExpectError: regexp.MustCompile(`(?s)Cannot import non-existent remote object`),
	}}})
}
