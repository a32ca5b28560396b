package tfdfns_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The vendor's call succeeds whatever the receiver does; the action does not.
func TestPing(t *testing.T) {
	t.Parallel()
	answers := func(patch string) sandbox.Fault {
		return sandbox.Fault{Path: "/webhooks/*/ping", Effect: "patch", Patch: json.RawMessage(patch)}
	}
	refused := func(status int) sandbox.Fault {
		return sandbox.Fault{Path: "/webhooks/*/ping", Effect: "status", Status: status}
	}
	for name, test := range map[string]struct {
		fault sandbox.Fault
		want  []string // of the error, or of the progress of a ping that succeeds
	}{
		"answered":      {sandbox.Fault{Path: "/none", Effect: "delay"}, []string{"test event to webhook wh-", "The receiver answered 200"}},
		"refused":       {answers(`{"status":"503","error":"Service Unavailable"}`), []string{"Dfns Ping Failed", "status 503, Service Unavailable"}},
		"other 2xx":     {answers(`{"status":"204"}`), []string{"which must answer 200", "status 204."}},
		"no status":     {answers(`{"status":null}`), []string{"no status"}},
		"no webhook":    {refused(404), []string{"Unable to ping Dfns webhook", "webhook wh-", "no such object"}},
		"no permission": {refused(403), []string{"lacks the permission Webhooks:Ping"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			receiver := acctest.Serve(t, func(http.ResponseWriter, *http.Request) {})
			inject(t, env, test.fault)
			id := acctest.String(env.Dfns.Register(existingAt(receiver)))
			got, err := configured(t, env).Invoke("webhook_dfns_ping", values{"webhook_id": id})
			if err != nil {
				got = err.Error()
			}
			if !acctest.Says(test.want...).MatchString(got) || (err == nil) != (name == "answered") {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}
