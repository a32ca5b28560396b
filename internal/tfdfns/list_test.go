package tfdfns_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// seed registers webhooks, every second of them disabled.
func seed(env *acctest.Env, count int) {
	for i := range count {
		env.Dfns.Register(dfns.Webhook{
			URL: fmt.Sprintf("https://user:hunter2@hooks.example.com/%d", i), Events: []string{"wallet.created"},
			Status: []string{"Enabled", "Disabled"}[i%2],
		})
	}
}

// The limit is honoured down to the size of the pages that are asked of the API.
func TestListLimit(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	seed(env, 450)
	provider := configured(t, env)
	for limit, want := range map[int64]struct {
		results int
		calls   []string
	}{
		7:    {7, []string{"GET /webhooks?limit=7 200"}},
		200:  {200, []string{"GET /webhooks?limit=200 200"}},
		1000: {450, []string{"GET /webhooks?limit=200 200", "GET /webhooks?limit=200&paginationToken=MjAw 200", "GET /webhooks?limit=200&paginationToken=NDAw 200"}},
	} {
		env.DfnsCalls.ForgetCalls()
		results := provider.List("webhook_dfns", limit, nil)
		if diff := cmp.Diff(want.calls, acctest.Reads(env.DfnsCalls)); diff != "" || len(results) != want.results {
			t.Errorf("limit %d: %d results, want %d; calls (-want +got):\n%s", limit, len(results), want.results, diff)
		}
	}
}

// The filters select what is shown. A display name holds no path of a url, and no result a secret.
func TestListResults(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	seed(env, 20)
	provider := configured(t, env)
	for _, test := range []struct {
		url, status string
		first, want int
	}{
		{"", "Disabled", 1, 10}, {"https://user:hunter2@HOOKS.example.com:443/3", "", 3, 1}, {"https://user:hunter2@hooks.example.com/3", "Enabled", 0, 0},
		{"", "Paused", 0, 0},
	} {
		filter := values{}
		for name, value := range map[string]string{"url": test.url, "status": test.status} {
			if value != "" {
				filter[name] = acctest.String(value)
			}
		}
		results := provider.List("webhook_dfns", 100, filter)
		if len(results) != test.want {
			t.Errorf("%+v: %d results", test, len(results))
		}
		for i, result := range results {
			want := env.Dfns.Webhooks()[test.first+2*i]
			if result.DisplayName != fmt.Sprintf("https://hooks.example.com (%s)", want.ID) {
				t.Errorf("display name %q", result.DisplayName)
			}
			attributes := provider.Attributes("webhook_dfns", result.Resource)
			if !attributes["id"].Equal(acctest.String(want.ID)) || !attributes["url"].Equal(acctest.String(want.URL)) ||
				!attributes["secret"].IsNull() || !attributes["timeouts"].IsNull() {
				t.Errorf("the resource is %v", attributes)
			}
		}
	}
}

// An error in the middle of a list is never lost.
func TestListErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	seed(env, 250)
	inject(t, env, sandbox.Fault{Path: "/webhooks", Skip: 1, Effect: "status", Status: 403})
	provider := configured(t, env)
	results := provider.List("webhook_dfns", 1000, nil)
	last, read := acctest.Text(results[len(results)-1].Diagnostics), acctest.Text(provider.ReadData("webhook_dfns_webhooks", nil))
	if want := acctest.Says("ERROR Unable to read Dfns webhook", "Webhooks:Read"); len(results) != 201 || !want.MatchString(last) || !want.MatchString(read) {
		t.Errorf("%d results, the last %q; the data source says %q", len(results), last, read)
	}
}

// Events that an answer leaves out are null.
func TestListWithoutEvents(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	seed(env, 1)
	inject(t, env, sandbox.Fault{Path: "/webhooks", Effect: "patch", Patch: json.RawMessage(`{"items": {"events": null}}`)})
	provider := configured(t, env)
	results := provider.List("webhook_dfns", 100, nil)
	if problems := acctest.Text(provider.ReadData("webhook_dfns_webhooks", nil)); problems != "" || len(results) != 1 || len(results[0].Diagnostics) != 0 {
		t.Fatalf("%s %v", problems, results)
	}
	if !provider.Attributes("webhook_dfns", results[0].Resource)["events"].IsNull() {
		t.Error("the events are not null")
	}
}

// What a query generates for all existing webhooks plans no change once it is imported, also where one is odd. The import tells once that
// the secrets are unknown.
func TestQueryGeneratesConfiguration(t *testing.T) {
	t.Parallel()
	acctest.RequireActions(t)
	env := acctest.New(t, sandbox.Config{})
	seed(env, 3)
	env.Dfns.Register(dfns.Webhook{
		URL: "http://hooks.example.com", Events: []string{"wallet.exploded"}, Status: "Paused", Description: "first\n}\n  third \"line\"",
	})
	cli := env.CLI(t, "provider \"webhook\" {}\n")
	query := "list \"webhook_dfns\" \"all\" {\n  provider         = webhook\n  include_resource = true\n}\n"
	if err := os.WriteFile(filepath.Join(cli.WorkingDir(), "all.tfquery.hcl"), []byte(query), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := env.Run(t, cli, "query", "-no-color", "-generate-config-out=generated.tf"); err != nil || !strings.Contains(out, `first } third "line" (wh-`) {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := env.Run(t, cli, "plan", "-no-color")
	if err != nil || !acctest.Says("Plan: 4 to import, 0 to add, 0 to change, 0 to destroy", "Unknown Event Kind: wallet.exploded").MatchString(out) ||
		strings.Count(out, "Signing Secret Unknown After Import") != 1 {
		t.Errorf("%v: %s", err, out)
	}
}
