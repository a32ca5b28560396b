//go:build unix

package cli_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// Runs are killed and interrupted at some point of a change of every vendor at once.

// run is a directory with a webhook of each vendor, before sandboxes whose objects are an hour old when they are made, so that no read
// waits for them to show.
type run struct {
	*testing.T
	env     *acctest.Env
	vendors []Vendor
	gate    *acctest.Gate
	dir     *tfexec.Terraform
}

// newRun returns a run of vendors. The gate holds the calls that holds selects.
func newRun(t *testing.T, vendors []Vendor, holds func(Vendor, *http.Request) bool) *run {
	t.Helper()
	config := "provider \"webhook\" {\n  max_retries = 0\n}\n"
	for _, v := range vendors {
		one := v.With(Values{"url": acctest.String("https://hooks.example.com/secret-path"), v.NamedBy: acctest.String("one")})
		config += v.HCL(one, `timeouts { create = "15s" }`)
	}
	return runOf(t, config, vendors, holds)
}

// runOf is newRun with another configuration.
func runOf(t *testing.T, config string, vendors []Vendor, holds func(Vendor, *http.Request) bool) *run {
	t.Helper()
	old := func() time.Time { return time.Now().Add(-time.Hour) }
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true, Clock: old})
	var apis []*sandbox.Calls
	for _, v := range vendors {
		apis = append(apis, v.API(env))
	}
	gate := acctest.NewGate(t, func(request *http.Request) bool {
		return slices.ContainsFunc(vendors, func(v Vendor) bool { return holds(v, request) })
	}, apis...)
	return &run{T: t, vendors: vendors, env: env, gate: gate, dir: env.CLI(t, config)}
}

// creates selects the creates of a vendor.
func creates(v Vendor, request *http.Request) bool {
	return request.Method == v.Creating()[0] && request.URL.Path == v.Creating()[1]
}

// held starts an apply whose calls the gate holds, one of each vendor.
func (r *run) held() *acctest.Running {
	r.Helper()
	r.gate.Shut()
	running := r.env.Start(r.T, r.dir, nil, apply...)
	for range r.vendors {
		acctest.Await(r.T, r.gate.Arrived, "the calls")
	}
	return running
}

// idsAndSecrets returns the secrets of what some vendors hold, by id.
func idsAndSecrets(env *acctest.Env, vendors ...Vendor) map[string]string {
	out := map[string]string{}
	for _, v := range vendors {
		for _, o := range v.Objects(env) {
			out[o.ID] = o.Secret
		}
	}
	return out
}

// saved returns the secrets in the saved state, by id.
func saved(t *testing.T, cli *tfexec.Terraform) map[string]string {
	t.Helper()
	state, err := cli.Show(t.Context())
	must(t, err)
	out := map[string]string{}
	for _, resource := range state.Values.RootModule.Resources {
		if secret, ok := resource.AttributeValues["secret"].(string); ok {
			out[resource.AttributeValues["id"].(string)] = secret
		}
	}
	return out
}

// notes returns the files of the notes of creates.
func (r *run) notes() []string {
	files, _ := filepath.Glob(filepath.Join(r.dir.WorkingDir(), ".terraform", "webhook", "default", "*.json"))
	return files
}

// letNotesAge makes the notes so old that reads show what their creates have made. Otherwise the next run would wait for that.
func (r *run) letNotesAge() {
	for _, note := range r.notes() {
		must(r.T, os.Chtimes(note, time.Time{}, time.Now().Add(-time.Hour)))
	}
}

// next is what runs do after one that was killed.
type next int

const (
	makes next = iota // the next run ends with one webhook, in state and with its secret
	warns             // one run stops, the one after it creates
	stops             // every run stops, and names the webhook that exists
)

