package tfenfinitos_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// lost returns a sandbox whose receiver answers 200, with a subscription and deliveries of which the first attempt failed.
func lost(t *testing.T, count int) (env *acctest.Env, id string) {
	t.Helper()
	env = acctest.New(t, sandbox.Config{ReceiverAddress: "127.0.0.1:0"})
	id = register(env, env.ReceiverURL)
	for range count {
		env.Enfinitos.AddDelivery(enfinitos.Delivery{
			WebhookID: id, Status: enfinitos.Failed, Attempts: 1, HTTPStatus: 500, NextRetry: time.Now().Add(-time.Minute),
		})
	}
	return env, id
}

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

// A replay sends one delivery again. At most 50 retries are processed at once, and an action without an id has nothing to do.
func TestActionsInTerraform(t *testing.T) {
	t.Parallel()
	env, id := lost(t, 1)
	delivery := env.Enfinitos.Deliveries()[0].ID
	replay := func(delivery string) string {
		return triggered("webhook_enfinitos_replay", fmt.Sprintf("subscription_id = %q\n    delivery_id = %q", id, delivery))
	}
	fails := func(config string, want *regexp.Regexp) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true, ExpectError: want}
	}
	env.Test(t, resource.TestCase{
		TerraformVersionChecks: acctest.WithActions(),
		Steps: []resource.TestStep{
			fails(triggered("webhook_enfinitos_process_due", "limit = 51"), acctest.Says("limit", "between 1 and 50")),
			fails(replay(""), acctest.Says("delivery_id")),
			{Config: replay(delivery), PostApplyFunc: func() {
				calls := []string{"POST /v1/webhooks/" + id + "/deliveries/" + delivery + "/replay 200"}
				if diff := cmp.Diff(calls, acctest.Changes(env.EnfinitosCalls)); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
				if got := env.Enfinitos.Deliveries()[0]; got.Status != enfinitos.Delivered || got.Attempts != 2 {
					t.Errorf("the delivery is %+v", got)
				}
			}},
		},
	})
}

func TestActionErrors(t *testing.T) {
	t.Parallel()
	const replay, processDue = "webhook_enfinitos_replay", "webhook_enfinitos_process_due"
	for name, test := range map[string]struct {
		action string
		fault  sandbox.Fault
		want   []string
	}{
		"receiver fails": {replay, sandbox.Fault{Effect: "patch", Patch: json.RawMessage(`{}`)}, []string{"EnfinitOS Replay Failed", "dlv_", "connect: connection refused", "Receiver status: 500"}},
		"without a reason": {
			replay, sandbox.Fault{Effect: "patch", Patch: json.RawMessage(`{"data":{"replay":{"errorMessage":null}}}`)},
			[]string{"failed again: the API gives no reason. Receiver status: 500"},
		},
		"no such delivery": {replay, sandbox.Fault{Effect: "status", Status: 404}, []string{"Unable to replay EnfinitOS delivery", "dlv_", "no such object"}},
		"answer lost":      {replay, sandbox.Fault{Effect: "drop_after"}, []string{"no answer", "may or may not have done this"}},
		"scope":            {processDue, sandbox.Fault{Effect: "status", Status: 403}, []string{"Unable to process due EnfinitOS retries", "403 Forbidden", "scope"}},
	} {
		env, id := lost(t, 1)
		env.Enfinitos.FailReplays("connect: connection refused")
		inject(t, env, test.fault)
		attributes := values{"subscription_id": acctest.String(id), "delivery_id": acctest.String(env.Enfinitos.Deliveries()[0].ID)}
		if test.action == processDue {
			attributes = nil
		}
		if _, err := configured(t, env, "").Invoke(test.action, attributes); err == nil || !acctest.Says(test.want...).MatchString(err.Error()) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

func TestProcessDueAction(t *testing.T) {
	t.Parallel()
	env, _ := lost(t, 3)
	provider := configured(t, env, "")
	for _, step := range []struct {
		attributes values
		want       string
	}{
		{values{"limit": acctest.Number(2)}, "Processed 2 due retries: 2 delivered, 0 failed, 0 dead-lettered (limit 2)"},
		{nil, "Processed 1 due retries: 1 delivered, 0 failed, 0 dead-lettered (limit 10)"},
	} {
		got, err := provider.Invoke("webhook_enfinitos_process_due", step.attributes)
		if err != nil || !acctest.Says(step.want).MatchString(got) {
			t.Errorf("got %q, %v, want %q", got, err, step.want)
		}
	}
}
