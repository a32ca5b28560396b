package tfdfns_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// reads counts the reads of single webhooks and the pages of lists.
func reads(env *acctest.Env) (single, pages int) {
	for _, call := range env.DfnsCalls.Journal() {
		switch {
		case call.Method == http.MethodGet && call.Path == "/webhooks":
			pages++
		case call.Method == http.MethodGet:
			single++
		}
	}
	return single, pages
}

// An empty plan of one webhook costs one read, of more one and a page of the list, and it changes nothing.
func TestWebhookEmptyPlanCalls(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]int{1: 0, 2: 1, 5: 1} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			config := webhook(fmt.Sprintf("count = %d", count), "description = count.index")
			env.Test(t, resource.TestCase{Steps: []resource.TestStep{
				{Config: config},
				{PreConfig: env.DfnsCalls.ForgetCalls, Config: config, PlanOnly: true},
				{
					PreConfig: func() { // sees the plans above and none of its own; how many that are is the testing library's affair
						if plans, pages := reads(env); plans < 1 || pages != plans*want {
							t.Errorf("each plan makes a read and %d/%d pages, want %d", pages, plans, want)
						}
						if err := calls(acctest.Changes(env.DfnsCalls), []string{}...); err != nil {
							t.Error(err)
						}
					},
					Config: config, PlanOnly: true,
				},
			}})
		})
	}
}

// A plan that imports 250 webhooks costs a few calls with the system's clock too, by which a list may outlive itself on a
// slow machine.
func TestWebhookPlanOfMany(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	ids := registered(env, 250)
	cli := env.CLI(t, webhook("for_each = local.ids")+fmt.Sprintf(`
locals {
  ids = toset(["%s"])
}
import {
  for_each = local.ids
  to       = webhook_dfns.test[each.key]
  id       = each.key
}
`, strings.Join(ids, `", "`)))
	out, err := env.Run(t, cli, "plan", "-no-color")
	if err != nil || !strings.Contains(out, "250 to import, 0 to add, 0 to change, 0 to destroy") {
		t.Errorf("%v: %s", err, out)
	}
	if single, pages := reads(env); single+pages > 10 {
		t.Errorf("there were %d reads and %d pages", single, pages)
	}
}

// One of many is deleted outside: exactly that one is asked for by itself and planned again.
func TestWebhookOneOfManyDeletedOutside(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	config := webhook("count = 5", "description = count.index")
	gone := ""
	var checks []plancheck.PlanCheck
	for i := range 5 {
		action := plancheck.ResourceActionNoop
		if i == 3 {
			action = plancheck.ResourceActionCreate
		}
		checks = append(checks, plancheck.ExpectResourceAction(fmt.Sprintf("webhook_dfns.test[%d]", i), action))
	}
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: config},
		{
			PreConfig: func() {
				for _, webhook := range env.Dfns.Webhooks() {
					if webhook.Description == "3" {
						gone = webhook.ID
					}
				}
				env.Dfns.Remove(gone)
				env.DfnsCalls.ForgetCalls()
			},
			Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: checks},
		},
	}})
	if !slices.Contains(acctest.Reads(env.DfnsCalls), "GET /webhooks/"+gone+" 404") || len(env.Dfns.Webhooks()) != 0 {
		t.Errorf("the reads are %q", acctest.Reads(env.DfnsCalls))
	}
}

// registered adds webhooks of equal content and returns their ids.
func registered(env *acctest.Env, count int) (ids []string) {
	for range count {
		ids = append(ids, existing(env))
	}
	return ids
}

// refreshed refreshes webhooks, ten at a time, and returns the ids of those that are gone.
func refreshed(t *testing.T, provider *acctest.Protocol, ids []string) (gone []string) {
	t.Helper()
	kind := provider.Schemas.ResourceSchemas["webhook_dfns"].ValueType()
	var all sync.WaitGroup
	var mu sync.Mutex
	slots := make(chan struct{}, 10)
	for _, id := range ids {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			resp := provider.ReadFully("webhook_dfns", map[string]acctest.Value{"id": acctest.String(id), "url": acctest.String("https://former.example.com")})
			state, err := resp.NewState.Unmarshal(kind)
			if err != nil || len(resp.Diagnostics) != 0 && !state.IsNull() {
				t.Errorf("%v %s", err, acctest.Text(resp.Diagnostics))
				return
			}
			mu.Lock()
			defer mu.Unlock()
			attributes := map[string]tftypes.Value{}
			if state.IsNull() {
				gone = append(gone, id)
			} else if err := state.As(&attributes); err != nil || !attributes["id"].Equal(acctest.String(id)) || !attributes["url"].Equal(acctest.String("https://hooks.example.com/dfns")) {
				t.Errorf("the state of %s is %v", id, state)
			}
		})
	}
	all.Wait()
	return gone
}

// A refresh of 1,000 webhooks costs six calls. For one that is gone it costs a read and one list more.
func TestRefreshOfManyWebhooks(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]int{450: 3, 1000: 5} {
		env := acctest.New(t, sandbox.Config{})
		ids := registered(env, count)
		if gone := refreshed(t, configured(t, env), ids); len(gone) != 0 {
			t.Errorf("%q count as gone", gone)
		}
		if single, pages := reads(env); single != 1 || pages != want {
			t.Errorf("a refresh of %d webhooks made %d reads and %d pages", count, single, pages)
		}
		env.Dfns.Remove(ids[count/2])
		env.DfnsCalls.ForgetCalls()
		if gone := refreshed(t, configured(t, env), ids); len(gone) != 1 || gone[0] != ids[count/2] {
			t.Errorf("%q count as gone", gone)
		}
		if single, pages := reads(env); single != 2 || pages != 2*want {
			t.Errorf("a refresh of %d webhooks, one of them gone, made %d reads and %d pages", count, single, pages)
		}
	}
}

// A token that may not list still refreshes, one by one, and asks for the list once.
func TestRefreshWithoutList(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	ids := registered(env, 100)
	inject(t, env, sandbox.Fault{Method: "GET", Path: "/webhooks", Effect: "status", Status: 403})()
	if gone := refreshed(t, configured(t, env), ids); len(gone) != 0 {
		t.Errorf("%q count as gone", gone)
	}
	if single, pages := reads(env); single != 100 || pages != 1 {
		t.Errorf("there were %d reads and %d pages", single, pages)
	}
}

// The data source shares reads with the resource.
func TestWebhookDataSourcesShareAList(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	provider := configured(t, env)
	for _, id := range registered(env, 20) {
		if got := provider.ReadData("webhook_dfns", map[string]acctest.Value{"id": acctest.String(id)}); len(got) != 0 {
			t.Error(acctest.Text(got))
		}
	}
	if single, pages := reads(env); single != 1 || pages != 1 {
		t.Errorf("there were %d reads and %d pages", single, pages)
	}
}