// A run is killed at some point of a create. Nothing is doubled without a word, and nothing that was not made stops the next run.
func TestKilledCreate(t *testing.T) {
	t.Parallel()
	var signed []Vendor
	for _, v := range Vendors {
		if len(v.Create) > 1 {
			signed = append(signed, v)
		}
	}
	for name, test := range map[string]struct {
		signing       bool // is in flight, not the create
		kill          func(t *testing.T, run *acctest.Running)
		carriedOut    bool // once the processes are killed, but those that survive get the answer
		lists, cannot next // of a vendor that can list webhooks, and of one that cannot
	}{
		"signing, both killed":              {signing: true, kill: killBoth, lists: makes},
		"not carried out, provider killed":  {kill: killProvider, lists: makes, cannot: warns},
		"not carried out, CLI killed":       {kill: killCLI, lists: makes, cannot: warns},
		"carried out, provider killed":      {kill: killProvider, carriedOut: true, lists: stops, cannot: warns},
		"carried out, both killed":          {kill: killBoth, carriedOut: true, lists: stops, cannot: warns},
		"carried out, CLI killed: answered": {kill: killCLI, carriedOut: true, lists: stops, cannot: stops},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vendors, holds := Vendors, creates
			if test.signing {
				vendors = signed
				holds = func(v Vendor, request *http.Request) bool {
					return request.Method+" "+request.URL.Path+" 200" == v.Create[len(v.Create)-2]
				}
			}
			r := newRun(t, vendors, holds)
			running := r.held()
			providers := running.Providers(t)
			test.kill(t, running)
			if test.carriedOut {
				r.gate.Open()
			} else {
				r.gate.Cut()
			}
			running.Ended(t)
			acctest.AwaitEnd(t, providers)
			r.letNotesAge()
			r.nextRuns(func(v Vendor) next {
				if v.Lists {
					return test.lists
				}
				return test.cannot
			})
		})
	}
}

