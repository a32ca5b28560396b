package tfdfns_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// receiver returns the url of a receiver that answers with a status.
func receiver(t *testing.T, status int) string {
	t.Helper()
	return acctest.Serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// pinged returns a configuration of a webhook that is pinged once it is created.
func pinged(url string) string {
	return fmt.Sprintf(`
resource "webhook_dfns" "test" {
  url    = %q
  events = ["wallet.created"]
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.webhook_dfns_ping.test]
    }
  }
}
action "webhook_dfns_ping" "test" {
  config {
    webhook_id = webhook_dfns.test.id
  }
}
`, url)
}

func TestPingAfterCreate(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	env.Test(t, resource.TestCase{
		TerraformVersionChecks: acctest.WithActions(),
		Steps: []resource.TestStep{{
			Config: pinged(receiver(t, 200)),
			PostApplyFunc: func() {
				id := env.Dfns.Webhooks()[0].ID
				if err := calls(acctest.Changes(env.DfnsCalls),
					"POST /auth/action/init 200", "POST /auth/action 200", "POST /webhooks 200",
					"POST /auth/action/init 200", "POST /auth/action 200", "POST /webhooks/"+id+"/ping 200"); err != nil {
					t.Error(err)
				}
			},
		}},
	})
}

func TestPingProgress(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := env.Dfns.Register(existingAt(receiver(t, 200)))
	progress, err := configured(t, env).Invoke("webhook_dfns_ping", map[string]acctest.Value{"webhook_id": acctest.String(id)})
	if err != nil || !acctest.Says("test event to webhook "+id, "The receiver answered 200").MatchString(progress) {
		t.Errorf("%q, %v", progress, err)
	}
}

// The vendor's call succeeds whatever the receiver does; the action does not.
func TestPingFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status, error string
		want          *regexp.Regexp
	}{
		"refused":     {"503", "Service Unavailable", acctest.Says("Dfns Ping Failed", "status 503, Service Unavailable")},
		"unreachable": {"ECONNREFUSED", "connect ECONNREFUSED", acctest.Says("status ECONNREFUSED, connect ECONNREFUSED")},
		"other 2xx":   {"204", "", acctest.Says("which must answer 200", "status 204.")},
		"no status":   {"", "", acctest.Says("no status")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			id := existing(env)
			acctest.Rewrite(t, &env.DfnsURL, rewriteBody("POST", func(answer map[string]any) {
				answer["status"], answer["error"] = test.status, test.error
			}))
			environment := env.Env()
			environment["DFNS_API_URL"] = env.DfnsURL
			provider := acctest.NewProtocol(t, environment)
			provider.Configure(nil)
			_, err := provider.Invoke("webhook_dfns_ping", map[string]acctest.Value{"webhook_id": acctest.String(id)})
			if err == nil || !test.want.MatchString(err.Error()) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPingErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	provider := configured(t, env)
	ping := func(id string) error {
		_, err := provider.Invoke("webhook_dfns_ping", map[string]acctest.Value{"webhook_id": acctest.String(id)})
		return err
	}
	const none = "wh-00000-00000-0000000000000000"
	if err := ping(none); err == nil || !acctest.Says("Unable to ping Dfns webhook", none, "no such webhook").MatchString(err.Error()) {
		t.Errorf("got %v", err)
	}
	inject(t, env, sandbox.Fault{Path: "/webhooks/*/ping", Effect: "status", Status: 403})()
	if err := ping(none); err == nil || !acctest.Says("lacks the permission Webhooks:Ping").MatchString(err.Error()) {
		t.Errorf("got %v", err)
	}
}

func TestPingInvokedByCommand(t *testing.T) {
	t.Parallel()
	acctest.RequireActions(t)
	env := acctest.New(t, sandbox.Config{})
	id := env.Dfns.Register(existingAt(receiver(t, 200)))
	cli := env.CLI(t, fmt.Sprintf("action \"webhook_dfns_ping\" \"test\" {\n  config {\n    webhook_id = %q\n  }\n}\n", id))
	out, err := env.Run(t, cli, "apply", "-auto-approve", "-no-color", "-invoke=action.webhook_dfns_ping.test")
	if err != nil || !acctest.Says("The receiver answered 200").MatchString(out) {
		t.Errorf("%v: %s", err, out)
	}
}
