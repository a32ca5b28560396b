package tfenfinitos_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

func TestWebhookDataSource(t *testing.T) {
	t.Parallel()
	const data = "data.webhook_enfinitos.test"
	profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
		config := webhook() + "data \"webhook_enfinitos\" \"test\" {\n  id = webhook_enfinitos.test.id\n}\n"
		if !conventional {
			env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
				Config: config, ExpectError: acctest.Says("Unable to read EnfinitOS webhook", "Subscription whs_", "cannot be read, because this API has no call to read"),
			}}})
			return
		}
		env.Test(t, resource.TestCase{Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(data, attribute("url"), knownvalue.StringExact("https://hooks.example.com/enfinitos")),
					statecheck.ExpectKnownValue(data, attribute("events"), knownvalue.SetSizeExact(2)),
					statecheck.ExpectKnownValue(data, attribute("label"), knownvalue.StringExact("rights")),
					statecheck.ExpectKnownValue(data, attribute("active"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(data, attribute("last_delivered_at"), knownvalue.Null()),
				},
			},
			{
				PreConfig: func() {
					if err := env.Enfinitos.RecordEvent("right.issued", nil); err != nil {
						t.Error(err)
					}
				},
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(data, attribute("last_delivered_at"), knownvalue.NotNull()),
				},
			},
		}})
	})
}

func TestWebhookDataSourceOfNothing(t *testing.T) {
	t.Parallel()
	profiles(t, func(t *testing.T, env *acctest.Env, _ bool) {
		env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
			Config:      "data \"webhook_enfinitos\" \"test\" {\n  id = \"whs_none\"\n}\n",
			ExpectError: acctest.Says("Reading subscription whs_none failed", "has no such subscription"),
		}}})
	})
}

// deliveries returns a configuration that lists the deliveries of a subscription.
func deliveries(id string, further ...string) string {
	return fmt.Sprintf("data \"webhook_enfinitos_deliveries\" \"test\" {\n  subscription_id = %q\n  %s\n}\n", id, strings.Join(further, "\n  "))
}

func TestDeliveriesDataSource(t *testing.T) {
	t.Parallel()
	const data = "data.webhook_enfinitos_deliveries.test"
	env := acctest.New(t, sandbox.Config{})
	id := register(env)
	for i := range 120 {
		env.Enfinitos.AddDelivery(enfinitos.Delivery{
			SubscriptionID: id, Status: enfinitos.Delivered, Attempts: 1, HTTPStatus: 200, Payload: fmt.Sprintf(`{"number":%d}`, i),
		})
	}
	dead := env.Enfinitos.AddDelivery(enfinitos.Delivery{
		SubscriptionID: id, Status: enfinitos.DeadLettered, Attempts: 5, Error: "connection refused", Payload: `{"number":120}`,
	})
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{
			Config: deliveries(id) + "output \"newest\" {\n  value = jsondecode(" + data + ".deliveries[0].payload).number\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(data, attribute("deliveries"), knownvalue.ListSizeExact(100)),
				statecheck.ExpectKnownOutputValue("newest", knownvalue.Int64Exact(120)),
			},
		},
		{
			Config: deliveries(id, "max_results = 7"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(data, attribute("deliveries"), knownvalue.ListSizeExact(7)),
			},
		},
		{
			Config: deliveries(id, `status = "dead_lettered"`),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(data, attribute("deliveries"), knownvalue.ListExact([]knownvalue.Check{
					knownvalue.ObjectPartial(map[string]knownvalue.Check{
						"id":            knownvalue.StringExact(dead),
						"status":        knownvalue.StringExact("dead_lettered"),
						"attempt_count": knownvalue.Int64Exact(5),
						"error_message": knownvalue.StringExact("connection refused"),
						"http_status":   knownvalue.Null(),
						"delivered_at":  knownvalue.Null(),
					}),
				})),
			},
		},
		{
			Config: deliveries(id, `status = "queued"`),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(data, attribute("deliveries"), knownvalue.ListSizeExact(0)),
			},
		},
	}})
}

// No more is asked of the API than is wanted.
func TestDeliveriesDataSourceCalls(t *testing.T) {
	t.Parallel()
	for most, want := range map[int]int{7: 1, 50: 1, 51: 2, 100: 2, 1000: 3} {
		env := acctest.New(t, sandbox.Config{})
		id := register(env)
		for range 120 {
			env.Enfinitos.AddDelivery(enfinitos.Delivery{SubscriptionID: id, Status: enfinitos.Delivered})
		}
		got := acctest.Text(configured(t, env).ReadData("webhook_enfinitos_deliveries", map[string]acctest.Value{
			"subscription_id": acctest.String(id), "max_results": acctest.Number(most),
		}))
		if made := acctest.Reads(env.EnfinitosCalls); got != "" || len(made) != want {
			t.Errorf("max_results %d: %s %q, want %d calls", most, got, made, want)
		}
	}
}

func TestDeliveriesDataSourceErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := register(env)
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: deliveries("whs_none"), ExpectError: acctest.Says("the deliveries of subscription whs_none", "no such subscription")},
		{Config: deliveries(id, "max_results = 0"), ExpectError: acctest.Says("max_results", "at least 1")},
		{
			PreConfig:   inject(t, env, sandbox.Fault{Path: "/v1/webhooks/*/deliveries", Effect: "status", Status: 403}),
			Config:      deliveries(id),
			ExpectError: acctest.Says("403 Forbidden", "scope * or audit:read"),
		},
	}})
}

// A monitor with a misspelt status would stay silent forever.
func TestDeliveriesOfAnUnknownStatus(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	for status, want := range map[string]bool{`"dead_lettered"`: false, `"deadlettered"`: true, "null": false, "var.unknown": false} {
		config := deliveries("whs_1", "status = "+status) + "variable \"unknown\" {}\n" // validate knows no values
		out, err := env.Run(t, env.CLI(t, config), "validate", "-no-color")
		if err != nil || strings.Contains(out, "Warning:") != want {
			t.Errorf("%s: %v: %s", status, err, out)
		}
		if want && !acctest.Says("Unknown Status: deadlettered", `["queued" "delivered" "failed" "dead_lettered"]`).MatchString(out) {
			t.Errorf("%s: %s", status, out)
		}
	}
}

// An id that would reach another path is never sent, and the error says so instead of sending people to their network.
func TestIDsThatAreNone(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	provider := configured(t, env)
	for _, id := range []string{"", ".", ".."} {
		attributes := map[string]acctest.Value{
			"id": acctest.String(id), "subscription_id": acctest.String(id), "delivery_id": acctest.String("whd_1"),
		}
		_, replayed := provider.Invoke("webhook_enfinitos_replay", attributes)
		for what, got := range map[string]string{
			"import":     acctest.Text(provider.Read("webhook_enfinitos", attributes)),
			"delete":     acctest.Text(provider.Delete("webhook_enfinitos", attributes)),
			"data":       acctest.Text(provider.ReadData("webhook_enfinitos", attributes)),
			"deliveries": acctest.Text(provider.ReadData("webhook_enfinitos_deliveries", attributes)),
			"replay":     fmt.Sprint(replayed),
		} {
			if !strings.Contains(got, "The id is not valid. No request was sent") || strings.Contains(got, "base_url") {
				t.Errorf("%s of %q: %s", what, id, got)
			}
		}
	}
	if made := env.EnfinitosCalls.Journal(); len(made) != 0 {
		t.Errorf("calls were made: %v", made)
	}
}
