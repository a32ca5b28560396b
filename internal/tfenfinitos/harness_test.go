package tfenfinitos_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

const address = "webhook_enfinitos.test"

func attribute(name string) tfjsonpath.Path { return tfjsonpath.New(name) }

// webhook returns a configuration of one subscription, with further attributes where given.
func webhook(further ...string) string {
	return "resource \"webhook_enfinitos\" \"test\" {\n  url = \"https://hooks.example.com/enfinitos\"\n" +
		"  events = [\"right.issued\", \"right.revoked\"]\n  " + strings.Join(append([]string{`label = "rights"`}, further...), "\n  ") + "\n}\n"
}

// profiles runs a test against an API that has only what is documented and against one that has the conventional rest.
func profiles(t *testing.T, test func(t *testing.T, env *acctest.Env, conventional bool)) {
	t.Helper()
	for name, conventional := range map[string]bool{"documented": false, "conventional": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, acctest.New(t, sandbox.Config{EnfinitosConventional: conventional}), conventional)
		})
	}
}

func inject(t *testing.T, env *acctest.Env, fault sandbox.Fault) func() {
	return func() {
		if err := env.EnfinitosCalls.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
}

// calls compares the changes made since the journal was last emptied.
func calls(env *acctest.Env, want ...string) error {
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, acctest.Changes(env.EnfinitosCalls)); diff != "" {
		return errors.New("calls (-want +got):\n" + diff)
	}
	return nil
}

func planned(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

// nothingActive fails when a destroy has left a subscription that still delivers. Where none can be deleted, what is
// left must be paused.
func nothingActive(env *acctest.Env, conventional bool) func(*terraform.State) error {
	return func(*terraform.State) error {
		for _, subscription := range env.Enfinitos.Subscriptions() {
			if conventional || subscription.Active {
				return fmt.Errorf("the sandbox still holds %s, active %t", subscription.ID, subscription.Active)
			}
		}
		return nil
	}
}

// tracked fails unless the state holds the one subscription there is, with its live secret.
func tracked(env *acctest.Env) func(*terraform.State) error {
	return func(state *terraform.State) error {
		got := env.Enfinitos.Subscriptions()
		if len(got) != 1 {
			return fmt.Errorf("the sandbox holds %d subscriptions, want 1", len(got))
		}
		attributes := state.RootModule().Resources[address].Primary.Attributes
		if attributes["id"] != got[0].ID || attributes["secret"] != got[0].Secret {
			return errors.New("id and secret in state are not those of the subscription")
		}
		return nil
	}
}
