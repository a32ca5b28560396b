package tfenfinitos_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// under returns a provider that calls a sandbox with a path put before every other one. Of those it knows none, and says
// so in its own words.
func under(t *testing.T, env *acctest.Env, path string) *acctest.Protocol {
	t.Helper()
	return asking(t, env, env.EnfinitosURL+path)
}

// asking returns a provider that calls a URL with the key of a sandbox.
func asking(t *testing.T, env *acctest.Env, url string) *acctest.Protocol {
	t.Helper()
	variables := env.Env()
	variables["ENFINITOS_API_URL"] = url
	provider := acctest.NewProtocol(t, variables)
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

// Where the API does not prove that the subscription exists, it was not seen there.
func TestAccountIsRecordedOnlyWithProof(t *testing.T) {
	t.Parallel()
	here, there := acctest.New(t, sandbox.Config{}), acctest.New(t, sandbox.Config{})
	instance := &acctest.Instance{Provider: configured(t, here), Type: "webhook_enfinitos"}
	clean(t, instance.Apply(configuration(true)))
	instance.Provider = under(t, there, "/other")
	inject(t, there, sandbox.Fault{Path: "/other/v1/webhooks/*/deliveries", Effect: sandbox.Status, Status: 403, Times: 1})()
	if report := instance.Refresh(); !acctest.Says("Not Proven").MatchString(report.Problems) {
		t.Fatalf("%+v", report)
	}
	if report := instance.Refresh(); !report.Failed() || instance.State == nil {
		t.Errorf("it is gone: %+v", report)
	}
}
