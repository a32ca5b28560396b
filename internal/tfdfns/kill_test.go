package tfdfns_test

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The provider's process is killed while a call is under way, before or after the API has done it. The next run with a
// new process puts everything right: one webhook, as configured, with its live secret in state.
//
// What a killed process has created and nobody has seen answered is another matter: nothing is left that knows of it.
func TestKilledProvider(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call  string
		after bool // the call is done before the process is killed
		steps []string
	}{
		"create, before it is signed": {call: "POST /auth/action/init", steps: []string{"Enabled"}},
		"create, before it is sent":   {call: "POST /auth/action", after: true, steps: []string{"Enabled"}},
		"update, before it is made":   {call: "PUT", steps: []string{"Enabled", "Disabled"}},
		"update, after it was made":   {call: "PUT", after: true, steps: []string{"Enabled", "Disabled"}},
		"delete, before it is made":   {call: "DELETE", steps: []string{"Enabled", ""}},
		"delete, after it was made":   {call: "DELETE", after: true, steps: []string{"Enabled", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			cli := env.CLI(t, "variable \"status\" {}\n"+webhook("count = var.status == \"\" ? 0 : 1", "status = var.status"))
			last := len(test.steps) - 1
			for _, status := range test.steps[:last] {
				apply(t, env, cli, status)
			}
			killed(t, env, cli, test.call, test.after, test.steps[last])
			apply(t, env, cli, test.steps[last])
			if out, err := env.Run(t, cli, "plan", "-no-color", "-detailed-exitcode", "-var=status="+test.steps[last]); err != nil {
				t.Errorf("there is still something to do: %v: %s", err, out)
			}
			agree(t, env, cli, test.steps[last])
		})
	}
}

// The process is killed between a create and its answer. The next plan, which lists anyway because there are other
// webhooks, names what was left behind, without a call for it, until someone has seen to it.
func TestKilledCreate(t *testing.T) {
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
	target, err := url.Parse(env.Sandbox.DfnsURL)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	started := make(chan *acctest.Plugin, 1)
	reached := make(chan struct{})
	var once sync.Once
	between := acctest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != call && r.Method+" "+r.URL.Path != call {
			forward.ServeHTTP(w, r)
			return
		}
		if after {
			forward.ServeHTTP(acctest.Discard{}, r)
		}
		once.Do(func() {
			close(reached)
			(<-started).Kill()
		})
	})
	plugin := env.StartPlugin(t, "DFNS_API_URL="+between)
	started <- plugin
	out, err := env.RunWith(t, cli, []string{plugin.Environment}, "apply", "-no-color", "-auto-approve", "-var=status="+status)
	if err == nil {
		t.Fatalf("the apply outlived its provider: %s", out)
	}
	select {
	case <-reached:
	default:
		t.Fatalf("the apply failed before %s: %s", call, out)
	}
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
