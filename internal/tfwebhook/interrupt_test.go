//go:build unix

package tfwebhook_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// burst is how many webhooks a test creates at once.
const burst = 12

// interrupted is a configuration whose second run creates, updates and deletes at both vendors, all at once, and reads something.
// The webhooks called late wait for the creates.
const interrupted = `
variable "run" { default = "first" }
variable "burst" { default = 6 }
locals { second = var.run == "second" ? 1 : 0 }

resource "webhook_dfns" "made" {
  count  = var.burst * local.second
  url    = "https://${count.index}.example.com"
  events = ["wallet.created"]
}
resource "webhook_dfns" "changed" {
  url         = "https://changed.example.com"
  events      = ["wallet.created"]
  description = var.run
}
resource "webhook_dfns" "removed" {
  count  = 1 - local.second
  url    = "https://removed.example.com"
  events = ["wallet.created"]
}
resource "webhook_dfns" "late" {
  count      = min(var.burst, local.second)
  url        = "https://late.example.com"
  events     = ["wallet.created"]
  depends_on = [webhook_dfns.made]
}

resource "webhook_enfinitos" "made" {
  count  = var.burst * local.second
  url    = "https://${count.index}.example.com"
  events = ["right.issued"]
  label  = "made"
}
resource "webhook_enfinitos" "changed" {
  url    = "https://changed.example.com"
  events = ["right.issued"]
  label  = "changed"
  active = local.second == 0
}
resource "webhook_enfinitos" "removed" {
  count  = 1 - local.second
  url    = "https://removed.example.com"
  events = ["right.issued"]
  label  = "removed"
}
resource "webhook_enfinitos" "late" {
  count      = min(var.burst, local.second)
  url        = "https://late.example.com"
  events     = ["right.issued"]
  label      = "late"
  depends_on = [webhook_enfinitos.made]
}

resource "webhook_dfns" "steady" {
  url    = "https://steady.example.com"
  events = ["wallet.created"]
}
resource "terraform_data" "run" { input = var.run }
data "webhook_dfns_events" "read" {
  webhook_id = webhook_dfns.steady.id
  depends_on = [terraform_data.run]
}
`

// sentChanges are the changes that the second run sends before it is interrupted.
var sentChanges = []string{
	"DELETE /v1/webhooks/ID", "DELETE /webhooks/ID", "POST /v1/webhooks", "POST /v1/webhooks", "POST /v1/webhooks", "POST /v1/webhooks",
	"POST /v1/webhooks", "POST /v1/webhooks", "POST /v1/webhooks/ID/active", "POST /webhooks", "POST /webhooks", "POST /webhooks",
	"POST /webhooks", "POST /webhooks", "POST /webhooks", "PUT /webhooks/ID",
}

// After one signal, what was sent is answered and saved, with its secret, and nothing more is sent. After two, the CLI stops at once,
// and a note tells of every create that was sent and not saved. No provider process stays.
func TestInterruptedRun(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, group := range []bool{false, true} {
			for _, twice := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/group=%t/twice=%t", signal, group, twice), func(t *testing.T) {
					t.Parallel()
					env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
					gate := acctest.NewGate(t, isChangeOrRead, env.DfnsCalls, env.EnfinitosCalls)
					deleted := `{"ok":true,"data":{}}` // without this proof, a read would have to follow
					fault := sandbox.Fault{Method: "DELETE", Effect: sandbox.StatusAfter, Status: http.StatusOK, Body: &deleted}
					if err := env.EnfinitosCalls.AddFault(fault); err != nil {
						t.Fatal(err)
					}
					cli := env.CLI(t, interrupted)
					if out, err := env.Run(t, cli, "apply", "-no-color", "-auto-approve"); err != nil {
						t.Fatalf("%v: %s", err, out)
					}
					before := idsAndSecrets(env)

					gate.Shut()
					run := env.Start(t, cli, nil, "apply", "-no-color", "-auto-approve", "-parallelism=30", "-var=run=second")
					read, sent := arrivals(t, gate, len(sentChanges))
					if diff := cmp.Diff(sentChanges, sent); diff != "" {
						t.Fatalf("changes (-want +got):\n%s", diff)
					}
					providers := run.Providers(t)
					run.Signal(signal, group)
					acctest.Await(t, read.Context().Done(), "the provider to give up a read")
					if twice {
						run.Signal(signal, group)
						run.Ended(t)
						gate.Open()
						acctest.AwaitEnd(t, providers)
						if got := len(notes(t, cli)); got != burst {
							t.Errorf("there are %d notes", got)
						}
					} else {
						gate.Open()
						out, succeeded := run.Ended(t)
						if succeeded || len(idsAndSecrets(env)) != len(before)-2+burst {
							t.Errorf("the server holds %v after %s", idsAndSecrets(env), out)
						}
						acctest.AwaitEnd(t, providers)
						if diff := cmp.Diff(idsAndSecrets(env), saved(t, env, cli)); diff != "" {
							t.Errorf("the state (-server +state):\n%s\n%s", diff, out)
						}
						settled(t, env, cli)
					}
				})
			}
		}
	}
}

