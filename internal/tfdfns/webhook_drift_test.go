package tfdfns_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// edit changes the only webhook outside of Terraform.
func edit(t *testing.T, env *acctest.Env, change func(*dfns.Webhook)) func() {
	return func() {
		if err := env.Dfns.Edit(env.Dfns.Webhooks()[0].ID, change); err != nil {
			t.Fatal(err)
		}
	}
}

func planned(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

func TestWebhookDriftIsRepaired(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*dfns.Webhook){
		"url":         func(w *dfns.Webhook) { w.URL = "https://elsewhere.example.com/" },
		"events":      func(w *dfns.Webhook) { w.Events = []string{"*"} },
		"status":      func(w *dfns.Webhook) { w.Status = "Disabled" },
		"description": func(w *dfns.Webhook) { w.Description = "edited by hand" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			env.Test(t, resource.TestCase{
				CheckDestroy: holds(env, none),
				Steps: []resource.TestStep{
					{Config: webhook()},
					{
						PreConfig:        edit(t, env, change),
						Config:           webhook(),
						ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
						Check: func(*terraform.State) error {
							got := env.Dfns.Webhooks()[0]
							if got.URL != "https://hooks.example.com/dfns" || len(got.Events) != 2 || got.Status != "Enabled" || got.Description != "" {
								return fmt.Errorf("the sandbox holds %+v", got)
							}
							return nil
						},
					},
				},
			})
		})
	}
}

// What a server may normalize or reorder is no change.
func TestWebhookEquivalentAnswersAreNoDrift(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	config := `resource "webhook_dfns" "test" {
  url         = "https://hooks.example.com"
  events      = ["wallet.created", "key.created"]
  description = ""
}
`
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: config},
		{
			PreConfig: edit(t, env, func(w *dfns.Webhook) {
				w.URL = "https://Hooks.example.com:443/"
				w.Events = []string{"wallet.created", "key.created"}
			}),
			Config:           config,
			ConfigPlanChecks: planned(plancheck.ResourceActionNoop),
		},
	}})
}

// A state that was written before there were identities gets one, even when the webhook turns out to be gone.
func TestWebhookIdentityOfWhatIsGone(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	for name, id := range map[string]string{"there": existing(env), "gone": "wh-00000-00000-0000000000000000"} {
		resp := configured(t, env).ReadFully("webhook_dfns", map[string]acctest.Value{"id": acctest.String(id), "url": acctest.String("https://former.example.com")})
		problems := acctest.Text(resp.Diagnostics)
		if (problems != "") != (name == "gone") || strings.Contains(problems, "ERROR") || resp.NewIdentity == nil || resp.NewIdentity.IdentityData == nil {
			t.Errorf("%s: %s identity %v", name, problems, resp.NewIdentity)
		}
	}
}
