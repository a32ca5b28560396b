package tfdfns_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The cases that a live test runs too, at an account. What only a sandbox shows is asserted with Inside.
var cases = map[string]func(*testing.T, *acctest.Env){
	"lifecycle": lifecycle, "import": imports, "change outside": changedOutside, "deleted outside": deletedOutside,
	"data sources": dataSources, "query": query,
}

func TestWebhookCases(t *testing.T) {
	t.Parallel()
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, acctest.New(t, sandbox.Config{}))
		})
	}
}

// at is the configuration of webhook() at the url of the test.
func at(env *acctest.Env, further ...string) string {
	return strings.Replace(webhook(further...), "https://hooks.example.com/dfns", env.URL(), 1)
}

// named is at with the name of the test.
func named(env *acctest.Env, further ...string) string {
	return at(env, append(further, fmt.Sprintf("description = %q", env.Name))...)
}

// gone asks the API whether the webhooks of a state are gone.
func gone(t *testing.T, env *acctest.Env) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		found := state.RootModule().Resources[address]
		if found == nil {
			return errors.New("the state has no webhook to ask for")
		}
		if _, err := env.DfnsClient(t).GetWebhook(t.Context(), found.Primary.ID); !dfns.IsNotFound(err) {
			return errors.Join(fmt.Errorf("webhook %s is not gone", found.Primary.ID), err)
		}
		return env.Inside(holds(env, none))(state)
	}
}

// as returns a check of the attributes of the webhook in state.
func as(attributes map[string]knownvalue.Check) []statecheck.StateCheck {
	var out []statecheck.StateCheck
	for name, check := range attributes {
		out = append(out, statecheck.ExpectKnownValue(address, attribute(name), check))
	}
	return out
}

func lifecycle(t *testing.T, env *acctest.Env) {
	var id, secret string
	same := func(state *terraform.State) error {
		attributes := state.RootModule().Resources[address].Primary.Attributes
		if attributes["id"] != id || attributes["secret"] != secret {
			return errors.New("the id or the secret in state has changed")
		}
		return nil
	}
	env.Test(t, resource.TestCase{
		CheckDestroy: gone(t, env),
		Steps: []resource.TestStep{
			{
				Config:           named(env),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				ConfigStateChecks: append(as(map[string]knownvalue.Check{
					"url": knownvalue.StringExact(env.URL()), "status": knownvalue.StringExact("Enabled"),
					"description": knownvalue.StringExact(env.Name), "date_created": knownvalue.NotNull(),
					"events": knownvalue.SetExact([]knownvalue.Check{
						knownvalue.StringExact("wallet.created"), knownvalue.StringExact("wallet.transfer.confirmed"),
					}),
				}), statecheck.ExpectSensitiveValue(address, attribute("secret"))),
				Check: func(state *terraform.State) error {
					attributes := state.RootModule().Resources[address].Primary.Attributes
					id, secret = attributes["id"], attributes["secret"]
					if id == "" || secret == "" {
						return errors.New("the state has no id or no secret")
					}
					return env.Inside(created(env))(state)
				},
			},
			{
				PreConfig:         env.ForgetCalls,
				Config:            named(env, `status = "Disabled"`),
				ConfigPlanChecks:  planned(plancheck.ResourceActionUpdate),
				ConfigStateChecks: as(map[string]knownvalue.Check{"status": knownvalue.StringExact("Disabled")}),
				Check: resource.ComposeTestCheckFunc(same, env.Inside(func(*terraform.State) error {
					got := env.Dfns.Webhooks()[0]
					if got.ID != id || got.Status != "Disabled" || got.Description != env.Name {
						return fmt.Errorf("the sandbox holds %+v", got)
					}
					return calls(acctest.Changes(env.DfnsCalls), "POST /auth/action/init 200", "POST /auth/action 200", "PUT /webhooks/"+id+" 200")
				})),
			},
			{
				PreConfig:         env.ForgetCalls,
				Config:            at(env, `status = "Disabled"`),
				ConfigPlanChecks:  planned(plancheck.ResourceActionUpdate),
				ConfigStateChecks: as(map[string]knownvalue.Check{"description": knownvalue.Null()}),
				Check: resource.ComposeTestCheckFunc(same, env.Inside(func(*terraform.State) error {
					if got := env.Dfns.Webhooks()[0]; got.Description != "" {
						return fmt.Errorf("the description was not cleared: %q", got.Description)
					}
					return lastBody(env, `{"description":""}`)
				})),
			},
			{
				PreConfig:        env.ForgetCalls,
				Config:           at(env, `status = "Disabled"`, `timeouts { create = "1m" }`),
				ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				Check: resource.ComposeTestCheckFunc(same, env.Inside(func(*terraform.State) error {
					return calls(acctest.Changes(env.DfnsCalls), []string{}...)
				})),
			},
		},
	})
}

