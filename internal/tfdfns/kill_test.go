package tfdfns_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// brief begins a configuration. Its provider retries a failed call only once.
const brief = "provider \"webhook\" {\n  max_retries = 1\n}\nvariable \"status\" {}\n"

// The provider's process is killed while a call is under way, before or after the API has done it. The next run with a
// new process puts everything right: one webhook, as configured, with its live secret in state.
func TestKilledProvider(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call  string
		after bool // the call is done before the process is killed
		steps []string
	}{
		"create, before it is signed": {call: "POST /auth/action/init", steps: []string{"Enabled"}},
		"create, before it is sent":   {call: "POST /auth/action", after: true, steps: []string{"Enabled"}},
		"create, before it is made":   {call: "POST /webhooks", steps: []string{"Enabled"}},
		"update, before it is made":   {call: "PUT", steps: []string{"Enabled", "Disabled"}},
		"update, after it was made":   {call: "PUT", after: true, steps: []string{"Enabled", "Disabled"}},
		"delete, before it is made":   {call: "DELETE", steps: []string{"Enabled", ""}},
		"delete, after it was made":   {call: "DELETE", after: true, steps: []string{"Enabled", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			cli := env.CLI(t, brief+webhook("count = var.status == \"\" ? 0 : 1", "status = var.status"))
			last := len(test.steps) - 1
			for _, status := range test.steps[:last] {
				apply(t, env, cli, status)
			}
			killed(t, env, cli, test.call, test.after, test.steps[last])
			letNotesAge(t, cli)
			apply(t, env, cli, test.steps[last])
			if out, err := env.Run(t, cli, "plan", "-no-color", "-detailed-exitcode", "-var=status="+test.steps[last]); err != nil {
				t.Errorf("there is still something to do: %v: %s", err, out)
			}
			agree(t, env, cli, test.steps[last])
		})
	}
}

// The process is killed between a create and its answer. The next run in that directory knows of it: it makes no second
// webhook, names the first one, and goes on once someone has seen to that.
func TestKilledCreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		see func(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, id string)
	}{
		"deleted": {func(_ *testing.T, env *acctest.Env, _ *tfexec.Terraform, id string) { env.Dfns.Remove(id) }},
		"imported": {func(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, id string) {
			if out, err := env.Run(t, cli, "import", "-no-color", "-var=status=Enabled", "webhook_dfns.test[0]", id); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}},
		"known to someone else": {func(t *testing.T, _ *acctest.Env, cli *tfexec.Terraform, _ string) {
			for _, note := range notes(t, cli) {
				if err := os.Remove(note); err != nil {
					t.Fatal(err)
				}
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			cli := env.CLI(t, brief+webhook("count = var.status == \"\" ? 0 : 1", "status = var.status"))
			killed(t, env, cli, "POST /webhooks", true, "Enabled")
			id := env.Dfns.Webhooks()[0].ID
			env.DfnsCalls.ForgetCalls()
			out, err := env.Run(t, cli, "apply", "-no-color", "-auto-approve", "-var=status=Enabled")
			wanted := acctest.Says("Unfinished Create", "hooks.example.com", "Unable to create Dfns webhook", "the outcome of an earlier create", "is unknown", "may have made "+id)
			if err == nil || !wanted.MatchString(out) {
				t.Errorf("the apply does not fail with what was left behind: %v: %s", err, out)
			}
			if got := acctest.Changes(env.DfnsCalls); len(got) != 0 || len(env.Dfns.Webhooks()) != 1 {
				t.Errorf("there are changes: %q", got)
			}

			test.see(t, env, cli, id)
			letNotesAge(t, cli)
			apply(t, env, cli, "Enabled")
			out, err = env.Run(t, cli, "plan", "-no-color", "-detailed-exitcode", "-var=status=Enabled")
			if err != nil || strings.Contains(out, "Unfinished Create") || len(notes(t, cli)) != 0 {
				t.Errorf("it is not settled: %v: %s", err, out)
			}
			want := map[string]int{"deleted": 1, "imported": 1, "known to someone else": 2}[name]
			if got := env.Dfns.Webhooks(); len(got) != want {
				t.Errorf("the server holds %+v", got)
			}
		})
	}
}

// A plan to import what was left behind settles nothing: it may never be applied.
func TestPlannedImportOfKilledCreate(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, brief+webhook("count = var.status == \"\" ? 0 : 1", "status = var.status"))
	killed(t, env, cli, "POST /webhooks", true, "Enabled")
	letNotesAge(t, cli)
	block := "import {\n  to = webhook_dfns.test[0]\n  id = \"" + env.Dfns.Webhooks()[0].ID + "\"\n}\n"
	if err := os.WriteFile(filepath.Join(cli.WorkingDir(), "import.tf"), []byte(block), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := env.Run(t, cli, "plan", "-no-color", "-var=status=Enabled")
	if err != nil || !acctest.Says("1 to import").MatchString(out) || len(notes(t, cli)) != 1 {
		t.Errorf("%q is left after %v: %s", notes(t, cli), err, out)
	}
}

