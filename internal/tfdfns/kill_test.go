package tfdfns_test

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The provider's process is killed while a call is under way, before or after the API has done it. The next run with a
// new process puts everything right: one webhook, as configured, with its live secret in state.
//
// What a killed process has created and nobody has seen answered is not among these: nothing is left that knows of it.
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

func apply(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, status string) {
	t.Helper()
	if out, err := env.Run(t, cli, "apply", "-no-color", "-auto-approve", "-var=status="+status); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// killed applies with a process that is killed once a call has reached the API.
func killed(t *testing.T, env *acctest.Env, cli *tfexec.Terraform, call string, after bool, status string) {
	t.Helper()
	plugin := acctest.StartPlugin(t)
	target, err := url.Parse(env.Sandbox.DfnsURL)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	var once sync.Once
	between := acctest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != call && r.Method+" "+r.URL.Path != call {
			forward.ServeHTTP(w, r)
			return
		}
		if after {
			forward.ServeHTTP(acctest.Discard{}, r)
		}
		once.Do(plugin.Kill)
	})
	environment := []string{plugin.Environment, "DFNS_API_URL=" + between}
	if out, err := env.RunWith(t, cli, environment, "apply", "-no-color", "-auto-approve", "-var=status="+status); err == nil {
		t.Fatalf("the apply outlived its provider: %s", out)
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
