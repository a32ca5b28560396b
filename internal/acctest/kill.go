package acctest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// Killing defines at which call the provider's process is killed.
type Killing struct {
	// Variable is the environment variable with the URL of the vendor's API.
	Variable string
	// Call is a method, or a method and a path.
	Call string
	// After says that the API first carries out the call.
	After bool
}

// RunKilled runs a CLI command, kills the provider during it, and returns the output of the CLI.
func (e *Env) RunKilled(t *testing.T, cli *tfexec.Terraform, killing Killing, arguments ...string) string {
	t.Helper()
	target, err := url.Parse(e.Env()[killing.Variable])
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	started, reached := make(chan *Plugin, 1), make(chan struct{})
	var once sync.Once
	between := Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != killing.Call && r.Method+" "+r.URL.Path != killing.Call {
			forward.ServeHTTP(w, r)
			return
		}
		if killing.After {
			forward.ServeHTTP(httptest.NewRecorder(), r) // nobody gets the answer
		}
		once.Do(func() {
			close(reached)
			(<-started).Kill()
		})
	})
	plugin := e.StartPlugin(t, cli, killing.Variable+"="+between)
	started <- plugin
	out, err := e.RunWith(t, cli, []string{plugin.Environment}, arguments...)
	if err == nil {
		t.Fatalf("the command outlived its provider: %s", out)
	}
	select {
	case <-reached:
	default:
		t.Fatalf("the command failed before %s: %s", killing.Call, out)
	}
	return out
}