func killProvider(t *testing.T, running *acctest.Running) {
	for _, pid := range running.Providers(t) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func killCLI(_ *testing.T, running *acctest.Running) { running.Signal(syscall.SIGKILL, false) }

func killBoth(_ *testing.T, running *acctest.Running) { running.Signal(syscall.SIGKILL, true) }

// nextRuns fails unless the runs that follow a killed one do what is expected of each vendor.
func (r *run) nextRuns(expect func(Vendor) next) {
	r.Helper()
	left := idsAndSecrets(r.env, r.vendors...)
	most := makes
	for _, v := range r.vendors {
		most = max(most, expect(v))
	}
	for i := range most { // as a pipeline that retries does
		for _, v := range r.vendors {
			v.API(r.env).ForgetCalls()
		}
		out, err := r.env.Run(r.T, r.dir, apply...)
		_, output, _ := strings.Cut(out, "Creating...") // before that, the plan shows the url
		if err == nil || strings.Contains(output, "secret-path") {
			r.Errorf("the next run does not stop, or shows too much: %v: %s", err, out)
		}
		for _, v := range r.vendors {
			if i < expect(v) && expect(v) != makes {
				r.stopped(v, expect(v), output)
			}
		}
	}
	if most != stops {
		r.succeeds()
	}
	for _, v := range r.vendors {
		if expect(v) == stops {
			continue
		}
		made := idsAndSecrets(r.env, v)
		if expect(v) == warns { // what the run named stays
			maps.DeleteFunc(made, func(id, _ string) bool { return left[id] != "" })
		}
		held := saved(r.T, r.dir)
		for id, secret := range made {
			if held[id] != secret || len(made) != 1 {
				r.Errorf("%s holds %v, the state %v", v.Name, made, held)
			}
		}
	}
}

// stopped fails unless a run has said why it does not create the webhook of a vendor, and has not.
func (r *run) stopped(v Vendor, expect next, output string) {
	r.Helper()
	words := []string{"Unable to create " + v.Name + " webhook"}
	if expect == stops {
		words = append(words, slices.Collect(maps.Keys(idsAndSecrets(r.env, v)))...)
	} else {
		words = append(words, `"one" https://hooks.example.com`)
	}
	if !acctest.Says(append(words, "No create was sent")...).MatchString(output) {
		r.Errorf("the next run does not say why it stops: %s", output)
	}
	if got := acctest.Changes(v.API(r.env)); len(got) != 0 {
		r.Errorf("it makes the changes %q", got)
	}
}

// succeeds fails unless the next apply succeeds and leaves nothing to do, and no note.
func (r *run) succeeds() {
	r.Helper()
	if out, err := r.env.Run(r.T, r.dir, apply...); err != nil {
		r.Errorf("the next run: %v: %s", err, out)
	}
	out, err := r.env.Run(r.T, r.dir, "plan", "-no-color", "-detailed-exitcode")
	if err != nil || strings.Contains(out, "Unfinished Create") || len(r.notes()) != 0 {
		r.Errorf("it is not settled, with the notes %v: %v: %s", r.notes(), err, out)
	}
}

// What a killed run has made stops creates until it is imported. A plan to import it is not enough: it may never be applied. Another
// workspace may own an equal webhook, so the note does not hold it up.
func TestImportAfterAKilledCreate(t *testing.T) {
	t.Parallel()
	r := newRun(t, Vendors, creates)
	running := r.held()
	providers := running.Providers(t)
	killCLI(t, running)
	running.Ended(t)
	r.gate.Open()
	acctest.AwaitEnd(t, providers)
	block := ""
	for _, v := range Vendors {
		block += fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", v.Address(), v.Objects(r.env)[0].ID)
	}
	for _, arguments := range [][]string{{"workspace", "new", "other"}, apply, {"workspace", "select", "default"}} {
		if out, err := r.env.Run(t, r.dir, arguments...); err != nil || strings.Contains(out, "Unfinished") {
			t.Errorf("another workspace: %v: %s", err, out)
		}
	}
	if out, err := r.env.Run(t, r.dir, apply...); err == nil || strings.Count(out, "No create was sent") != len(Vendors) {
		t.Errorf("the note is lost: %v: %s", err, out)
	}
	must(t, os.WriteFile(filepath.Join(r.dir.WorkingDir(), "import.tf"), []byte(block), 0o600))
	out, err := r.env.Run(t, r.dir, "plan", "-no-color")
	if err != nil || !acctest.Says(fmt.Sprint(len(Vendors), " to import")).MatchString(out) || len(r.notes()) != len(Vendors) {
		t.Errorf("%v is left after %v: %s", r.notes(), err, out)
	}
	r.succeeds()
	if got := idsAndSecrets(r.env, Vendors...); len(got) != 2*len(Vendors) {
		t.Errorf("the vendors hold %v", got)
	}
}

// interruptible is a configuration whose second run creates, updates and deletes at every vendor, all at once, and reads something. The
// webhooks called late wait for the creates.
func interruptible() string {
	out := `
variable "run" { default = "first" }
locals { second = var.run == "second" ? 1 : 0 }
resource "terraform_data" "run" { input = var.run }
`
	for _, v := range Vendors {
		changed := v.With()
		var lines []string
		for name := range v.Off {
			lines = append(lines, fmt.Sprintf("%s = local.second == 1 ? %s : %s", name, conformance.Literal(v.Off[name]), conformance.Literal(v.Config[name])))
			delete(changed, name)
		}
		made := v.With() // creates of equal content take turns
		delete(made, "url")
		out += v.Resource("made", made, fmt.Sprintf("count = %d * local.second", burst), `url = "https://${count.index}.example.com"`) + v.Resource("changed", changed, lines...) +
			v.Resource("removed", v.Config, "count = 1 - local.second") + v.Resource("steady", v.Config) +
			v.Resource("late", v.Config, "count = local.second", "depends_on = ["+v.Type+".made]") +
			strings.NewReplacer("ADDRESS", v.Type+".steady", " { ", " {\n  ", " }\n", "\n  depends_on = [terraform_data.run]\n}\n").Replace(v.Data)
	}
	return out
}

// burst is how many webhooks the second run creates at each vendor.
const burst = 3

// sentChanges are the changes that the second run sends before it is interrupted.
func sentChanges() (out []string) {
	for _, v := range Vendors {
		last := func(calls []string) string { return strings.Join(strings.Fields(calls[len(calls)-1])[:2], " ") }
		out = append(append(out, last(v.Update), last(v.Delete)), slices.Repeat([]string{last(v.Create)}, burst)...)
	}
	slices.Sort(out)
	return out
}

// isChangeOrRead selects the changes of a vendor, but no signature, and the read of the data source.
func isChangeOrRead(v Vendor, r *http.Request) bool {
	return r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, v.Creating()[1]) || isRead(v, r)
}

