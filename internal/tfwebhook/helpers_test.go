//go:build unix

package tfwebhook_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// vendor is what the tests of all vendors need to know of one.
type vendor struct {
	// address is that of the webhook in config, create the call that makes it. No create waits until reads must show a lost one.
	address, config, create string
	calls                   func(*acctest.Env) *sandbox.Calls
	remove                  func(env *acctest.Env, id string)
	// lists says that the API can list, so that the next run can look for what a lost create has made.
	lists bool
}

var vendors = map[string]vendor{
	"Dfns": {
		address: "webhook_dfns.test",
		config: `resource "webhook_dfns" "test" {
  count       = var.webhooks
  url         = "https://hooks.example.com/secret-path"
  events      = ["wallet.created"]
  description = "one"
  status      = var.active ? "Enabled" : "Disabled"
  timeouts { create = "15s" }
}
`,
		create: "POST /webhooks",
		calls:  func(env *acctest.Env) *sandbox.Calls { return env.DfnsCalls },
		remove: func(env *acctest.Env, id string) { env.Dfns.Remove(id) },
		lists:  true,
	},
	"EnfinitOS": {
		address: "webhook_enfinitos.test",
		config: `resource "webhook_enfinitos" "test" {
  count  = var.webhooks
  url    = "https://hooks.example.com/secret-path"
  events = ["right.issued"]
  label  = "one"
  active = var.active
  timeouts { create = "15s" }
}
`,
		create: "POST /v1/webhooks",
		calls:  func(env *acctest.Env) *sandbox.Calls { return env.EnfinitosCalls },
		remove: func(env *acctest.Env, id string) { env.Enfinitos.Remove(id) },
	},
}

// forVendors runs a test for every vendor.
func forVendors(t *testing.T, name string, test func(t *testing.T, v vendor, env *acctest.Env)) {
	for vendor, v := range vendors {
		t.Run(strings.TrimPrefix(name+"/"+vendor, "/"), func(t *testing.T) {
			t.Parallel()
			test(t, v, oldSandbox(t))
		})
	}
}

// oldSandbox returns a sandbox whose objects are an hour old when they are made, so that no read waits for them to show.
func oldSandbox(t *testing.T) *acctest.Env {
	t.Helper()
	old := func() time.Time { return time.Now().Add(-time.Hour) }
	return acctest.New(t, sandbox.Config{EnfinitosConventional: true, Clock: old})
}

// cli returns a CLI for the vendor's webhook.
func (v vendor) cli(t *testing.T, env *acctest.Env, more string) *tfexec.Terraform {
	t.Helper()
	return env.CLI(t, "variable \"webhooks\" { default = 1 }\nvariable \"active\" { default = true }\n"+more+
		"provider \"webhook\" {\n  max_retries = 0\n  request_timeout = \"5s\"\n}\n"+v.config)
}

// gate returns a gate for one call, such as "POST /webhooks", or for a method.
func (v vendor) gate(t *testing.T, env *acctest.Env, call string) *acctest.Gate {
	return acctest.NewGate(t, func(r *http.Request) bool { return r.Method == call || r.Method+" "+r.URL.Path == call }, v.calls(env))
}

var apply = []string{"apply", "-no-color", "-auto-approve"}

// idsAndSecrets returns the secrets of what the server holds, by id.
func idsAndSecrets(env *acctest.Env) map[string]string {
	out := map[string]string{}
	for _, webhook := range env.Dfns.Webhooks() {
		out[webhook.ID] = webhook.Secret
	}
	for _, subscription := range env.Enfinitos.Subscriptions() {
		out[subscription.ID] = subscription.Secret
	}
	return out
}

// saved returns the secrets in the saved state, by id.
func saved(t *testing.T, env *acctest.Env, cli *tfexec.Terraform) map[string]string {
	t.Helper()
	text, err := env.Run(t, cli, "state", "pull")
	var state struct {
		Resources []struct {
			Instances []struct{ Attributes map[string]any }
		}
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &state)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	out := map[string]string{}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if secret, ok := instance.Attributes["secret"].(string); ok {
				out[instance.Attributes["id"].(string)] = secret
			}
		}
	}
	return out
}

// notes returns the ids in the notes of creates, by file. The id of a create without an answer is empty.
func notes(t *testing.T, cli *tfexec.Terraform) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cli.WorkingDir(), ".terraform", "webhook", "default", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		var note struct{ ID string }
		text, err := os.ReadFile(file)
		if err != nil || json.Unmarshal(text, &note) != nil {
			t.Fatalf("%v: %s", err, text)
		}
		out[file] = note.ID
	}
	return out
}
