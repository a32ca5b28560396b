package tfenfinitos_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// triggered returns a configuration that runs an action when a resource is created.
func triggered(action, config string) string {
	return fmt.Sprintf(`
action %q "test" {
  config {
    %s
  }
}
resource "terraform_data" "trigger" {
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.%s.test]
    }
  }
}
`, action, config, action)
}

// withReceiver has deliveries verified and answered with 200.
var withReceiver = sandbox.Config{ReceiverAddress: "127.0.0.1:0"}

func lost(env *acctest.Env, id string) string {
	return env.Enfinitos.AddDelivery(enfinitos.Delivery{
		SubscriptionID: id, Status: enfinitos.Failed, Attempts: 1, HTTPStatus: 500, NextRetry: time.Now().Add(-time.Minute),
	})
}

func replayOf(id, delivery string) string {
	return triggered("webhook_enfinitos_replay", fmt.Sprintf("subscription_id = %q\n    delivery_id = %q", id, delivery))
}

func TestReplayAction(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, withReceiver)
	id := register(env)
	delivery := lost(env, id)
	env.Test(t, resource.TestCase{
		TerraformVersionChecks: acctest.WithActions(),
		Steps: []resource.TestStep{{
			Config: replayOf(id, delivery),
			PostApplyFunc: func() {
				if got := env.Enfinitos.Deliveries()[0]; got.Status != enfinitos.Delivered || got.Attempts != 2 {
					t.Errorf("the delivery is %+v", got)
				}
				if err := calls(env, "POST /v1/webhooks/"+id+"/deliveries/"+delivery+"/replay 200"); err != nil {
					t.Error(err)
				}
			},
		}},
	})
}

// The API may leave out why a replay failed.
func TestReplayFailsWithoutAReason(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, withReceiver)
	id := register(env)
	delivery := lost(env, id)
	env.Enfinitos.FailReplays("refused")
	_, err := rewritten(t, env, `"refused"`, "null").Invoke("webhook_enfinitos_replay", map[string]acctest.Value{
		"subscription_id": acctest.String(id), "delivery_id": acctest.String(delivery),
	})
	if err == nil || !acctest.Says("failed again: the API gives no reason. Receiver status: 500").MatchString(err.Error()) {
		t.Errorf("got %v", err)
	}
}

func TestActionErrors(t *testing.T) {
	t.Parallel()
	replay := func(id, delivery string) string { return replayOf(id, delivery) }
	for name, test := range map[string]struct {
		disturb func(*testing.T, *acctest.Env)
		config  func(id, delivery string) string
		error   *regexp.Regexp
	}{
		"receiver fails": {
			func(_ *testing.T, env *acctest.Env) { env.Enfinitos.FailReplays("connect: connection refused") }, replay,
			acctest.Says("EnfinitOS Replay Failed", "dlv_", "connect: connection refused", "Receiver status: 500"),
		},
		"no such delivery": {
			nil, func(id, _ string) string { return replayOf(id, "dlv_none") },
			acctest.Says("Unable to replay EnfinitOS delivery", "dlv_none", "has no such delivery"),
		},
		"empty id": {
			nil, func(id, _ string) string { return replayOf(id, "") },
			acctest.Says("delivery_id", "at least 1"),
		},
		"answer lost": {
			func(t *testing.T, env *acctest.Env) {
				inject(t, env, sandbox.Fault{Path: "/v1/webhooks/*/deliveries/*/replay", Effect: "drop_after"})()
			}, replay,
			acctest.Says("no answer", "may or may not have done this"),
		},
		"limit": {
			nil, func(string, string) string { return triggered("webhook_enfinitos_process_due", "limit = 51") },
			acctest.Says("limit", "between 1 and 50"),
		},
		"scope": {
			func(t *testing.T, env *acctest.Env) {
				inject(t, env, sandbox.Fault{Path: "/v1/webhooks/deliveries/process-due", Effect: "status", Status: 403})()
			}, func(string, string) string { return triggered("webhook_enfinitos_process_due", "") },
			acctest.Says("Unable to process due EnfinitOS retries", "403 Forbidden", "scope"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, withReceiver)
			id := register(env)
			delivery := lost(env, id)
			if test.disturb != nil {
				test.disturb(t, env)
			}
			env.Test(t, resource.TestCase{
				TerraformVersionChecks: acctest.WithActions(),
				Steps:                  []resource.TestStep{{Config: test.config(id, delivery), ExpectError: test.error}},
			})
		})
	}
}

func TestProcessDueAction(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, withReceiver)
	id := register(env)
	for range 3 {
		lost(env, id)
	}
	got, err := configured(t, env).Invoke("webhook_enfinitos_process_due", map[string]acctest.Value{"limit": acctest.Number(2)})
	if err != nil || !acctest.Says("Processed 2 due retries: 2 delivered, 0 failed, 0 dead-lettered (limit 2)").MatchString(got) {
		t.Errorf("got %q, %v", got, err)
	}
	env.Test(t, resource.TestCase{
		TerraformVersionChecks: acctest.WithActions(),
		Steps: []resource.TestStep{
			{
				Config: triggered("webhook_enfinitos_process_due", ""),
				PostApplyFunc: func() {
					for _, delivery := range env.Enfinitos.Deliveries() {
						if delivery.Status != enfinitos.Delivered {
							t.Errorf("the delivery is %+v", delivery)
						}
					}
				},
			},
		},
	})
	got, err = configured(t, env).Invoke("webhook_enfinitos_process_due", nil)
	if err != nil || !acctest.Says("Processed 0 due retries", "(limit 10)").MatchString(got) {
		t.Errorf("got %q, %v", got, err)
	}
}

// An action can be run by itself.
func TestActionsInvokedByCommand(t *testing.T) {
	t.Parallel()
	acctest.RequireActions(t)
	env := acctest.New(t, withReceiver)
	id := register(env)
	delivery := lost(env, id)
	cli := env.CLI(t, fmt.Sprintf("action \"webhook_enfinitos_replay\" \"test\" {\n  config {\n    subscription_id = %q\n    delivery_id = %q\n  }\n}\n", id, delivery))
	out, err := env.Run(t, cli, "apply", "-auto-approve", "-no-color", "-invoke=action.webhook_enfinitos_replay.test")
	if err != nil || !acctest.Says("Replaying delivery "+delivery, "Delivered. Receiver status: 200").MatchString(out) {
		t.Errorf("%v: %s", err, out)
	}
	if got := env.Enfinitos.Deliveries()[0]; got.Status != enfinitos.Delivered {
		t.Errorf("the delivery is %+v", got)
	}
}
