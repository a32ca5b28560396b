package tfdfns_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// unsigned is what an environment lacks in which only the token is set.
var unsigned = []string{"DFNS_CRED_ID=", "DFNS_PRIVATE_KEY="}

// reading returns a provider that was given the token alone.
func reading(t *testing.T, env *acctest.Env) *acctest.Protocol {
	t.Helper()
	variables := maps.Clone(env.Env())
	for _, variable := range unsigned {
		delete(variables, strings.TrimSuffix(variable, "="))
	}
	provider := acctest.NewProtocol(t, variables)
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

var signingMissing = acctest.Says("credential_id (DFNS_CRED_ID)", "private_key (DFNS_PRIVATE_KEY) or signer_command")

// A job that only reads needs no key: it looks at what there is, and finds out whether a plan would change something.
func TestTokenAloneReads(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	cli := env.CLI(t, `
resource "webhook_dfns" "test" {
  url    = "https://hooks.example.com/dfns"
  events = ["wallet.transfer.confirmed", "wallet.created"]
}
data "webhook_dfns" "one" {
  id = "`+id+`"
}
data "webhook_dfns_webhooks" "all" {}
data "webhook_dfns_events" "all" {
  webhook_id = "`+id+`"
}
`+importBlock(id))
	plan := func(arguments ...string) (string, error) {
		return env.RunWith(t, cli, unsigned, append(arguments, "-no-color", "-input=false")...)
	}
	if out, err := plan("apply", "-auto-approve"); err != nil || !acctest.Says("1 imported, 0 added, 0 changed, 0 destroyed").MatchString(out) {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := plan("plan", "-detailed-exitcode"); err != nil || !strings.Contains(out, "No changes.") {
		t.Errorf("%v\n%s", err, out)
	}
	if results := reading(t, env).List("webhook_dfns", 10, nil); len(results) != 1 || len(results[0].Diagnostics) != 0 {
		t.Errorf("the list holds %v", results)
	}
	if changes := acctest.Changes(env.DfnsCalls); len(changes) != 0 {
		t.Errorf("changes were made: %q", changes)
	}
}

// What takes a signature is told by the plan, and nothing is called for it.
func TestTokenAlonePlansNoChange(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, `
variable "url" { default = "https://hooks.example.com/dfns" }
variable "rotation" { default = 1 }
variable "timeout" { default = "1m" }
resource "webhook_dfns" "test" {
  url            = var.url
  events         = ["wallet.created"]
  secret_version = var.rotation
  timeouts { create = var.timeout }
}
`)
	refused := func(want string, arguments ...string) {
		t.Helper()
		env.ForgetCalls()
		out, err := env.RunWith(t, cli, unsigned, append([]string{arguments[0], "-no-color", "-input=false"}, arguments[1:]...)...)
		if err == nil || !signingMissing.MatchString(out) || !acctest.Says(want).MatchString(out) {
			t.Errorf("%q: %v\n%s", arguments, err, out)
		}
		if changes := acctest.Changes(env.DfnsCalls); len(changes) != 0 {
			t.Errorf("%q made changes: %q", arguments, changes)
		}
	}
	refused("Unable to create webhook https://hooks.example.com (new): Dfns requires a signature for that", "plan")
	if out, err := env.Run(t, cli, "apply", "-auto-approve", "-no-color"); err != nil {
		t.Fatal(out)
	}
	refused("Unable to update webhook wh-", "plan", "-var", "url=https://hooks.example.com/other")
	refused("Unable to replace webhook wh-", "plan", "-var", "rotation=2")
	refused("Unable to delete webhook wh-", "plan", "-destroy")
	if out, err := env.RunWith(t, cli, unsigned, "apply", "-auto-approve", "-no-color", "-var", "timeout=2m"); err != nil {
		t.Errorf("a change that takes no call fails:\n%s", out)
	}
	if out, err := env.Run(t, cli, "plan", "-no-color", "-out=planned", "-var", "timeout=2m", "-var", "url=https://hooks.example.com/other"); err != nil {
		t.Fatal(out)
	}
	refused("Unable to update webhook wh-", "apply", "planned")
	if out, err := env.Run(t, cli, "plan", "-no-color", "-out=planned", "-destroy"); err != nil {
		t.Fatal(out)
	}
	// Before it destroys, a CLI does not ask for the plan again.
	refused("no credential and no key are configured", "apply", "planned")
}

// So it is with an action, which has no plan of its own.
func TestTokenAlonePings(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	_, err := reading(t, env).Invoke("webhook_dfns_ping", map[string]acctest.Value{"webhook_id": acctest.String(id)})
	if err == nil || !signingMissing.MatchString(err.Error()) || !strings.Contains(err.Error(), "Unable to ping a webhook:") || len(env.DfnsCalls.Journal()) != 0 {
		t.Errorf("%v, after %q", err, acctest.Changes(env.DfnsCalls))
	}
}
