package tfdfns_test

import (
	"cmp"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// A configuration that cannot work fails at plan, on its attribute, before any call.
func TestWebhookInvalidConfiguration(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url, events, further string
		error                *regexp.Regexp
	}{
		"url without scheme":    {url: "hooks.example.com", error: acctest.Says("url", "must start with https://")},
		"url of another scheme": {url: "ftp://hooks.example.com", error: acctest.Says("must start with https://")},
		"url without host":      {url: "https:///path", error: acctest.Says("it has no host")},
		"url in the clear":      {url: "http://hooks.example.com/", error: acctest.Says("it must be https", "loopback")},
		"url with a space":      {url: "https://hooks.example.com/a b", error: acctest.Says("white space")},
		"url with a token":      {url: "http://user:hunter2@hooks.example.com/?key=hunter2", error: acctest.Says("got: http://hooks.example.com.")},
		"no events":             {events: `[]`, error: acctest.Says("events", "at least 1")},
		"empty event":           {events: `[""]`, error: acctest.Says("must be an event kind")},
		"event in capitals":     {events: `["Wallet.Created"]`, error: acctest.Says("must be an event kind in lower case")},
		"event glob":            {events: `["wallet.*"]`, error: acctest.Says("must be an event kind", "for patterns, use", "provider::webhook::dfns_event_kinds")},
		"status":                {further: `status = "Paused"`, error: acctest.Says("status", `"Enabled"`, `"Disabled"`, `"Paused"`)},
		"description":           {further: `description = "` + strings.Repeat("é", 257) + `"`, error: acctest.Says("description", "at most 256")},
		"timeout":               {further: `timeouts { create = "soon" }`, error: acctest.Says("soon")},
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
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
		// A loopback receiver, every kind, and a description of 256 characters that are more than 256 bytes.
		Config: `
resource "webhook_dfns" "test" {
  url         = "http://127.0.0.1:8080/"
  events      = ["*"]
  description = "` + strings.Repeat("é", 256) + `"
}
# What only an apply computes passes validation.
resource "terraform_data" "receiver" {
  input = "hooks.example.com"
}
resource "webhook_dfns" "later" {
  url         = "https://${terraform_data.receiver.output}/"
  events      = toset([for kind in ["created"] : "wallet.${kind}" if terraform_data.receiver.id != ""])
  description = terraform_data.receiver.id
}`,
	}}})
}

func TestWebhookKindWarnings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		events []string
		want   []string
	}{
		"known":    {[]string{"wallet.created", "policy.approval.pending"}, nil},
		"wildcard": {[]string{"*"}, nil},
		"beside":   {[]string{"*", "wallet.created"}, []string{`WARNING Redundant Event Kinds`, `"*" subscribes to all kinds`}},
		"misspelt": {[]string{"wallet.transfer.confirmd"}, []string{`WARNING Unknown Event Kind`, `most similar known kind is "wallet.transfer.confirmed"`}},
		"newer":    {[]string{"wallet.created", "swap.started"}, []string{`WARNING Unknown Event Kind`, `"swap.started"`, `"swap.failed"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := acctest.NewProtocol(t, nil).Validate("webhook_dfns", map[string]tftypes.Value{
				"url":    acctest.String("https://hooks.example.com/"),
				"events": acctest.StringSet(test.events...),
			})
			if text := acctest.Text(got); len(got) != min(1, len(test.want)) || !acctest.Says(test.want...).MatchString(text) {
				t.Errorf("got %q, want one warning at most, which says %q", text, test.want)
			}
		})
	}
}
