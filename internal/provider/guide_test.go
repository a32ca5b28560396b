package provider_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// The module tests of the guides run as their readers would run them, and make no more webhooks than they must. Applied, the modules
// leave nothing to do.
func TestModuleTests(t *testing.T) {
	t.Parallel()
	for example, test := range map[string]struct {
		runs            string
		dfns, enfinitos int
		variables       string
	}{
		"testing": {"3 passed, 0 failed", 1, 1, ""},
		"module": { // each webhook is made once, and once more in a rotation
			"7 passed, 0 failed", 4, 2,
			"environment = \"staging\"\nrecipients = [\"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"]\n" +
				"dfns = { payments = [\"wallet.transfer.*\"] }\nenfinitos = { rights = [\"right.issued\"] }\n",
		},
	} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			cli := env.CLIFor(t, filepath.Join(examples, example))
			contains(t, run(t, env, cli, "test -no-color"), test.runs)
			changes := strings.Join(append(acctest.Changes(env.DfnsCalls), acctest.Changes(env.EnfinitosCalls)...), "\n") + "\n"
			for create, want := range map[string]int{"POST /webhooks 200\n": test.dfns, "POST /v1/webhooks 201\n": test.enfinitos} {
				if got := strings.Count(changes, create); got != want {
					t.Errorf("%q was called %d times, want %d:\n%s", create, got, want, changes)
				}
			}
			variables := test.variables + "receiver = \"http://127.0.0.1:8080\"\n"
			write(t, cli, "some.auto.tfvars", variables)
			must(t, cli.Apply(t.Context()))
			hasNoChanges(t, cli)
			must(t, cli.Destroy(t.Context()))
			if webhooks, subscriptions := env.Dfns.Webhooks(), env.Enfinitos.Subscriptions(); len(webhooks)+len(subscriptions) != 0 {
				t.Errorf("the tests leave %v and %v behind", webhooks, subscriptions)
			}
		})
	}
}

// The commands of the guide of the first steps work as they are written, in a copy of the sources and a home of their own.
func TestGettingStartedGuide(t *testing.T) {
	t.Parallel()
	const page = "docs/guides/getting-started.md"
	commands := ""
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(texts(t, page)[page], -1) {
		commands += block[1]
	}
	script := regexp.MustCompile(`git clone \S+\ncd \S+`).ReplaceAllString(commands, "cd sources")
	if script == commands {
		t.Fatal("the guide does not begin with a clone")
	}
	out, err := shell(t, script)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	contains(t, out, "Apply complete! Resources: 2 added", "No changes.", `"secret":"whs-`, `{"deliveries":1}`, "verified  dfns wallet.transfer.confirmed",
		"Apply complete! Resources: 0 added, 2 changed", "Destroy complete! Resources: 2 destroyed")
}

// shell runs commands beside a directory with the sources, with the CLI of the tests as terraform.
func shell(t *testing.T, script string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	sources, err := filepath.Abs("../..")
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(dir, "sources"), 0o750))
	for _, name := range []string{"GNUmakefile", "main.go", "go.mod", "go.sum", "cmd", "internal", "examples"} {
		must(t, os.Symlink(filepath.Join(sources, name), filepath.Join(dir, "sources", name)))
	}
	must(t, os.Symlink(acctest.CLIPath(t), filepath.Join(dir, "terraform")))
	// The shell reads the commands as from a person: what a command does not read, such as a shell in the sandbox, is the next line.
	command := exec.CommandContext(t.Context(), "bash", "-s")
	command.Stdin = strings.NewReader("set -euo pipefail; export SHELLOPTS\n" + script)
	command.Dir = dir
	command.Env = []string{
		"HOME=" + dir, "PATH=" + dir + ":" + os.Getenv("PATH"), "TF_CLI_CONFIG_FILE=" + os.DevNull, "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
		"GOFLAGS=-trimpath", // so that what was built in one directory is taken from the cache in the next
	}
	for _, name := range []string{"GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY"} {
		value, err := exec.Command("go", "env", name).Output()
		must(t, err)
		command.Env = append(command.Env, name+"="+strings.TrimSpace(string(value)))
	}
	out, err := command.CombinedOutput()
	return string(out), err
}

// copied puts an example that is about what exists into a directory of its own.
func (a account) copied(t *testing.T, name string) *tfexec.Terraform {
	t.Helper()
	cli := a.CLIFor(t, filepath.Join(examples, name))
	write(t, cli, "main.tf", a.example(t, name, "main.tf"))
	return cli
}

