package tfdfns_test

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// A configuration that cannot work fails at plan, on its attribute, before any call.
func TestWebhookInvalidConfiguration(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url, events, further string
		error                *regexp.Regexp
	}{
		"url with a token": {url: "https://user:hunter2@hooks.example.com:0/?key=hunter2", error: acctest.Says(`Got: "https://hooks.example.com:0/…".`)},
		"no events":        {events: `[]`, error: acctest.Says("Invalid Event Kind", "events = []", "it is empty")},
		"event glob":       {events: `["walet.*"]`, error: acctest.Says("for a pattern, write", `events = provider::webhook::dfns_event_kinds("wallet.*")`)},
		"status":           {further: `status = "enabled"`, error: acctest.Says("status", `must be one of ["Enabled" "Disabled"]`, `write "Enabled"`, `Got: "enabled"`)},
		"description":      {further: `description = "` + strings.Repeat("é", 257) + `"`, error: acctest.Says("description", "0 to 256 characters", "it has 257")},
		"emoji":            {further: `description = "` + strings.Repeat("🔑", 129) + `"`, error: acctest.Says("as JavaScript does", "it has 258")},
		"timeout":          {further: `timeouts { create = "soon" }`, error: acctest.Says("create", "its units are s, m and h", `Got: "soon"`)},
	}
	configs := map[string]string{}
	for name, test := range tests {
		url, events := cmp.Or(test.url, "https://hooks.example.com/dfns"), cmp.Or(test.events, `["wallet.created"]`)
		configs[name] = "resource \"webhook_dfns\" \"test\" {\n  url = \"" + url + "\"\n  events = " + events + "\n" + test.further + "\n}\n"
	}
	env := acctest.New(t, sandbox.Config{})
	for name, said := range env.Validate(t, configs) {
		if !tests[name].error.MatchString(said) {
			t.Errorf("%s: got %s", name, said)
		}
		delete(configs, name)
	}
	if made := env.DfnsCalls.Journal(); len(made)+len(configs) != 0 {
		t.Errorf("calls were made: %v, and nothing is said about %v", made, configs)
	}
}

func TestWebhookValidConfiguration(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	// A loopback receiver, every kind, and a description of 256 characters that are more than 256 bytes.
	const fixed = `
resource "webhook_dfns" "test" {
  url         = "http://127.0.0.1:8080/"
  events      = ["*"]
  description = "%s"
}
# What only an apply computes passes validation, in a create and in an update.
resource "terraform_data" "receiver" {
  input = "hooks.example.com"
}
resource "webhook_dfns" "later" {
  url         = "https://${terraform_data.receiver.output}/"
  events      = toset([for kind in ["created"] : "wallet.${kind}" if terraform_data.receiver.id != ""])
  description = %s
}`
	config := func(description string) resource.TestStep {
		return resource.TestStep{Config: fmt.Sprintf(fixed, strings.Repeat("é", 256), description)}
	}
	described := config("terraform_data.description.id")
	described.Config += "\nresource \"terraform_data\" \"description\" {}\n"
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{config("null"), described}})
}

// What is allowed but odd warns in the plan or the import that adds it, and in no later one.
func TestWebhookOddValues(t *testing.T) {
	t.Parallel()
	const usual, created = "https://hooks.example.com/secret-path", "wallet.created"
	for name, test := range map[string]struct {
		url    string
		events []string
		status string
		want   []string
	}{
		"nothing":     {usual, []string{created, "policy.approval.pending"}, "Enabled", nil},
		"every kind":  {usual, []string{"*"}, "Disabled", nil},
		"loopback":    {"http://localhost:8080", []string{created}, "Enabled", nil},
		"http":        {"http://hooks.example.com/secret-path", []string{created}, "Enabled", []string{"Deliveries Without TLS: The url at http://hooks.example.com is http"}},
		"beside":      {usual, []string{"*", created}, "Enabled", []string{`Redundant Event Kinds: "*" subscribes to all kinds`}},
		"two unknown": {usual, []string{"wallet.transfer.confirmd", "swap.started"}, "Enabled", []string{"Unknown Event Kind: swap.started: ", "Unknown Event Kind: wallet.transfer.confirmd: This version of the provider does not know this kind. The most similar known kind is \"wallet.transfer.confirmed\""}},
		"deprecated":  {usual, []string{"wallet.exported"}, "Enabled", []string{"Deprecated Event Kind: wallet.exported: Dfns has deprecated this kind"}},
		"status":      {usual, []string{created}, "Paused", []string{`Unknown Status: Paused: This version of the provider does not know this status. It knows ["Enabled" "Disabled"]`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			id := env.Dfns.Register(dfns.Webhook{URL: test.url, Events: test.events, Status: test.status})
			instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_dfns"}
			config := map[string]acctest.Value{
				"url": acctest.String(test.url), "events": acctest.StringSet(test.events...), "status": acctest.String(test.status),
			}
			warns := func(when, problems string) {
				t.Helper()
				if strings.Count(problems, "WARNING ") != len(test.want) || !acctest.Says(test.want...).MatchString(problems) || strings.Contains(problems, "secret-path") {
					t.Errorf("%s: got %q, want %q", when, problems, test.want)
				}
			}
			quiet := func(when string, config map[string]acctest.Value) {
				t.Helper()
				if report := instance.Plan(config); report.Problems != "" {
					t.Errorf("%s: got %q", when, report.Problems)
				}
			}
			if problems := acctest.Text(instance.Provider.Validate("webhook_dfns", config)); problems != "" {
				t.Errorf("in a validation: %q", problems)
			}
			warns("in the plan of a create", instance.Plan(config).Problems)
			imported, told := strings.CutPrefix(instance.Import(id).Problems, "WARNING Signing Secret Unknown After Import: ")
			if !told {
				t.Errorf("in an import: %q", imported)
			}
			warns("in an import", imported)
			warns("in a second import", instance.Import(id).Problems)
			quiet("in the next plan", config)
			usually := map[string]acctest.Value{"url": acctest.String(usual), "events": acctest.StringSet(created), "status": acctest.String("Enabled")}
			described := maps.Clone(config)
			described["description"] = acctest.String("another")
			quiet("in the plan of another change", described)
			instance.State = maps.Clone(instance.State)
			maps.Copy(instance.State, usually)
			problems := acctest.Text(instance.Provider.Plan("webhook_dfns", instance.State, config))
			warns("in the plan that adds it", strings.Replace(problems, "WARNING Signing Secret Goes to Another Receiver", "", 1))
		})
	}
}
