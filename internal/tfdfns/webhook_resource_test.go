package tfdfns_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

const address = "webhook_dfns.test"

func attribute(name string) tfjsonpath.Path { return tfjsonpath.New(name) }

// webhook returns a configuration of one webhook, with further attributes where given.
func webhook(further ...string) string {
	config := "resource \"webhook_dfns\" \"test\" {\n  url = \"https://hooks.example.com/dfns\"\n"
	config += "  events = [\"wallet.transfer.confirmed\", \"wallet.created\"]\n"
	for _, line := range further {
		config += "  " + line + "\n"
	}
	return config + "}\n"
}

// holds fails unless the sandbox holds exactly the webhooks that check describes.
func holds(env *acctest.Env, check ...func(got int) error) func(*terraform.State) error {
	return func(*terraform.State) error {
		for _, c := range check {
			if err := c(len(env.Dfns.Webhooks())); err != nil {
				return err
			}
		}
		return nil
	}
}

func none(got int) error {
	if got != 0 {
		return fmt.Errorf("the sandbox still holds %d webhooks", got)
	}
	return nil
}

// calls compares the calls made since the journal was last emptied.
func calls(got []string, want ...string) error {
	if diff := cmp.Diff(want, got); diff != "" {
		return errors.New("calls (-want +got):\n" + diff)
	}
	return nil
}

func TestWebhookLifecycle(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	empty := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	inPlace := resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
	var id, secret string
	env.Test(t, resource.TestCase{
		CheckDestroy: holds(env, none),
		Steps: []resource.TestStep{
			{
				Config:           webhook(`description = "ledger"`),
				ConfigPlanChecks: empty,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, attribute("url"), knownvalue.StringExact("https://hooks.example.com/dfns")),
					statecheck.ExpectKnownValue(address, attribute("status"), knownvalue.StringExact("Enabled")),
					statecheck.ExpectKnownValue(address, attribute("description"), knownvalue.StringExact("ledger")),
					statecheck.ExpectKnownValue(address, attribute("events"), knownvalue.SetExact([]knownvalue.Check{
						knownvalue.StringExact("wallet.created"), knownvalue.StringExact("wallet.transfer.confirmed"),
					})),
					statecheck.ExpectSensitiveValue(address, attribute("secret")),
				},
				Check: func(state *terraform.State) error {
					got := env.Dfns.Webhooks()
					if len(got) != 1 {
						return fmt.Errorf("the sandbox holds %d webhooks, want 1", len(got))
					}
					id, secret = got[0].ID, got[0].Secret
					attributes := state.RootModule().Resources[address].Primary.Attributes
					if attributes["id"] != id || attributes["secret"] != secret {
						return errors.New("id and secret in state are not those of the webhook")
					}
					return calls(acctest.Changes(env.DfnsCalls), "POST /auth/action/init 200", "POST /auth/action 200", "POST /webhooks 200")
				},
			},
			{
				PreConfig:        env.DfnsCalls.ForgetCalls,
				Config:           webhook(`status = "Disabled"`, `description = "ledger"`),
				ConfigPlanChecks: inPlace,
				Check: func(state *terraform.State) error {
					got := env.Dfns.Webhooks()[0]
					if got.ID != id || got.Status != "Disabled" || got.Description != "ledger" {
						return fmt.Errorf("the sandbox holds %+v", got)
					}
					if state.RootModule().Resources[address].Primary.Attributes["secret"] != secret {
						return errors.New("the secret in state has changed")
					}
					return calls(acctest.Changes(env.DfnsCalls), "POST /auth/action/init 200", "POST /auth/action 200", "PUT /webhooks/"+id+" 200")
				},
			},
			{
				PreConfig:        env.DfnsCalls.ForgetCalls,
				Config:           webhook(`status = "Disabled"`),
				ConfigPlanChecks: inPlace,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, attribute("description"), knownvalue.Null()),
				},
				Check: func(*terraform.State) error {
					if got := env.Dfns.Webhooks()[0]; got.Description != "" {
						return fmt.Errorf("the description was not cleared: %q", got.Description)
					}
					return lastBody(env, `{"description":""}`)
				},
			},
			{
				PreConfig:        env.DfnsCalls.ForgetCalls,
				Config:           webhook(`status = "Disabled"`, `timeouts = { create = "1m" }`),
				ConfigPlanChecks: inPlace,
				Check:            func(*terraform.State) error { return calls(acctest.Changes(env.DfnsCalls), []string{}...) },
			},
		},
	})
}

// lastBody compares the body of the last change with what should have been sent.
func lastBody(env *acctest.Env, want string) error {
	journal := env.DfnsCalls.Journal()
	for i := len(journal) - 1; i >= 0; i-- {
		if journal[i].Method == "PUT" {
			return calls([]string{journal[i].Body}, want)
		}
	}
	return errors.New("no update was sent")
}
