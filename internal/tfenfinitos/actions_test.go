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
	const replay, processDue = "webhook_enfinitos_replay", "webhook_enfinitos_process_due"
	for name, test := range map[string]struct {
		action string
		fault  sandbox.Fault
		want   []string
	}{
		"receiver fails":   {replay, sandbox.Fault{}, []string{"EnfinitOS Replay Failed", "dlv_", "connect: connection refused", "Receiver status: 500"}},
		"no such delivery": {replay, sandbox.Fault{Effect: "status", Status: 404}, []string{"Unable to replay EnfinitOS delivery", "dlv_", "Check the ids"}},
		"answer lost":      {replay, sandbox.Fault{Effect: "drop_after"}, []string{"no answer", "may or may not have done this"}},
		"scope":            {processDue, sandbox.Fault{Effect: "status", Status: 403}, []string{"Unable to process due EnfinitOS retries", "403 Forbidden", "scope"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, withReceiver)
			id := register(env)
			attributes := map[string]acctest.Value{"subscription_id": acctest.String(id), "delivery_id": acctest.String(lost(env, id))}
			env.Enfinitos.FailReplays("connect: connection refused")
			if test.fault.Effect != "" {
				inject(t, env, test.fault)()
			}
			if test.action == processDue {
				attributes = nil
			}
			if _, err := configured(t, env).Invoke(test.action, attributes); err == nil || !acctest.Says(test.want...).MatchString(err.Error()) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// At most 50 retries are processed at once, and an action without an id has nothing to do.
func TestInvalidActions(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	for config, want := range map[string]*regexp.Regexp{
		triggered("webhook_enfinitos_process_due", "limit = 51"): acctest.Says("limit", "between 1 and 50"),
		replayOf("whs_1", ""): acctest.Says("delivery_id"),
	} {
		env.Test(t, resource.TestCase{
			TerraformVersionChecks: acctest.WithActions(),
			Steps:                  []resource.TestStep{{Config: config, PlanOnly: true, ExpectError: want}},
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
