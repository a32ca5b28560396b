package tfdfns_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"

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

func TestListResults(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	seed(env, 20)
	provider := configured(t, env)
	names := map[string]bool{}
	for i, result := range provider.List("webhook_dfns", 100, map[string]acctest.Value{"status": acctest.String("Disabled")}) {
		want := env.Dfns.Webhooks()[2*i+1]
		if result.DisplayName != fmt.Sprintf("https://hooks.example.com (%s)", want.ID) {
			t.Errorf("display name %q", result.DisplayName)
		}
		names[result.DisplayName] = true
		attributes := provider.Attributes("webhook_dfns", result.Resource)
		if !attributes["id"].Equal(acctest.String(want.ID)) || !attributes["url"].Equal(acctest.String(want.URL)) ||
			!attributes["secret"].IsNull() || !attributes["timeouts"].IsNull() {
			t.Errorf("the resource is %v", attributes)
		}
	}
	if len(names) != 10 {
		t.Errorf("%d names, want 10 different ones", len(names))
	}
}

// An error in the middle of a list is never lost.
func TestListErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	seed(env, 250)
	inject(t, env, sandbox.Fault{Path: "/webhooks", Skip: 1, Effect: "status", Status: 403})()
	results := configured(t, env).List("webhook_dfns", 1000, nil)
	last := acctest.Text(results[len(results)-1].Diagnostics)
	if len(results) != 201 || !acctest.Says("ERROR Unable to read Dfns webhooks", "Webhooks:Read").MatchString(last) {
		t.Errorf("%d results, the last %q", len(results), last)
	}
}

// What an answer leaves out is null, and an item that is no webhook is an error where it stands in the list.
func TestListOfOddItems(t *testing.T) {
	t.Parallel()
	for item, problem := range map[string]string{
		`{"id": "wh-2", "url": "https://u"}`:                 "",
		`{"id": "wh-2", "url": "https://u", "events": null}`: "",
		`{"id": "wh-2", "url": "https://u", "events": []}`:   "",
		`null`:           "item 2 of the list is not a webhook",
		`{}`:             "item 2 of the list is not a webhook",
		`{"id": "wh-2"}`: "item 2 of the list, wh-2, is not a webhook",
	} {
		t.Run(item, func(t *testing.T) {
			t.Parallel()
			settings := acctest.New(t, sandbox.Config{}).Env()
			settings["DFNS_API_URL"] = acctest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"items": [{"id": "wh-1", "url": "https://u", "events": ["key.created"]}, `+item+`]}`)
			})
			provider := acctest.NewProtocol(t, settings)
			if problems := provider.Configure(nil); len(problems) != 0 {
				t.Fatal(acctest.Text(problems))
			}
			results := provider.List("webhook_dfns", 100, nil)
			read := acctest.Text(provider.ReadData("webhook_dfns_webhooks", nil))
			listed := acctest.Text(results[1].Diagnostics)
			if len(results) != 2 || (problem == "") != (listed == "") || !strings.Contains(listed, problem) {
				t.Errorf("listed: %d results, %q, want %q", len(results), listed, problem)
			}
			if (problem == "") != (read == "") || !strings.Contains(read, problem) {
				t.Errorf("read: %q, want %q", read, problem)
			}
			if problem == "" && !provider.Attributes("webhook_dfns", results[1].Resource)["events"].IsNull() {
				t.Error("the events are not null")
			}
		})
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	seed(env, 5)
	query := func(config string, count int) resource.TestStep {
		return resource.TestStep{
			Query:             true,
			Config:            "list \"webhook_dfns\" \"test\" {\n  provider = webhook\n" + config + "\n}\n",
			QueryResultChecks: []querycheck.QueryResultCheck{querycheck.ExpectLength("webhook_dfns.test", count)},
		}
	}
	steps := []resource.TestStep{
		query("", 5),
		query("config {\n status = \"Disabled\"\n }", 2),
		query("config {\n url = \"https://user:hunter2@hooks.example.com/3\"\n }", 1),
		query("config {\n url = \"http://elsewhere.example.com\"\n }", 0),
		query("config {\n status = \"Paused\"\n }", 0),
		query("limit = 3", 3),
	}
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   acctest.WithActions(),
		ProtoV6ProviderFactories: env.Factories(),
		Steps:                    append([]resource.TestStep{{Config: "provider \"webhook\" {}\n"}}, steps...),
	})
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
