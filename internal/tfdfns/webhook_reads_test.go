package tfdfns_test

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// A refresh of many webhooks costs one read and a page of the list for every 200, whether of resources or of data sources. For one that
// is gone it costs a read and one list more.
func TestRefreshOfManyWebhooks(t *testing.T) {
	t.Parallel()
	for what, read := range map[string]func(*acctest.Protocol, values) []*tfprotov6.Diagnostic{
		"resource": func(p *acctest.Protocol, state values) []*tfprotov6.Diagnostic { return p.Read("webhook_dfns", state) },
		"data source": func(p *acctest.Protocol, state values) []*tfprotov6.Diagnostic {
			return p.ReadData("webhook_dfns", values{"id": state["id"]})
		},
	} {
		env := acctest.New(t, sandbox.Config{})
		provider := configured(t, env)
		for range 450 {
			existing(env)
		}
		webhooks := env.Dfns.Webhooks()
		env.Dfns.Remove(webhooks[449].ID)
		for i, webhook := range webhooks {
			problems := acctest.Text(read(provider, values{
				"id": acctest.String(webhook.ID), "url": acctest.String(webhook.URL), "date_created": acctest.String("2020-01-01T00:00:00Z"),
			}))
			if (problems != "") != (i == 449) {
				t.Errorf("%s %d: %s", what, i, problems)
			}
		}
		list := []string{"GET /webhooks?limit=200 200", "GET /webhooks?limit=200&paginationToken=MjAw 200", "GET /webhooks?limit=200&paginationToken=NDAw 200"}
		gone := append([]string{"GET /webhooks/" + webhooks[449].ID + " 404"}, list...)
		want := slices.Concat([]string{"GET /webhooks/" + webhooks[0].ID + " 200"}, list, gone)
		if got := acctest.Reads(env.DfnsCalls); !slices.Equal(got[:min(len(got), len(want))], want) {
			t.Errorf("%s: the calls are %q, want %q", what, got, want)
		}
	}
}
