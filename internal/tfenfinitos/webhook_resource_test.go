package tfenfinitos_test

import (
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// A subscription that is created paused is active for a moment, because the API cannot create it otherwise.
func TestWebhookCreatedPaused(t *testing.T) {
	t.Parallel()
	profiles(t, func(t *testing.T, env *acctest.Env, _ bool) {
		instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
		clean(t, instance.Apply(configuration(false)))
		if err := calls(env, "POST /v1/webhooks 201", "POST /v1/webhooks/"+instance.Text("id")+"/active 200"); err != nil || env.Enfinitos.Subscriptions()[0].Active {
			t.Errorf("%v, and it is %+v", err, env.Enfinitos.Subscriptions())
		}
	})
}

// One refresh costs one call, and one more where the API has no call to read a subscription.
func TestWebhookRefreshCalls(t *testing.T) {
	t.Parallel()
	profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
		provider := configured(t, env)
		id := env.Enfinitos.Register(enfinitos.Subscription{URL: "https://hooks.example.com/", Events: []string{"*"}, Label: "x"})
		if problems := acctest.Text(read(provider, id)); strings.Contains(problems, "ERROR") {
			t.Fatal(problems)
		}
		want := []string{"GET /v1/webhooks/" + id + " 200"}
		if !conventional {
			want = []string{"GET /v1/webhooks/" + id + " 404", "GET /v1/webhooks/" + id + "/deliveries?limit=1 200"}
		}
		if got := acctest.Reads(env.EnfinitosCalls); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("calls %q, want %q", got, want)
		}
	})
}
