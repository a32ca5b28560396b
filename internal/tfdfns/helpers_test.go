package tfdfns_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// example is a configuration for the plugin protocol, with further attributes.
func example(further ...map[string]acctest.Value) map[string]acctest.Value {
	out := map[string]acctest.Value{
		"url": acctest.String("https://hooks.example.com/dfns"), "events": acctest.StringSet("wallet.created"), "status": acctest.String("Enabled"),
	}
	for _, attributes := range further {
		for name, value := range attributes {
			out[name] = value
		}
	}
	return out
}

// existing registers a webhook outside of Terraform.
func existing(env *acctest.Env) string {
	return env.Dfns.Register(existingAt("https://hooks.example.com/dfns"))
}

func existingAt(url string) dfns.Webhook {
	return dfns.Webhook{URL: url, Events: []string{"wallet.transfer.confirmed", "wallet.created"}, Status: "Enabled"}
}

func inject(t *testing.T, env *acctest.Env, fault sandbox.Fault) {
	t.Helper()
	if err := env.DfnsCalls.AddFault(fault); err != nil {
		t.Fatal(err)
	}
}