// A plan exits with 0 whether deliveries succeed or not. It warns once when they do not, and a postcondition stops it.
func TestMonitoringGuide(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	cli := a.copied(t, "monitoring")
	must(t, cli.Apply(t.Context()))
	plan := func(code int, warnings int, says ...string) {
		t.Helper()
		out, err := a.Run(t, cli, "plan", "-no-color", "-detailed-exitcode")
		if exitCode(err) != code || strings.Count(out, "Warning:") != warnings || !acctest.Says(says...).MatchString(out) {
			t.Errorf("it exits with %d, want %d, with %d warnings and %q:\n%s", exitCode(err), code, warnings, says, out)
		}
	}
	plan(0, 0, "No changes.")

	webhooks, rights := a.Dfns.Webhooks(), a.Enfinitos.Subscriptions()[1].ID
	must(t, a.DfnsCalls.AddFault(sandbox.Fault{Path: "/webhooks/" + webhooks[1].ID + "/events", Effect: "patch", Patch: json.RawMessage(fmt.Sprintf(
		`{"items": [{"id": "whe-1", "status": "500", "timestampSent": %d, "deliveryAttempt": 5}]}`, time.Now().Unix()))}))
	a.Enfinitos.AddDelivery(enfinitos.Delivery{WebhookID: rights, Status: enfinitos.DeadLettered, First: time.Now(), Error: "refused"})
	lost := ": 1 events lost, 0 pending. Last error: "
	plan(0, 1, "No changes.", webhooks[1].ID+")"+lost+"500.", "rights ("+rights+")"+lost+"refused.")

	must(t, a.Dfns.Edit(webhooks[0].ID, func(w *dfns.Webhook) { w.Status = "Disabled" }))
	plan(1, 1, "so the ledger misses transfers")
}

// A receiver that is down is a warning, which costs neither the webhook nor its secret, and retries are made before a destroy.
func TestMonitoringActions(t *testing.T) {
	t.Parallel()
	acctest.RequireActions(t)
	if !acctest.KnowsCaller(t) {
		t.Skip("this CLI has neither on_failure nor before_destroy")
	}
	a := newAccount(t)
	cli := a.copied(t, "monitoring-actions")
	for _, test := range []struct {
		command string
		code    int
		says    string
	}{
		{"apply -auto-approve", 0, "Warning: Dfns Ping Failed"},
		{"plan -detailed-exitcode", 0, "No changes."},
		{"apply -auto-approve -invoke=action.webhook_dfns_ping.payments", 1, "Error: Dfns Ping Failed"},
		{"destroy -auto-approve", 0, "Processed 0 due retries"},
	} {
		out, err := a.Run(t, cli, append(strings.Fields(test.command), "-no-color", "-var=receiver=https://elsewhere.example.com")...)
		if exitCode(err) != test.code || !acctest.Says(test.says).MatchString(out) {
			t.Errorf("%s exits with %d:\n%s", test.command, exitCode(err), out)
		}
	}
	calls := strings.Join(a.changes(), "\n")
	if strings.Count(calls, "POST /webhooks 200") != 1 || !acctest.Says("/process-due 200 DELETE /v1/webhooks/").MatchString(calls) {
		t.Errorf("the calls are\n%s", calls)
	}
}

func exitCode(err error) int {
	if exited, ok := errors.AsType[*exec.ExitError](err); ok {
		return exited.ExitCode()
	}
	return 0
}

// What exists is imported and not changed: with configuration that is generated, from a tool whose resource is forgotten and not
// destroyed, or with its secret in a variable that is in no plan and is then the one in the state.
func TestAdoptingGuides(t *testing.T) {
	t.Parallel()
	for example, test := range map[string]struct{ before, options, says string }{
		"importing":    {"", " -generate-config-out=generated.tf", "1 to import, 0 to add, 0 to change, 0 to destroy"},
		"migrating":    {"resource \"terraform_data\" \"payments\" {}\n", "", "1 to import, 0 to add, 0 to change, 0 to destroy"},
		"known-secret": {"", "", "1 to import, 0 to add, 1 to change, 0 to destroy"},
	} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			cli, webhook := a.copied(t, example), a.Dfns.Webhooks()[0]
			if test.before != "" {
				write(t, cli, "main.tf", test.before)
				must(t, cli.Apply(t.Context()))
				write(t, cli, "main.tf", a.example(t, example, "main.tf"))
			}
			if example == "known-secret" {
				write(t, cli, "secret.auto.tfvars", fmt.Sprintf("payments_secret = %q\n", webhook.Secret))
			}
			out := run(t, a.Env, cli, "plan -no-color"+test.options)
			if strings.Contains(out, webhook.Secret) || !strings.Contains(out, test.says) {
				t.Error(out)
			}
			a.adopted(t, cli, webhook.ID)
			state, err := os.ReadFile(filepath.Join(cli.WorkingDir(), "terraform.tfstate"))
			must(t, err)
			if strings.Contains(string(state), webhook.Secret) != (example == "known-secret") {
				t.Errorf("the state is %s", state)
			}
		})
	}
}
