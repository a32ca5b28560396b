package tfdfns_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// receiver returns the url of a receiver that answers with a status.
func receiver(t *testing.T, status int) string {
	t.Helper()
	return acctest.Serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
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
			inject(t, env, sandbox.Fault{Path: "/webhooks/*/ping", Effect: "patch", Patch: json.RawMessage(fmt.Sprintf(`{"status":%q,"error":%q}`, test.status, test.error))})()
			provider := configured(t, env)
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
