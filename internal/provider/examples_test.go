package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

const examples = "../../examples"

// account is a sandbox with a receiver and one webhook of each vendor, which are those of the examples.
type account struct {
	*acctest.Env
	existing *strings.Replacer // puts what exists in the place of what the examples have made up
	retries  chan time.Time    // tells of each failed delivery, when it is to be tried again
}

func newAccount(t *testing.T) account {
	t.Helper()
	retries := make(chan time.Time, 10)
	env := acctest.New(t, sandbox.Config{
		EnfinitosConventional: true, ReceiverAddress: "127.0.0.1:0",
		Wait: func(until time.Time) <-chan time.Time { retries <- until; return nil },
	})
	webhook := env.Dfns.Register(dfns.Webhook{
		URL: env.ReceiverURL + "/dfns", Events: []string{"wallet.transfer.confirmed", "wallet.transfer.failed"},
		Status: "Enabled", Description: "ledger",
	})
	must(t, env.Dfns.RecordEvent("wallet.transfer.confirmed", json.RawMessage(`{"transferRequest": {"id": "xfr-1"}}`)))
	subscription := env.Enfinitos.Register(enfinitos.Subscription{
		URL: env.ReceiverURL + "/enfinitos", Events: []string{"right.issued", "right.revoked"}, Label: "rights ledger",
	})
	lost := env.Enfinitos.AddDelivery(enfinitos.Delivery{
		SubscriptionID: subscription, Status: enfinitos.DeadLettered, Attempts: 5, Payload: `{"kind": "right.issued"}`,
	})
	return account{env, strings.NewReplacer(
		"https://hooks.example.com", env.ReceiverURL,
		"cr-6uunn-bm6ja-f6rmod5kqrk5rbel", env.Env()["DFNS_CRED_ID"],
		"wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d", webhook,
		"whe-2b7k1-9d4f6-3h8m0q5s1v7x2z4c", env.Dfns.Events()[0].ID,
		"SUBSCRIPTION_ID", subscription,
		"dlv_4s9g2p3v1c8m0q6t2k5r", lost,
	), retries}
}

// example returns the text of a file of the examples, about what exists.
func (a account) example(t *testing.T, elements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{examples}, elements...)...))
	must(t, err)
	if !acctest.KnowsCaller(t) { // as the example's comment says
		text = bytes.ReplaceAll(text, []byte("= caller.id"), []byte("= webhook_dfns.payments.id"))
	}
	return a.existing.Replace(string(text))
}

// ids are what the vendors hold.
func (a account) ids() (out []string) {
	for _, webhook := range a.Dfns.Webhooks() {
		out = append(out, webhook.ID)
	}
	for _, subscription := range a.Enfinitos.Subscriptions() {
		out = append(out, subscription.ID)
	}
	return out
}

// settled fails when there is something left to do.
func settled(t *testing.T, cli *tfexec.Terraform) {
	t.Helper()
	if changes, err := cli.Plan(t.Context()); err != nil || changes {
		t.Errorf("the second plan has changes: %t, %v", changes, err)
	}
}

// Every example does what it says: it is applied, the second plan is empty, and destroying it leaves what was there before.
func TestExamples(t *testing.T) {
	t.Parallel()
	var names []string
	for kind, file := range map[string]string{
		"data-sources": "data-source.tf", "functions": "function.tf", "resources": "resource.tf", "actions": "action.tf",
		"ephemeral-resources": "ephemeral-resource.tf",
	} {
		found, err := filepath.Glob(filepath.Join(examples, kind, "*", file))
		must(t, err)
		names = append(names, found...)
	}
	if len(names) < 15 {
		t.Fatalf("only %d examples were found", len(names))
	}
	for _, file := range names {
		name := strings.TrimPrefix(file, examples+"/")
		t.Run(filepath.Dir(name), func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(name, "actions/") {
				acctest.RequireActions(t)
			}
			a := newAccount(t)
			before := a.ids()
			cli := a.CLI(t, a.example(t, name))
			if strings.HasPrefix(name, "ephemeral-resources/") {
				giveIdentity(t, cli)
			}
			must(t, cli.Apply(t.Context()))
			settled(t, cli)
			must(t, cli.Destroy(t.Context()))
			if diff := cmp.Diff(before, a.ids()); diff != "" {
				t.Errorf("the vendors hold (-before +after):\n%s", diff)
			}
		})
	}
}

// giveIdentity gives a configuration a recipient whose private key there is, and that key.
func giveIdentity(t *testing.T, cli *tfexec.Terraform) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	config := filepath.Join(cli.WorkingDir(), "main.tf")
	text, err := os.ReadFile(config)
	must(t, err)
	text = regexp.MustCompile(`"age1[a-z0-9]+"`).ReplaceAll(text, []byte(strconv.Quote(identity.Recipient().String())))
	must(t, os.WriteFile(config, text, 0o600))
	must(t, os.WriteFile(filepath.Join(cli.WorkingDir(), "identity.auto.tfvars"), []byte("age_identity = "+strconv.Quote(identity.String())), 0o600))
}

