package tfenfinitos_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
)

// The cases that a live test runs too, at an account. What only a sandbox shows is asserted with Inside.
var cases = map[string]func(*testing.T, *acctest.Env){
	"lifecycle": lifecycle, "replacement": replacement, "import": imports, "deliveries": listsDeliveries,
}

func TestWebhookCases(t *testing.T) {
	t.Parallel()
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profiles(t, func(t *testing.T, env *acctest.Env, _ bool) { run(t, env) })
		})
	}
}

// named is the configuration of webhook() under the name and at the url of the test.
func named(env *acctest.Env, further ...string) string {
	return strings.NewReplacer(`"rights"`, fmt.Sprintf("%q", env.Name), "https://hooks.example.com/enfinitos", env.URL()).
		Replace(webhook(further...))
}

// silent asks the API whether the subscription of a state is gone or, where it cannot be deleted, paused. Whether it is
// paused only an API tells that can be read.
func silent(t *testing.T, env *acctest.Env) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		id := state.RootModule().Resources[address].Primary.ID
		found, presence, err := env.EnfinitosClient(t).Find(t.Context(), id, "")
		switch {
		case enfinitos.IsNotFound(err) || err == nil && presence != enfinitos.Readable:
			return env.Inside(nothingActive(env, false))(state)
		case err == nil && found.Active.Value != nil && !*found.Active.Value:
			return nil
		}
		return errors.Join(fmt.Errorf("subscription %s is still there: %+v", id, found), err)
	}
}

// unreadable reports that the API cannot read the subscription of the test, so that a step on imports has to be skipped.
func unreadable(t *testing.T, env *acctest.Env, id *string) func() (bool, error) {
	return func() (bool, error) {
		_, presence, err := env.EnfinitosClient(t).Find(t.Context(), *id, "")
		return presence != enfinitos.Readable, err
	}
}

// remember keeps the id and the secret in a state.
func remember(id, secret *string) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		attributes := state.RootModule().Resources[address].Primary.Attributes
		*id, *secret = attributes["id"], attributes["secret"]
		if *id == "" || *secret == "" {
			return errors.New("the state has no id or no secret")
		}
		return nil
	}
}

// kept compares a state with what remember kept.
func kept(id, secret *string) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		attributes := state.RootModule().Resources[address].Primary.Attributes
		if attributes["id"] != *id || attributes["secret"] != *secret {
			return errors.New("the id or the secret in state has changed")
		}
		return nil
	}
}

func lifecycle(t *testing.T, env *acctest.Env) {
	var id, secret string
	// sent compares what changed nothing but active with the calls it may cost.
	sent := func(active bool, want func() []string) resource.TestCheckFunc {
		return resource.ComposeTestCheckFunc(kept(&id, &secret), env.Inside(func(state *terraform.State) error {
			if got := env.Enfinitos.Subscriptions()[0].Active; got != active {
				return fmt.Errorf("active is %t", got)
			}
			return errors.Join(tracked(env)(state), calls(env, want()...))
		}))
	}
	set := func() []string { return []string{"POST /v1/webhooks/" + id + "/active 200"} }
	env.Test(t, resource.TestCase{
		CheckDestroy: silent(t, env),
		Steps: []resource.TestStep{
			{
				Config:           named(env),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, attribute("active"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(address, attribute("developer_id"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(address, attribute("created_at"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(address, attribute("secret_last_rotated_at"), knownvalue.Null()),
					statecheck.ExpectSensitiveValue(address, attribute("secret")),
				},
				Check: resource.ComposeTestCheckFunc(remember(&id, &secret),
					sent(true, func() []string { return []string{"POST /v1/webhooks 201"} })),
			},
			{
				PreConfig:        env.ForgetCalls,
				Config:           named(env, `active = false`),
				ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				Check:            sent(false, set),
			},
			{
				PreConfig:        env.ForgetCalls,
				Config:           named(env, `active = false`, `timeouts { create = "1m" }`),
				ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				Check:            sent(false, func() []string { return nil }),
			},
			{
				PreConfig:        env.ForgetCalls,
				Config:           named(env),
				ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				Check:            sent(true, set),
			},
		},
	})
}

func replacement(t *testing.T, env *acctest.Env) {
	var id, secret string
	env.Test(t, resource.TestCase{
		CheckDestroy: silent(t, env),
		Steps: []resource.TestStep{
			{Config: named(env), Check: remember(&id, &secret)},
			{
				Config:           strings.Replace(named(env), "right.revoked", "right.expired", 1),
				ConfigPlanChecks: planned(plancheck.ResourceActionReplace),
				Check: func(state *terraform.State) error {
					if attributes := state.RootModule().Resources[address].Primary.Attributes; attributes["id"] == id || attributes["secret"] == secret {
						return errors.New("the id or the secret has not changed")
					}
					return nil
				},
			},
		},
	})
}

func imports(t *testing.T, env *acctest.Env) {
	var id, secret string
	skip := unreadable(t, env, &id)
	env.Test(t, resource.TestCase{
		CheckDestroy: silent(t, env),
		Steps: []resource.TestStep{
			{Config: named(env), Check: remember(&id, &secret)},
			{
				SkipFunc: skip, ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"secret"},
			},
			{SkipFunc: skip, ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		},
	})
}

func listsDeliveries(t *testing.T, env *acctest.Env) {
	env.Test(t, resource.TestCase{
		CheckDestroy: silent(t, env),
		Steps: []resource.TestStep{{
			Config:           named(env) + "data \"webhook_enfinitos_deliveries\" \"test\" {\n  subscription_id = webhook_enfinitos.test.id\n}\n",
			ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.webhook_enfinitos_deliveries.test", attribute("deliveries"), knownvalue.ListSizeExact(0)),
			},
		}},
	})
}
