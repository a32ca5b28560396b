package cli_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
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
		reads, err := client.Reads(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return reads
	}
	unreadable := func() (bool, error) { return !reads(), nil }
	unlisted := func() (bool, error) { return !v.Lists || !acctest.HasActions(t), nil }
	steps := []resource.TestStep{
		{
			Config: v.HCL(on) + data, ConfigPlanChecks: actions(v, plancheck.ResourceActionCreate), Check: held(false),
			ConfigStateChecks: append(state(v, on), statecheck.ExpectSensitiveValue(v.Address(), tfjsonpath.New("secret"))),
		},
		{Config: v.HCL(off), ConfigPlanChecks: actions(v, plancheck.ResourceActionUpdate), ConfigStateChecks: state(v, off), Check: held(true)},
		{
			PreConfig: env.ForgetCalls, Config: v.HCL(off, `timeouts { create = "1m" }`), ConfigPlanChecks: actions(v, plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(held(true), env.Inside(func(*terraform.State) error {
				if changes := acctest.Changes(v.API(env)); len(changes) > 0 {
					return fmt.Errorf("changes were made: %q", changes)
				}
				return nil
			})),
		},
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
	env.Test(t, resource.TestCase{Steps: steps, CheckDestroy: func(*terraform.State) error { return client.Silent(t.Context(), id) }})
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
	for name, value := range config {
		var on bool
		var text string
		var check knownvalue.Check
		if value.As(&on) == nil {
			check = knownvalue.Bool(on)
		}
		if value.As(&text) == nil {
			check = knownvalue.StringExact(text)
		}
		if name != "events" {
			checks = append(checks, statecheck.ExpectKnownValue(v.Address(), tfjsonpath.New(name), check))
		}
	}
	return checks
}

// A CLI keeps between its runs in which account a webhook is, and tells a destroy that reads nothing before.
func TestAnotherAccountWithCLI(t *testing.T) {
	t.Parallel()
	// The webhooks are old by their own dates: nobody waits until reads must show them.
	config := sandbox.Config{EnfinitosConventional: true, Clock: func() time.Time { return time.Now().Add(-time.Hour) }}
	here, there := acctest.New(t, config), acctest.New(t, config)
	var text string
	var away []string
	for _, v := range Vendors {
		text += v.HCL(v.Config)
		for _, place := range v.Elsewhere {
			if place.Path != "" && place.Want != nil {
				for name, value := range place.Settings {
					if strings.HasSuffix(name, "_URL") {
						value = front(v, t, there, place.Path)
					}
					away = append(away, name+"="+value)
				}
			}
		}
	}
	cli := here.CLI(t, text)
	if out, err := here.Run(t, cli, apply...); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, arguments := range [][]string{{"plan"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		out, err := here.RunWith(t, cli, away, append(arguments, "-no-color")...)
		if err == nil || strings.Count(out, "Webhook of Another Account") != len(Vendors) {
			t.Errorf("%s: %v: %s", arguments, err, out)
		}
	}
	if out, err := here.Run(t, cli, "plan", "-no-color", "-detailed-exitcode"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// front serves a sandbox under a path, to whoever comes with whatever token.
func front(v Vendor, t *testing.T, env *acctest.Env, path string) string {
	t.Helper()
	proxy := &httputil.ReverseProxy{
		Transport: v.API(env).Transport(),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: "localhost"})
			r.Out.Header.Set("Authorization", "Bearer "+v.Token(env))
		},
	}
	return acctest.Serve(t, http.StripPrefix(path, proxy).ServeHTTP) + path
}

var apply = []string{"apply", "-no-color", "-auto-approve"}
