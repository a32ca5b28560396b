package tfwebhook_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

const (
	dfnsAddress      = "webhook_dfns.test"
	enfinitosAddress = "webhook_enfinitos.test"
)

// bothVendors returns a webhook of each vendor, with further attributes.
func bothVendors(further ...string) string {
	lines := strings.Join(further, "\n  ")
	return fmt.Sprintf(`
resource "webhook_dfns" "test" {
  url    = "https://hooks.example.com/dfns"
  events = ["wallet.created"]
  %s
}
resource "webhook_enfinitos" "test" {
  url    = "https://hooks.example.com/enfinitos"
  events = ["right.issued"]
  label  = "rights"
  %s
}
`, lines, lines)
}

func recipients(identities ...*age.X25519Identity) string {
	var quoted []string
	for _, identity := range identities {
		quoted = append(quoted, fmt.Sprintf("%q", identity.Recipient().String()))
	}
	return "secret_recipients = [" + strings.Join(quoted, ", ") + "]"
}

func planned(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(dfnsAddress, action), plancheck.ExpectResourceAction(enfinitosAddress, action),
		},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

// holding fails unless the state holds the live secret of both webhooks: in the clear for nobody, else encrypted such that
// each of the identities decrypts it.
func holding(t *testing.T, env *acctest.Env, identities ...age.Identity) resource.TestCheckFunc {
	t.Helper()
	return func(state *terraform.State) error {
		dfns, enfinitos := env.Dfns.Webhooks(), env.Enfinitos.Subscriptions()
		if len(dfns) != 1 || len(enfinitos) != 1 {
			return fmt.Errorf("the sandbox holds %d and %d webhooks", len(dfns), len(enfinitos))
		}
		resources := state.RootModule().Resources
		return errors.Join(
			holds(t, resources[dfnsAddress].Primary.Attributes, dfns[0].Secret, identities),
			holds(t, resources[enfinitosAddress].Primary.Attributes, enfinitos[0].Secret, identities),
		)
	}
}

func holds(t *testing.T, attributes map[string]string, live string, identities []age.Identity) error {
	t.Helper()
	armored := attributes["secret_encrypted"]
	if len(identities) == 0 && (attributes["secret"] != live || armored != "") {
		return errors.New("the secret is not the live one in the clear alone")
	}
	if len(identities) > 0 && attributes["secret"] != "" {
		return errors.New("the secret is in the clear")
	}
	for _, identity := range identities {
		if decrypted(t, armored, identity) != live {
			return errors.New("the secret, decrypted, is not the live one")
		}
	}
	return nil
}

// changesNothing fails when a change was made at either vendor since the journals were last emptied.
func changesNothing(env *acctest.Env) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if changes := append(acctest.Changes(env.DfnsCalls), acctest.Changes(env.EnfinitosCalls)...); len(changes) > 0 {
			return fmt.Errorf("changes were made: %q", changes)
		}
		return nil
	}
}

func forgetCalls(env *acctest.Env) func() {
	return func() {
		env.DfnsCalls.ForgetCalls()
		env.EnfinitosCalls.ForgetCalls()
	}
}

// The ways a secret is held follow one another in the life of a webhook of either vendor: in the clear, encrypted in
// place without a call, kept through other changes, replaced where it cannot be encrypted anew, rotated by its version.
func TestSecretLifecycle(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	alice, _ := newKey(t)
	bob, _ := newKey(t)
	const timeouts = `timeouts { create = "1m" }`
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: bothVendors(), ConfigPlanChecks: planned(plancheck.ResourceActionCreate), Check: holding(t, env)},
		{
			PreConfig: forgetCalls(env), Config: bothVendors(recipients(alice)), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
			Check: resource.ComposeAggregateTestCheckFunc(holding(t, env, alice), changesNothing(env)),
		},
		{Config: bothVendors(recipients(alice), timeouts), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate), Check: holding(t, env, alice)},
		{Config: bothVendors(recipients(alice, bob)), ConfigPlanChecks: planned(plancheck.ResourceActionReplace), Check: holding(t, env, alice, bob)},
		{
			PreConfig: forgetCalls(env), Config: bothVendors(recipients(alice, bob), "secret_version = 1.1"),
			ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
			Check:            resource.ComposeAggregateTestCheckFunc(holding(t, env, alice, bob), changesNothing(env)),
		},
		{
			Config:           bothVendors(recipients(alice, bob), "secret_version = 1.2"),
			ConfigPlanChecks: planned(plancheck.ResourceActionReplace), Check: holding(t, env, alice, bob),
		},
		{Config: bothVendors(), ConfigPlanChecks: planned(plancheck.ResourceActionReplace), Check: holding(t, env)},
	}})
}

// An import into a configuration that has everything set replaces nothing and calls for nothing: the secret is in use.
func TestImportWithSecretSettings(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	identity, _ := newKey(t)
	imports := fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\nimport {\n  to = %s\n  id = %q\n}\n",
		dfnsAddress, env.Dfns.Register(dfns.Webhook{
			URL: "https://hooks.example.com/dfns", Events: []string{"wallet.created"}, Status: "Enabled",
		}),
		enfinitosAddress, env.Enfinitos.Register(enfinitos.Subscription{
			URL: "https://hooks.example.com/enfinitos", Events: []string{"right.issued"}, Label: "rights", Active: true,
		}))
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
		Config:           imports + bothVendors(recipients(identity), "secret_version = 7"),
		ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
		Check:            changesNothing(env),
	}}})
}
