package tfenfinitos_test

import (
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
			told := acctest.Says("Unfinished Create", "Unable to create EnfinitOS webhook", "the outcome of an earlier create", "is unknown", `label "rights"`, "hooks.example.com")
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
		if err != nil || !acctest.Says("Unfinished Create", "EnfinitOS subscription rights https://hooks.example.com").MatchString(out) {
			t.Errorf("%v: %s", err, out)
		}
	}
}

// A create of unknown outcome that an apply has told of is not told of again.
func TestUnknownCreateIsToldOnce(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, webhook())
	inject(t, env, sandbox.Fault{Method: "POST", Path: "/v1/webhooks", Effect: sandbox.DropAfter, Times: 1})()
	if out, err := applied(t, env, cli); err == nil || !acctest.Says("may or may not exist").MatchString(out) {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := applied(t, env, cli); err != nil || strings.Contains(out, "Unfinished Create") {
		t.Errorf("%v: %s", err, out)
	}
}

func applied(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, further ...string) (string, error) {
	t.Helper()
	return env.Run(t, cli, append([]string{"apply", "-no-color", "-auto-approve"}, further...)...)
}