// created compares the state with the one webhook that the sandbox holds.
func created(env *acctest.Env) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		got := env.Dfns.Webhooks()
		if len(got) != 1 {
			return fmt.Errorf("the sandbox holds %d webhooks, want 1", len(got))
		}
		attributes := state.RootModule().Resources[address].Primary.Attributes
		if attributes["id"] != got[0].ID || attributes["secret"] != got[0].Secret {
			return errors.New("id and secret in state are not those of the webhook")
		}
		return calls(acctest.Changes(env.DfnsCalls), "POST /auth/action/init 200", "POST /auth/action 200", "POST /webhooks 200")
	}
}

func imports(t *testing.T, env *acctest.Env) {
	env.Test(t, resource.TestCase{
		CheckDestroy: gone(t, env),
		Steps: []resource.TestStep{
			{Config: named(env)},
			{
				ResourceName:            address,
				ImportState:             true,
				ImportStateVerify:       true,
				ImportStateVerifyIgnore: []string{"secret"},
				ImportStateCheck: func(states []*terraform.InstanceState) error {
					if secret, ok := states[0].Attributes["secret"]; ok && secret != "" {
						return errors.New("an import cannot know the secret")
					}
					return nil
				},
			},
			{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		},
	})
}

func changedOutside(t *testing.T, env *acctest.Env) {
	env.Test(t, resource.TestCase{
		CheckDestroy: gone(t, env),
		Steps: []resource.TestStep{
			{Config: named(env)},
			{
				PreConfig: func() {
					disabled := dfns.StatusDisabled
					if _, err := env.DfnsClient(t).UpdateWebhook(t.Context(), own(t, env), dfns.UpdateWebhookRequest{Status: &disabled}); err != nil {
						t.Fatal(err)
					}
				},
				Config:           named(env),
				ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				Check: func(*terraform.State) error {
					if got := own(t, env); got.Status != dfns.StatusEnabled {
						return fmt.Errorf("the webhook is %s", got.Status)
					}
					return nil
				},
			},
		},
	})
}

func deletedOutside(t *testing.T, env *acctest.Env) {
	var former string
	env.Test(t, resource.TestCase{
		CheckDestroy: gone(t, env),
		Steps: []resource.TestStep{
			{Config: named(env)},
			{
				PreConfig: func() {
					former = own(t, env).ID
					if err := env.DfnsClient(t).DeleteWebhook(t.Context(), former, ""); err != nil {
						t.Fatal(err)
					}
					env.ForgetCalls()
				},
				Config:           named(env),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				Check: func(state *terraform.State) error {
					if own(t, env).ID == former {
						return errors.New("the webhook that was deleted is back")
					}
					return env.Inside(created(env))(state)
				},
			},
		},
	})
}

// own returns the one webhook of the test by asking the API for it.
func own(t *testing.T, env *acctest.Env) *dfns.Webhook {
	t.Helper()
	var found []*dfns.Webhook
	for webhook, err := range env.DfnsClient(t).ListWebhooks(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if webhook.URL == env.URL() {
			found = append(found, webhook)
		}
	}
	if len(found) != 1 {
		t.Fatalf("there are %d webhooks of this test, want 1", len(found))
	}
	return found[0]
}

func dataSources(t *testing.T, env *acctest.Env) {
	const one, all, events = "data.webhook_dfns.test", "data.webhook_dfns_webhooks.test", "data.webhook_dfns_events.test"
	config := named(env) + `
data "webhook_dfns" "test" {
  id = webhook_dfns.test.id
}
data "webhook_dfns_webhooks" "test" {
  url = data.webhook_dfns.test.url
}
data "webhook_dfns_events" "test" {
  webhook_id = webhook_dfns.test.id
}
`
	env.Test(t, resource.TestCase{
		CheckDestroy: gone(t, env),
		Steps: []resource.TestStep{{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(one, attribute("url"), knownvalue.StringExact(env.URL())),
				statecheck.ExpectKnownValue(one, attribute("events"), knownvalue.SetSizeExact(2)),
				statecheck.ExpectKnownValue(one, attribute("status"), knownvalue.StringExact("Enabled")),
				statecheck.ExpectKnownValue(one, attribute("description"), knownvalue.StringExact(env.Name)),
				statecheck.ExpectKnownValue(one, attribute("date_created"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(one, attribute("date_updated"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(all, attribute("webhooks"), knownvalue.ListSizeExact(1)),
				statecheck.ExpectKnownValue(events, attribute("events"), knownvalue.ListSizeExact(0)),
			},
			ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
		}},
	})
}

func query(t *testing.T, env *acctest.Env) {
	env.Test(t, resource.TestCase{
		TerraformVersionChecks: acctest.WithActions(),
		CheckDestroy:           gone(t, env),
		Steps: []resource.TestStep{
			{Config: named(env)},
			{
				Query:             true,
				Config:            fmt.Sprintf("list \"webhook_dfns\" \"test\" {\n  provider = webhook\n  config {\n    url = %q\n  }\n}\n", env.URL()),
				QueryResultChecks: []querycheck.QueryResultCheck{querycheck.ExpectLength("webhook_dfns.test", 1)},
			},
		},
	})
}
