package tfenfinitos_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The provider's process is killed in the middle of a create. The API cannot tell whether it was made, so the next apply in
// that directory stops once, without a call, and says what may exist; the one after it creates.
func TestKilledCreate(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]bool{"before it is made": false, "after it was made": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			cli := env.CLI(t, webhook())
			killing := acctest.Killing{Variable: "ENFINITOS_API_URL", Call: "POST /v1/webhooks", After: after}
			env.RunKilled(t, cli, killing, "apply", "-no-color", "-auto-approve")
			env.EnfinitosCalls.ForgetCalls()

			out, err := applied(t, env, cli)
			told := acctest.Says("Unfinished Create", "Unable to create EnfinitOS webhook", `an earlier create of EnfinitOS subscription "rights" https://hooks.example.com`, "unknown whether it made anything", "No create was sent")
			if err == nil || !told.MatchString(out) {
				t.Errorf("it is not told: %v: %s", err, out)
			}
			if err := calls(env); err != nil {
				t.Error(err)
			}
			out, err = applied(t, env, cli)
			if err != nil || strings.Contains(out, "Unfinished Create") {
				t.Errorf("it is told again: %v: %s", err, out)
			}
			want := map[bool]int{false: 1, true: 2}[after]
			if got := env.Enfinitos.Subscriptions(); len(got) != want {
				t.Errorf("the server holds %+v", got)
			}
		})
	}
}

// Where the configuration has changed since, what may exist is told in every run until someone has seen to it, and holds up
// nothing.
func TestKilledCreateOfAnother(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, "variable \"label\" { default = \"rights\" }\n"+strings.Replace(webhook(), `"rights"`, "var.label", 1))
	killing := acctest.Killing{Variable: "ENFINITOS_API_URL", Call: "POST /v1/webhooks", After: true}
	env.RunKilled(t, cli, killing, "apply", "-no-color", "-auto-approve")
	for range 2 {
		out, err := applied(t, env, cli, "-var=label=others")
		if err != nil || !acctest.Says("Unfinished Create", `EnfinitOS subscription "rights" https://hooks.example.com`).MatchString(out) {
			t.Errorf("%v: %s", err, out)
		}
	}
}

// A create of unknown outcome stops the next run once more: nobody may have read the first one.
func TestUnknownCreateStopsOnce(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, webhook())
	inject(t, env, sandbox.Fault{Method: "POST", Path: "/v1/webhooks", Effect: sandbox.DropAfter, Times: 1})()
	if out, err := applied(t, env, cli); err == nil || !acctest.Says("it is unknown whether the change was made", `label "rights"`).MatchString(out) {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := applied(t, env, cli); err == nil || !acctest.Says(`"rights" https://hooks.example.com`, "No create was sent").MatchString(out) {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := applied(t, env, cli); err != nil || strings.Contains(out, "Unfinished Create") {
		t.Errorf("%v: %s", err, out)
	}
	if made := len(env.Enfinitos.Subscriptions()); made != 2 {
		t.Errorf("the server holds %d", made)
	}
}

// A run that is killed after the answer leaves the id in its note. Every run stops until a saved state names it: an import in a plan
// is not saved.
func TestAnsweredCreateThatWasNotSaved(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	cli := env.CLI(t, webhook())
	if out, err := applied(t, env, cli); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	id := env.Enfinitos.Subscriptions()[0].ID
	if err := os.Remove(filepath.Join(cli.WorkingDir(), "terraform.tfstate")); err != nil { // as if it had never been written
		t.Fatal(err)
	}
	stops := func() {
		t.Helper()
		if out, err := applied(t, env, cli); err == nil || !acctest.Says("made "+id+", which still exists", "Another configuration may own").MatchString(out) {
			t.Errorf("%v: %s", err, out)
		}
	}
	stops()
	imports := filepath.Join(cli.WorkingDir(), "import.tf")
	if err := os.WriteFile(imports, fmt.Appendf(nil, "import {\n  to = %s\n  id = %q\n}\n", address, id), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := env.Run(t, cli, "plan", "-no-color"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Rename(imports, imports+".off"); err != nil {
		t.Fatal(err)
	}
	stops()
	if out, err := env.Run(t, cli, "import", "-no-color", address, id); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := applied(t, env, cli); err != nil || len(env.Enfinitos.Subscriptions()) != 1 {
		t.Errorf("%v: %s", err, out)
	}
	if left, _ := filepath.Glob(filepath.Join(cli.WorkingDir(), ".terraform", "webhook", "*", "*.json")); len(left) != 0 {
		t.Errorf("%q is left", left)
	}
}

func applied(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, further ...string) (string, error) {
	t.Helper()
	return env.Run(t, cli, append([]string{"apply", "-no-color", "-auto-approve"}, further...)...)
}