// isChange selects the changes, but no signature.
func isChange(r *http.Request) bool {
	return r.Method != http.MethodGet && strings.Contains(r.URL.Path, "/webhooks")
}

// isChangeOrRead selects the read of the data source too.
func isChangeOrRead(r *http.Request) bool {
	return isChange(r) || strings.HasSuffix(r.URL.Path, "/events")
}

// arrivals waits for the read and for a number of changes, and returns these in order and without ids.
func arrivals(t *testing.T, gate *acctest.Gate, changes int) (read *http.Request, sent []string) {
	t.Helper()
	for read == nil || len(sent) < changes {
		r := acctest.Await(t, gate.Arrived, fmt.Sprintf("%d changes and a read, after %q", changes, sent))
		if r.Method == http.MethodGet {
			read = r
			continue
		}
		path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1"), "/")
		line := strings.TrimSuffix(r.URL.Path, strings.Join(path, "/"))
		if len(path) > 2 {
			path[2] = "ID"
		}
		sent = append(sent, r.Method+" "+line+strings.Join(path, "/"))
	}
	slices.Sort(sent)
	return read, sent
}

// settled fails unless the next run does the rest, and leaves nothing to do.
func settled(t *testing.T, env *acctest.Env, cli *tfexec.Terraform) {
	t.Helper()
	out, err := env.Run(t, cli, "apply", "-no-color", "-auto-approve", "-var=run=second")
	if err != nil || strings.Contains(out, "Warning") || !acctest.Says("2 added, 0 changed, 0 destroyed").MatchString(out) {
		t.Errorf("the next run: %v: %s", err, out)
	}
}

// An API that never answers holds the CLI up for request_timeout after a signal, and the provider after the CLI was killed. The create
// is not sent again, and its note stays.
func TestInterruptedRunWithoutAnswer(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(*acctest.Running){
		"terminated": func(run *acctest.Running) { run.Signal(syscall.SIGTERM, true) },
		"CLI killed": func(run *acctest.Running) { run.Signal(syscall.SIGKILL, false) },
	} {
		forVendors(t, name, func(t *testing.T, v vendor, env *acctest.Env) {
			gate := v.gate(t, env, v.create)
			dir := v.cli(t, env, "") // with a request_timeout of 5s
			gate.Shut()
			run := env.Start(t, dir, nil, apply...)
			create := acctest.Await(t, gate.Arrived, "the create")
			arrived, providers := time.Now(), run.Providers(t)
			stop(run)
			acctest.Await(t, create.Context().Done(), "the provider to give up")
			if waited := time.Since(arrived); waited < 4*time.Second {
				t.Errorf("the provider gave up after %s", waited)
			}
			if out, succeeded := run.Ended(t); succeeded || name == "terminated" && !acctest.Says("Unable to create", "no answer").MatchString(out) {
				t.Errorf("the run ended with %s", out)
			}
			acctest.AwaitEnd(t, providers)
			if got := notes(t, dir); len(got) != 1 || len(gate.Arrived) != 0 {
				t.Errorf("the notes are %v, and the create was sent %d times more", got, len(gate.Arrived))
			}
		})
	}
}
