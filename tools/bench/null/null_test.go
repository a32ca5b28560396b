package main

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/tools/bench/plugin"
)

// The null provider keeps Terraform's rules, or it could not be compared.
func TestNullProvider(t *testing.T) {
	t.Parallel()
	protocol := acctest.TalkTo(t, providerserver.NewProtocol6(plugin.Provider{New: newWebhook})())
	instance := &acctest.Instance{Provider: protocol, Type: "webhook_dfns"}
	for _, want := range []struct{ description, planned string }{{"before", "create"}, {"before", "no-op"}, {"after", "update"}} {
		report := instance.Apply(map[string]acctest.Value{
			"url":         acctest.String("https://hooks.example.com/1"),
			"events":      acctest.StringSet("wallet.transfer.confirmed"),
			"description": acctest.String(want.description),
		})
		if report.Problems != "" || report.Planned != want.planned || instance.Text("description") != want.description {
			t.Errorf("%s: %+v, %s", want, report, instance.Text("description"))
		}
	}
	if report := instance.Destroy(); report.Problems != "" || instance.State != nil {
		t.Errorf("destroy: %+v", report)
	}
}