func TestProviderExample(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	cli := a.CLIFor(t, filepath.Join(examples, "provider"))
	config := a.example(t, "provider", "provider.tf") + "data \"webhook_dfns_webhooks\" \"all\" {}\n"
	must(t, os.WriteFile(filepath.Join(cli.WorkingDir(), "provider.tf"), []byte(config), 0o600))
	out, err := a.RunWith(t, cli, []string{
		"TF_VAR_dfns_auth_token=" + a.Env.Env()["DFNS_AUTH_TOKEN"], "TF_VAR_dfns_private_key=" + a.Env.Env()["DFNS_PRIVATE_KEY"],
		"DFNS_AUTH_TOKEN=", "DFNS_CRED_ID=", "DFNS_PRIVATE_KEY=",
	}, "apply", "-auto-approve", "-no-color")
	if err != nil || len(acctest.Reads(a.DfnsCalls)) != 1 {
		t.Errorf("%v\n%s", err, out)
	}
}

// The imports take over what exists and change nothing.
func TestImportExamples(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]func(account) string{
		"webhook_dfns":      func(a account) string { return a.Dfns.Webhooks()[0].ID },
		"webhook_enfinitos": func(a account) string { return a.Enfinitos.Subscriptions()[0].ID },
	} {
		for _, file := range []string{"import-by-string-id.tf", "import-by-identity.tf", "import.sh"} {
			t.Run(name+"/"+file, func(t *testing.T) {
				t.Parallel()
				if file == "import-by-identity.tf" {
					acctest.RequireIdentity(t)
				}
				a := newAccount(t)
				config, example := a.example(t, "resources", name, "resource.tf"), a.example(t, "resources", name, file)
				if file == "import.sh" {
					cli := a.CLI(t, config)
					out, err := a.Run(t, cli, strings.Fields(example)[1:]...)
					if err != nil {
						t.Fatalf("%v\n%s", err, out)
					}
					imported(t, a, cli, name, id(a))
					return
				}
				cli := a.CLI(t, config+example)
				must(t, cli.Apply(t.Context()))
				imported(t, a, cli, name, id(a))
			})
		}
	}
}

// imported fails unless the state holds one resource, of an id, and nothing was changed.
func imported(t *testing.T, a account, cli *tfexec.Terraform, name, id string) {
	t.Helper()
	must(t, cli.Apply(t.Context())) // the outputs, which the command does not import
	settled(t, cli)
	state, err := cli.Show(t.Context())
	must(t, err)
	resources := state.Values.RootModule.Resources
	if len(resources) != 1 || resources[0].Type != name || resources[0].AttributeValues["id"] != id {
		t.Errorf("the state holds %+v", resources)
	}
	if changes := append(acctest.Changes(a.DfnsCalls), acctest.Changes(a.EnfinitosCalls)...); len(changes) != 0 {
		t.Errorf("changes were made: %q", changes)
	}
}

// The actions are run as the comments in the examples say.
func TestActionExamples(t *testing.T) {
	t.Parallel()
	acctest.RequireActions(t)
	for name, test := range map[string]struct {
		invoke string // an action, by its address
		call   string
		times  int
	}{
		"webhook_dfns_ping":             {"action.webhook_dfns_ping.payments", "/ping 200", 2},
		"webhook_enfinitos_replay":      {"action.webhook_enfinitos_replay.lost", "/replay 200", 1},
		"webhook_enfinitos_process_due": {"", "/process-due 200", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			config := a.example(t, "actions", name, "action.tf")
			cli := a.CLI(t, strings.Replace(config, `"v2"`, `"v1"`, 1))
			must(t, cli.Apply(t.Context()))
			rewrite(t, cli, `"v1"`, `"v2"`)
			must(t, cli.Apply(t.Context()))
			if test.invoke != "" {
				if !strings.Contains(config, "-invoke="+test.invoke) {
					t.Errorf("the example does not say how to run %s", test.invoke)
				}
				if out, err := a.Run(t, cli, "apply", "-auto-approve", "-no-color", "-invoke="+test.invoke); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			}
			changes := strings.Join(append(acctest.Changes(a.DfnsCalls), acctest.Changes(a.EnfinitosCalls)...), "\n")
			if got := strings.Count(changes, test.call); got != test.times {
				t.Errorf("there were %d calls that end in %s, want %d:\n%s", got, test.call, test.times, changes)
			}
		})
	}
}

// The list example imports every enabled webhook with the two commands it names.
func TestListExample(t *testing.T) {
	t.Parallel()
	acctest.RequireActions(t)
	a := newAccount(t)
	for i := range 3 {
		a.Dfns.Register(dfns.Webhook{URL: fmt.Sprintf("https://hooks.example.com/%d", i), Events: []string{"*"}, Status: "Enabled"})
	}
	a.Dfns.Register(dfns.Webhook{URL: "https://hooks.example.com/off", Events: []string{"*"}, Status: "Disabled"})
	query := a.example(t, "list-resources", "webhook_dfns", "list-resource.tfquery.hcl")
	cli := a.CLI(t, "provider \"webhook\" {}\n")
	must(t, os.WriteFile(filepath.Join(cli.WorkingDir(), "all.tfquery.hcl"), []byte(query), 0o600))
	for _, command := range []string{"terraform query -generate-config-out=webhooks.tf", "terraform apply"} {
		if !strings.Contains(query, command) {
			t.Fatalf("the example does not name %s", command)
		}
		arguments := strings.Fields(command)[1:]
		if arguments[0] == "apply" {
			arguments = append(arguments, "-auto-approve")
		}
		if out, err := a.Run(t, cli, arguments...); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	settled(t, cli)
	state, err := cli.Show(t.Context())
	must(t, err)
	var got []string
	for _, resource := range state.Values.RootModule.Resources {
		got = append(got, resource.AttributeValues["id"].(string))
	}
	want := a.ids()[:4] // neither the disabled one nor the subscription
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imported were (-want +got):\n%s", diff)
	}
}