// letNotesAge makes the notes so old that nothing can still be in progress. Otherwise the next run would wait for it.
func letNotesAge(t *testing.T, cli *tfexec.Terraform) {
	t.Helper()
	for _, note := range notes(t, cli) {
		if err := os.Chtimes(note, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
}

// An apply that gave up without knowing what became of its create is remembered as one that was killed is.
func TestUnknownCreateIsRemembered(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, brief+webhook("status = var.status"))
	for _, fault := range []sandbox.Fault{
		{Method: "POST", Path: "/webhooks", Effect: "drop_after", Times: 1},
		{Method: "POST", Path: "/webhooks", Effect: "drop_before"},
		{Method: "GET", Path: "/webhooks", Effect: "status", Status: 403},
	} {
		if err := env.DfnsCalls.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
	arguments := []string{"apply", "-no-color", "-auto-approve", "-var=status=Enabled"}
	out, err := env.Run(t, cli, arguments...)
	if err == nil || !acctest.Says("may or may not exist").MatchString(out) || len(env.Dfns.Webhooks()) != 1 {
		t.Fatalf("the outcome is not unknown: %v: %s", err, out)
	}
	env.DfnsCalls.ClearFaults()
	if err := env.DfnsCalls.AddFault(sandbox.Fault{Method: "GET", Path: "/webhooks", Effect: "status", Status: 403}); err != nil {
		t.Fatal(err)
	}
	out, err = env.Run(t, cli, arguments...)
	if err == nil || !acctest.Says("the outcome of an earlier create", "is unknown", "looking for its result failed", "Webhooks:Read", "No create was sent").MatchString(out) {
		t.Errorf("%v: %s", err, out)
	}
	env.DfnsCalls.ClearFaults()
	out, err = env.Run(t, cli, arguments...)
	if err == nil || !acctest.Says("the outcome of an earlier create", "is unknown", "may have made "+env.Dfns.Webhooks()[0].ID).MatchString(out) {
		t.Errorf("it was forgotten: %v: %s", err, out)
	}
	if got := env.Dfns.Webhooks(); len(got) != 1 {
		t.Errorf("the server holds %+v", got)
	}
}

// notes returns the files in which the provider has noted its creates.
func notes(t *testing.T, cli *tfexec.Terraform) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cli.WorkingDir(), ".terraform", "webhook", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The same where nothing is left of the directory, as in a pipeline that starts from nothing. The next plan, which lists
// anyway because there are other webhooks, names what was left behind, without a call for it, until someone has seen to it.
func TestKilledCreateOfLostDirectory(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, `
variable "status" {}
resource "webhook_dfns" "other" {
  count       = 2
  url         = "https://hooks.example.com/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.created"]
  description = count.index
}
`+webhook("count = var.status == \"\" ? 0 : 1", "status = var.status", "depends_on = [webhook_dfns.other]"))
	const warning = "Dfns Webhook of the Same Content Exists"
	apply(t, env, cli, "")
	killed(t, env, cli, "POST /webhooks", true, "Enabled")
	for _, note := range notes(t, cli) {
		_ = os.Remove(note)
	}
	left := env.Dfns.Webhooks()
	if len(left) != 3 {
		t.Fatalf("the API has made %d webhooks", len(left))
	}
	env.DfnsCalls.ForgetCalls()
	out, err := env.Run(t, cli, "plan", "-no-color", "-var=status=Enabled")
	if err != nil || !acctest.Says(warning, left[2].ID+", created "+left[2].Created.Format("2006-01-02T")).MatchString(out) {
		t.Errorf("the plan does not name %s: %v: %s", left[2].ID, err, out)
	}
	if strings.Contains(out, left[0].ID+", created") || strings.Contains(out, left[1].ID+", created") {
		t.Errorf("the plan names what is in the state: %s", out)
	}
	if got := acctest.Reads(env.DfnsCalls); len(got) != 2 || len(env.DfnsCalls.Journal()) != 2 {
		t.Errorf("the calls are %q", got)
	}
	if out, err := env.Run(t, cli, "plan", "-no-color", "-var=status=Disabled"); err != nil || strings.Contains(out, warning) {
		t.Errorf("a webhook of other content is taken for what was left behind: %v: %s", err, out)
	}
	env.Dfns.Remove(left[2].ID) // as the warning says
	if out, err := env.Run(t, cli, "plan", "-no-color", "-var=status=Enabled"); err != nil || strings.Contains(out, warning) {
		t.Errorf("it is still named: %v: %s", err, out)
	}
	apply(t, env, cli, "Enabled")
	replace := []string{"plan", "-no-color", "-var=status=Enabled", "-replace=webhook_dfns.test[0]"}
	if out, err := env.Run(t, cli, replace...); err != nil || !strings.Contains(out, "must be replaced") && !strings.Contains(out, "will be replaced") || strings.Contains(out, warning) {
		t.Errorf("a replacement is warned of: %v: %s", err, out)
	}
}

func apply(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, status string) {
	t.Helper()
	if out, err := env.Run(t, cli, "apply", "-no-color", "-auto-approve", "-var=status="+status); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// killed applies with a process that is killed once a call has reached the API.
func killed(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, call string, after bool, status string) {
	t.Helper()
	env.RunKilled(t, cli, acctest.Killing{Variable: "DFNS_API_URL", Call: call, After: after},
		"apply", "-no-color", "-auto-approve", "-var=status="+status)
}

// agree fails unless the server holds what is configured, and the state its id and secret.
func agree(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, status string) {
	t.Helper()
	state, err := cli.Show(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := env.Dfns.Webhooks()
	if status == "" {
		if len(all) != 0 {
			t.Errorf("the server still holds %+v", all)
		}
		return
	}
	values := state.Values.RootModule.Resources[0].AttributeValues
	if len(all) != 1 || all[0].Status != status || values["id"] != all[0].ID || values["secret"] != all[0].Secret {
		t.Errorf("the server holds %+v, the state %v", all, values)
	}
}
