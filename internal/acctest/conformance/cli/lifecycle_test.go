package cli_test

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
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// The life of a webhook under a real CLI: created, changed, imported in each way, changed and deleted outside, and destroyed.
func TestLifecycleWithCLI(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for name, profile := range v.Profiles {
			t.Run(v.Name+" "+name, func(t *testing.T) {
				t.Parallel()
				lifecycle(v, t, acctest.New(t, profile.Sandbox))
			})
		}
	}
}

// lifecycle runs the life of a webhook at a sandbox or an account.
func lifecycle(v Vendor, t *testing.T, env *acctest.Env) {
	client := v.Client(t, env)
	var id, secret string
	on := v.With(Values{"url": acctest.String(env.URL()), v.NamedBy: acctest.String(env.Name)})
	off := v.With(on, v.Off)
	data := strings.ReplaceAll(v.Data, "ADDRESS", v.Address())
	held := func(same bool) resource.TestCheckFunc {
		return func(state *terraform.State) error {
			attributes := state.RootModule().Resources[v.Address()].Primary.Attributes
			if (attributes["id"] == id && attributes["secret"] == secret) != same || attributes["id"] == "" || attributes["secret"] == "" {
				return fmt.Errorf("the state holds id %s, and held %s", attributes["id"], id)
			}
			id, secret = attributes["id"], attributes["secret"]
			return nil
		}
	}
	reads := func() bool {
		_, err := client.Find(t.Context(), id)
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			t.Fatal(err)
		}
		return err == nil
	}
	unreadable := func() (bool, error) { return !reads(), nil }
	unlisted := func() (bool, error) { return !v.Lists || !acctest.HasActions(t), nil }
	steps := []resource.TestStep{
		{
			Config: v.HCL(on) + data, ConfigPlanChecks: actions(v, plancheck.ResourceActionCreate), Check: held(false),
			ConfigStateChecks: append(state(v, on), statecheck.ExpectSensitiveValue(v.Address(), tfjsonpath.New("secret"))),
		},
		{Config: v.HCL(off), ConfigPlanChecks: actions(v, plancheck.ResourceActionUpdate), ConfigStateChecks: state(v, off), Check: held(true)},
		{Config: v.HCL(on), ConfigPlanChecks: actions(v, plancheck.ResourceActionUpdate), Check: held(true)},
		{SkipFunc: unreadable, ResourceName: v.Address(), ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"secret"}},
		{SkipFunc: unreadable, ResourceName: v.Address(), ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		{
			SkipFunc:     func() (bool, error) { return !acctest.HasIdentity(t) || !reads(), nil },
			ResourceName: v.Address(), ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity,
		},
		{
			SkipFunc: unreadable, Config: v.HCL(on), ConfigPlanChecks: actions(v, plancheck.ResourceActionUpdate), Check: held(true),
			PreConfig: func() {
				if err := client.TurnOff(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			SkipFunc: func() (bool, error) {
				err := client.Delete(t.Context(), id)
				if errors.Is(err, errors.ErrUnsupported) {
					return true, nil
				}
				return false, err
			},
			Config: v.HCL(on), ConfigPlanChecks: actions(v, plancheck.ResourceActionCreate), Check: held(false),
		},
		{
			SkipFunc: unlisted, Query: true, QueryResultChecks: []querycheck.QueryResultCheck{querycheck.ExpectLength(v.Address(), 1)},
			Config: fmt.Sprintf("list %q \"test\" {\n  provider = webhook\n  config {\n    url = %q\n  }\n}\n", v.Type, env.URL()),
		},
	}
	env.Test(t, resource.TestCase{Steps: steps, CheckDestroy: func(*terraform.State) error { return silent(t, v, id, client) }})
}

// silent returns an error if a webhook is still there. One that is paused is good enough where the API cannot delete.
func silent(t *testing.T, v Vendor, id string, client conformance.Client) error {
	on, err := client.Find(t.Context(), id)
	switch {
	case httpapi.IsNotFound(err), errors.Is(err, errors.ErrUnsupported), err == nil && !on && v.Pauses():
		return nil
	}
	return errors.Join(fmt.Errorf("webhook %s is still there", id), err)
}

// actions are the checks that a plan has one action and the plan after it none.
func actions(v Vendor, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(v.Address(), action)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

// state are the checks that a state holds a configuration.
func state(v Vendor, config Values) (checks []statecheck.StateCheck) {
	for name, value := range acctest.Plain(config) {
		var check knownvalue.Check
		switch value := value.(type) {
		case bool:
			check = knownvalue.Bool(value)
		case string:
			check = knownvalue.StringExact(value)
		default:
			continue // the events
		}
		checks = append(checks, statecheck.ExpectKnownValue(v.Address(), tfjsonpath.New(name), check))
	}
	return checks
}

var apply = []string{"apply", "-no-color", "-auto-approve"}
