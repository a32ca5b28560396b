package provider_test

import (
	"fmt"
	"maps"
	"os"
	"path"
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
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

const examples = "../../examples"

// account is a sandbox with a receiver and one webhook of each vendor, which are those of the examples.
type account struct {
	*acctest.Env
	existing *strings.Replacer // puts what exists in the place of what the examples have made up
}

func newAccount(t *testing.T) account {
	t.Helper()
	never := func(time.Time) <-chan time.Time { return nil } // is a delivery made again
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true, ReceiverAddress: "127.0.0.1:0", Wait: never})
	pairs := []string{"https://hooks.example.com", env.ReceiverURL}
	for _, v := range conformance.Vendors {
		pairs = append(pairs, v.Examples(env)...)
	}
	return account{env, strings.NewReplacer(pairs...)}
}

// example returns the text of a file of the examples, about what exists.
func (a account) example(t *testing.T, elements ...string) string {
	t.Helper()
	file := path.Join("examples", path.Join(elements...))
	text := texts(t, file)[file]
	if !acctest.KnowsCaller(t) { // as the example's comment says
		text = strings.ReplaceAll(text, "= caller.id", "= webhook_dfns.payments.id")
	}
	return a.existing.Replace(text)
}

// ids are what the vendors hold.
func (a account) ids() (out []string) {
	for _, v := range conformance.Vendors {
		for _, o := range v.Objects(a.Env) {
			out = append(out, o.ID)
		}
	}
	return out
}

// changes are the calls to all vendors that change something.
func (a account) changes() (out []string) {
	for _, v := range conformance.Vendors {
		out = append(out, acctest.Changes(v.API(a.Env))...)
	}
	return out
}

// run runs a command of the CLI that succeeds, with further environment variables, and returns its output.
func run(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, command string, environment ...string) string {
	t.Helper()
	out, err := env.RunWith(t, cli, environment, strings.Fields(command)...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return out
}

// hasNoChanges fails when there is something left to do.
func hasNoChanges(t *testing.T, cli *tfexec.Terraform) {
	t.Helper()
	if changes, err := cli.Plan(t.Context()); err != nil || changes {
		t.Errorf("the second plan has changes: %t, %v", changes, err)
	}
}

// adopted applies a configuration that imports webhooks. It fails unless the state then holds them, and nothing was changed.
func (a account) adopted(t *testing.T, cli *tfexec.Terraform, ids ...string) {
	t.Helper()
	must(t, cli.Apply(t.Context()))
	hasNoChanges(t, cli)
	state, err := cli.Show(t.Context())
	must(t, err)
	var got []string
	for _, resource := range state.Values.RootModule.Resources {
		if resource.Mode == "managed" {
			got = append(got, resource.AttributeValues["id"].(string))
		}
	}
	slices.Sort(got)
	slices.Sort(ids)
	if changes := a.changes(); !slices.Equal(ids, got) || len(changes) != 0 {
		t.Errorf("the state holds %q, want %q, after the changes %q", got, ids, changes)
	}
}

// Every example does what it says: it is applied, the second plan is empty, and destroying it leaves what was there before. Each is a
// module of one configuration, because a run of a CLI is expensive.
func TestExamples(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	before := a.ids()
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	root, modules := "variable \"age_identity\" {\n  ephemeral = true\n}\n", map[string]string{}
	files := texts(t, "examples/*/*/data-source.tf", "examples/*/*/function.tf", "examples/*/*/resource.tf", "examples/*/*/ephemeral-resource.tf")
	if acctest.HasActions(t) {
		maps.Copy(files, texts(t, "examples/*/*/action.tf"))
	}
	for file := range files {
		name := strings.ReplaceAll(strings.TrimPrefix(path.Dir(file), "examples/"), "/", "_")
		text := a.example(t, strings.TrimPrefix(file, "examples/"))
		modules[name] = requiredProviders + age1.ReplaceAllString(text, strconv.Quote(identity.Recipient().String()))
		root += fmt.Sprintf("module %q {\n  source = \"./%s\"\n", name, name)
		if strings.Contains(text, `variable "age_identity"`) {
			root += "  age_identity = var.age_identity\n"
		}
		root += "}\n"
	}
	if len(modules) < 10 {
		t.Fatalf("only %d examples were found", len(modules))
	}
	dir := t.TempDir()
	for name, text := range modules {
		must(t, os.Mkdir(filepath.Join(dir, name), 0o750))
		must(t, os.WriteFile(filepath.Join(dir, name, "main.tf"), []byte(text), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(dir, "main.tf"), []byte(requiredProviders+root), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "identity.auto.tfvars"), []byte("age_identity = "+strconv.Quote(identity.String())), 0o600))
	cli := a.CLIFor(t, dir)
	must(t, cli.Apply(t.Context()))
	hasNoChanges(t, cli)
	must(t, cli.Destroy(t.Context()))
	if diff := cmp.Diff(before, a.ids()); diff != "" {
		t.Errorf("the vendors hold (-before +after):\n%s", diff)
	}
}

// age1 matches the recipients of the examples.
var age1 = regexp.MustCompile(`"age1[a-z0-9]+"`)

func TestProviderExample(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	cli := a.CLIFor(t, filepath.Join(examples, "provider"))
	write(t, cli, "provider.tf", a.example(t, "provider", "provider.tf")+"data \"webhook_dfns_webhooks\" \"all\" {}\n")
	account := a.Env.Env()
	run(t, a.Env, cli, "apply -auto-approve",
		"TF_VAR_dfns_auth_token="+account["DFNS_AUTH_TOKEN"], "TF_VAR_dfns_private_key="+account["DFNS_PRIVATE_KEY"],
		"DFNS_AUTH_TOKEN=", "DFNS_CRED_ID=", "DFNS_PRIVATE_KEY=")
	if reads := acctest.Reads(a.DfnsCalls); len(reads) != 1 {
		t.Errorf("the reads were %q", reads)
	}
}

// The imports take over what exists and change nothing.
func TestImportExamples(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"import-by-string-id.tf", "import-by-identity.tf", "import.sh"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			if file == "import-by-identity.tf" {
				acctest.RequireIdentity(t)
			}
			a := newAccount(t)
			config, commands := "", []string{}
			for _, v := range conformance.Vendors {
				config += a.example(t, "resources", v.Type, "resource.tf")
				if example := a.example(t, "resources", v.Type, file); file == "import.sh" {
					commands = append(commands, strings.TrimPrefix(example, "terraform "))
				} else {
					config += example
				}
			}
			cli := a.CLI(t, config)
			for _, command := range commands {
				run(t, a.Env, cli, command)
			}
			a.adopted(t, cli, a.ids()...)
		})
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
			write(t, cli, "main.tf", requiredProviders+config)
			must(t, cli.Apply(t.Context()))
			if test.invoke != "" {
				if !strings.Contains(config, "-invoke="+test.invoke) {
					t.Errorf("the example does not say how to run %s", test.invoke)
				}
				run(t, a.Env, cli, "apply -auto-approve -invoke="+test.invoke)
			}
			changes := strings.Join(a.changes(), "\n")
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
	write(t, cli, "all.tfquery.hcl", query)
	const command = "query -generate-config-out=webhooks.tf"
	contains(t, query, "terraform "+command, "terraform apply")
	run(t, a.Env, cli, command)
	a.adopted(t, cli, a.ids()[:4]...) // neither the disabled one nor the subscription
}