func isRead(v Vendor, r *http.Request) bool {
	return v.DataCall != "" && strings.HasSuffix(r.URL.Path, v.DataCall)
}

// After one signal, what was sent is answered and saved, with its secret, and nothing more is sent. After two, the CLI stops at once,
// and a note names every create that was sent and not saved. No provider process stays.
func TestInterruptedRun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		signal       syscall.Signal
		group, twice bool
	}{
		"Ctrl-C":       {signal: syscall.SIGINT, group: true},
		"Ctrl-C twice": {signal: syscall.SIGINT, group: true, twice: true},
		"SIGTERM":      {signal: syscall.SIGTERM, group: true},
		"SIGINT twice": {signal: syscall.SIGINT, twice: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runOf(t, interruptible(), Vendors, isChangeOrRead)
			for _, v := range Vendors {
				if v.Deleted != "" { // otherwise a read would have to follow
					must(t, v.API(r.env).AddFault(sandbox.Fault{Method: "DELETE", Effect: "status_after", Status: 200, Body: &v.Deleted}))
				}
			}
			if out, err := r.env.Run(t, r.dir, apply...); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			before := idsAndSecrets(r.env, Vendors...)
			r.gate.Shut()
			running := r.env.Start(t, r.dir, nil, append(slices.Clone(apply), "-parallelism=30", "-var=run=second")...)
			reads := r.arrivals(before)
			providers := running.Providers(t)
			running.Signal(test.signal, test.group)
			for _, read := range reads {
				acctest.Await(t, read.Context().Done(), "the provider to give up a read")
			}
			if test.twice {
				running.Signal(test.signal, test.group)
				running.Ended(t)
				r.gate.Open()
				acctest.AwaitEnd(t, providers)
				if got := len(r.notes()); got != burst*len(Vendors) {
					t.Errorf("there are %d notes", got)
				}
				return
			}
			r.gate.Open()
			out, succeeded := running.Ended(t)
			acctest.AwaitEnd(t, providers)
			now := idsAndSecrets(r.env, Vendors...)
			if diff := cmp.Diff(now, saved(t, r.dir)); succeeded || diff != "" || len(now) != len(before)+(burst-1)*len(Vendors) {
				t.Errorf("the state (-vendors +state):\n%s\n%s", diff, out)
			}
			out, err := r.env.Run(t, r.dir, append(slices.Clone(apply), "-var=run=second")...)
			if err != nil || strings.Contains(out, "Warning") || !acctest.Says(fmt.Sprint(len(Vendors), " added, 0 changed, 0 destroyed")).MatchString(out) {
				t.Errorf("the next run: %v: %s", err, out)
			}
		})
	}
}

// arrivals waits for a read of each vendor that has such a call and for the changes, and returns the reads.
func (r *run) arrivals(before map[string]string) (reads []*http.Request) {
	r.Helper()
	var sent []string
	readable := slices.DeleteFunc(slices.Clone(Vendors), func(v Vendor) bool { return v.DataCall == "" })
	for len(reads) < len(readable) || len(sent) < len(sentChanges()) {
		request := acctest.Await(r.T, r.gate.Arrived, fmt.Sprintf("the changes and the reads, after %q and %d", sent, len(reads)))
		if request.Method == http.MethodGet {
			reads = append(reads, request)
			continue
		}
		line := request.Method + " " + request.URL.Path
		for id := range before {
			line = strings.ReplaceAll(line, id, "ID")
		}
		sent = append(sent, line)
	}
	slices.Sort(sent)
	if diff := cmp.Diff(sentChanges(), sent); diff != "" {
		r.Fatalf("changes (-want +got):\n%s", diff)
	}
	return reads
}
