package tfenfinitos_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

type values = map[string]acctest.Value

func inject(t *testing.T, env *acctest.Env, fault sandbox.Fault) {
	t.Helper()
	if err := env.EnfinitosCalls.AddFault(fault); err != nil {
		t.Fatal(err)
	}
}

// configured returns a provider that calls a sandbox. The path is put before every other one. Of those the sandbox knows none, and says
// so in its own words.
func configured(t *testing.T, env *acctest.Env, path string) *acctest.Protocol {
	t.Helper()
	variables := env.Env()
	variables["ENFINITOS_API_URL"] += path
	provider := acctest.NewProtocol(t, variables)
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

func configuration(active bool) values {
	return values{
		"url": acctest.String("https://hooks.example.com/"), "events": acctest.StringSet("right.issued"),
		"label": acctest.String("rights"), "active": acctest.Bool(active),
	}
}

// created returns an active subscription that the provider has created.
func created(t *testing.T, env *acctest.Env) *acctest.Instance {
	t.Helper()
	instance := &acctest.Instance{Provider: configured(t, env, ""), Type: "webhook_enfinitos"}
	if report := instance.Apply(configuration(true)); report.Failed() {
		t.Fatalf("%+v", report)
	}
	return instance
}

// register adds a subscription to url outside Terraform.
func register(env *acctest.Env, url string) string {
	return env.Enfinitos.Register(enfinitos.Subscription{URL: url, Events: []string{"*"}, Label: "x"})
}
