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
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// Whatever else changes makes a new subscription; the former is gone or, where that is impossible, paused.
func TestWebhookReplacement(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"url":    {"hooks.example.com", "elsewhere.example.com"},
		"events": {`"right.revoked"`, `"right.expired"`},
		"label":  {`label = "rights"`, `label = "other"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
				env.Test(t, resource.TestCase{
					CheckDestroy: nothingActive(env, conventional),
					Steps: []resource.TestStep{
						{Config: webhook()},
						{
							Config:           strings.Replace(webhook(), change[0], change[1], 1),
							ConfigPlanChecks: planned(plancheck.ResourceActionReplace),
							Check: func(state *terraform.State) error {
								all := env.Enfinitos.Subscriptions()
								live := all[len(all)-1]
								if got := state.RootModule().Resources[address].Primary.Attributes["secret"]; got != live.Secret || !live.Active {
									return errors.New("the state does not hold the secret of the live subscription")
								}
								if former := all[0]; len(all) > 1 && (conventional || former.Active) {
									return fmt.Errorf("the former subscription is still there, active %t", former.Active)
								}
								return nil
							},
						},
					},
				})
			})
		})
	}
}

func TestWebhookCreatedPaused(t *testing.T) {
	t.Parallel()
	profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
		env.Test(t, resource.TestCase{
			CheckDestroy: nothingActive(env, conventional),
			Steps: []resource.TestStep{{
				Config:           webhook(`active = false`),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				Check: func(state *terraform.State) error {
					got := env.Enfinitos.Subscriptions()[0]
					if got.Active {
						return errors.New("it was not paused")
					}
					return errors.Join(tracked(env)(state), calls(env, "POST /v1/webhooks 201", "POST /v1/webhooks/"+got.ID+"/active 200"))
				},
			}},
		})
	})
}

// A subscription that could not be paused at first stays in state, id and secret, and the next plan pauses it, even
// where the API cannot tell that it is active.
func TestWebhookPauseFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"refused": {Effect: "status", Status: 403},
		"outage":  {Effect: "status", Status: 500},
		"cut":     {Effect: "drop_before"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
				fault.Method, fault.Path = "POST", "/v1/webhooks/*/active"
				inject(t, env, fault)()
				env.Test(t, resource.TestCase{
					CheckDestroy: nothingActive(env, conventional),
					Steps: []resource.TestStep{
						{Config: webhook(`active = false`), Check: tracked(env), ExpectNonEmptyPlan: true},
						{
							PreConfig:        env.EnfinitosCalls.ClearFaults,
							Config:           webhook(`active = false`),
							ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
							Check: func(state *terraform.State) error {
								if env.Enfinitos.Subscriptions()[0].Active {
									return errors.New("it was not paused")
								}
								return tracked(env)(state)
							},
						},
					},
				})
			})
		})
	}
}

func TestWebhookDeletedOutsideIsCreatedAgain(t *testing.T) {
	t.Parallel()
	profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
		env.Test(t, resource.TestCase{
			CheckDestroy: nothingActive(env, conventional),
			Steps: []resource.TestStep{
				{Config: webhook()},
				{
					PreConfig:        func() { env.Enfinitos.Remove(env.Enfinitos.Subscriptions()[0].ID) },
					Config:           webhook(),
					ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
					Check:            tracked(env),
				},
			},
		})
	})
}

// Drift is seen where the API can be read. Where it cannot, the state stays as it is.
func TestWebhookDrift(t *testing.T) {
	t.Parallel()
	profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
		expected := plancheck.ResourceActionNoop
		if conventional {
			expected = plancheck.ResourceActionUpdate
		}
		env.Test(t, resource.TestCase{
			CheckDestroy: nothingActive(env, conventional),
			Steps: []resource.TestStep{
				{Config: webhook()},
				{
					PreConfig: func() {
						id := env.Enfinitos.Subscriptions()[0].ID
						if err := env.Enfinitos.Edit(id, func(s *enfinitos.Subscription) { s.Active = false }); err != nil {
							t.Error(err)
						}
					},
					Config:           webhook(),
					ConfigPlanChecks: planned(expected),
					Check: func(*terraform.State) error {
						if got := env.Enfinitos.Subscriptions()[0].Active; got != conventional {
							return fmt.Errorf("active is %t", got)
						}
						return nil
					},
				},
			},
		})
	})
}

// One refresh costs one call, and one more where the API has no call to read a subscription.
func TestWebhookRefreshCalls(t *testing.T) {
	t.Parallel()
	profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
		provider := configured(t, env)
		id := env.Enfinitos.Register(enfinitos.Subscription{URL: "https://hooks.example.com/", Events: []string{"*"}, Label: "x"})
		if problems := acctest.Text(read(provider, id)); strings.Contains(problems, "ERROR") {
			t.Fatal(problems)
		}
		want := []string{"GET /v1/webhooks/" + id + " 200"}
		if !conventional {
			want = []string{"GET /v1/webhooks/" + id + " 404", "GET /v1/webhooks/" + id + "/deliveries?limit=1 200"}
		}
		if got := acctest.Reads(env.EnfinitosCalls); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("calls %q, want %q", got, want)
		}
	})
}

func TestWebhookImport(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"id":       "import {\n  to = webhook_enfinitos.test\n  id = %q\n}\n",
		"identity": "import {\n  to = webhook_enfinitos.test\n  identity = { id = %q }\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
				id := env.Enfinitos.Register(enfinitos.Subscription{
					URL: "https://hooks.example.com/enfinitos", Events: []string{"right.issued", "right.revoked"}, Label: "rights",
				})
				test := resource.TestCase{Steps: []resource.TestStep{{
					Config:           webhook() + fmt.Sprintf(config, id),
					ConfigPlanChecks: planned(plancheck.ResourceActionNoop),
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(address, attribute("id"), knownvalue.StringExact(id)),
						statecheck.ExpectKnownValue(address, attribute("secret"), knownvalue.Null()),
					},
				}, {
					Config:           webhook(`active = false`),
					ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				}}}
				if name == "identity" {
					test.TerraformVersionChecks = acctest.WithIdentity()
				}
				if !conventional {
					test.Steps = []resource.TestStep{{
						Config:      webhook() + fmt.Sprintf(config, id),
						ExpectError: acctest.Says("Unable to import EnfinitOS webhook", "Subscription "+id+" cannot be imported, because this API has no call to read"),
					}}
				}
				env.Test(t, test)
			})
		})
	}
}
