package conformance

import (
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// world is the sandbox of a vendor, a provider and a resource, in virtual time.
type world struct {
	*testing.T
	Vendor
	profile  Profile
	env      *acctest.Env
	vars     map[string]string // the provider's environment
	path     string            // before that of the API
	notes    string
	instance *acctest.Instance
	beside   []Object // webhooks that are not the resource's
	// unreachable says that nothing listens where the API should be.
	unreachable bool
}

// forEach runs a test for each form of each vendor's API.
func forEach(t *testing.T, name string, test func(w *world)) {
	t.Helper()
	for _, v := range Vendors {
		v.each(t, name, test)
	}
}

// each runs a test for each form of a vendor's API.
func (v Vendor) each(t *testing.T, name string, test func(w *world)) {
	t.Helper()
	for profile := range v.Profiles {
		t.Run(strings.Join(strings.Fields(v.Name+" "+profile+" "+name), " "), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(newWorld(t, v, v.Profiles[profile])) })
		})
	}
}

func newWorld(t *testing.T, v Vendor, profile Profile) *world {
	t.Helper()
	w := &world{T: t, Vendor: v, profile: profile, env: acctest.NewVirtual(t, profile.Sandbox), notes: t.TempDir()}
	w.instance = &acctest.Instance{Type: v.Type}
	w.restart(nil)
	return w
}

// restart replaces the provider by one that has just started, with some settings.
func (w *world) restart(settings Values) {
	w.Helper()
	vars := map[string]string{"TF_DATA_DIR": w.notes}
	maps.Copy(vars, w.vars)
	w.instance.Provider = w.env.ProtocolThrough(w.T, w, vars)
	if problems := acctest.Text(w.instance.Provider.Configure(settings)); strings.Contains(problems, "ERROR") {
		w.Fatal(problems)
	}
}

// RoundTrip implements http.RoundTripper. Whatever the token and the path before that of the API, the call reaches the sandbox.
func (w *world) RoundTrip(request *http.Request) (*http.Response, error) {
	if w.unreachable {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	request = request.Clone(request.Context())
	request.URL.Path = strings.TrimPrefix(request.URL.Path, w.path)
	request.URL.RawPath = ""
	request.Header.Set("Authorization", "Bearer "+w.Token(w.env))
	return w.API(w.env).Transport().RoundTrip(request)
}

// objects are those of the vendor, without those beside.
func (w *world) objects() []Object {
	return slices.DeleteFunc(w.Objects(w.env), func(o Object) bool {
		return slices.ContainsFunc(w.beside, func(other Object) bool { return other.ID == o.ID })
	})
}

// find returns what the vendor holds of an id.
func (w *world) find(id string) *Object {
	all := w.Objects(w.env)
	if i := slices.IndexFunc(all, func(o Object) bool { return o.ID == id }); i >= 0 {
		return &all[i]
	}
	return nil
}

// stranger adds a webhook of equal content outside Terraform.
func (w *world) stranger() {
	id := w.Register(w.env, w.Config)
	w.beside = append(w.beside, *w.find(id))
}

func (w *world) fault(fault sandbox.Fault) {
	w.Helper()
	if err := w.API(w.env).AddFault(fault); err != nil {
		w.Fatal(err)
	}
}

// created applies the configuration.
func (w *world) created(changes ...Values) {
	w.Helper()
	w.clean(w.instance.Apply(w.With(changes...)))
	w.API(w.env).ForgetCalls()
}

func (w *world) clean(report acctest.Report) {
	w.Helper()
	if report.Failed() {
		w.Fatalf("%+v", report)
	}
}

// changes fails unless exactly these changes were called for since the journal was last emptied.
func (w *world) changes(want []string, id string) {
	w.Helper()
	lines := []string{}
	for _, line := range want {
		lines = append(lines, strings.ReplaceAll(line, "ID", id))
	}
	if diff := cmp.Diff(lines, acctest.Changes(w.API(w.env))); diff != "" {
		w.Errorf("changes (-want +got):\n%s", diff)
	}
}

// holds fails unless the vendor holds one webhook with the values, and the state its id and its secret.
func (w *world) holds(want Values) {
	w.Helper()
	all := w.objects()
	live := len(all) - 1 // the others cannot be deleted, and are paused
	for i, o := range all {
		if i < live && (o.On || w.profile.Deletes) {
			w.Errorf("there are %d webhooks: %+v", len(all), all)
		}
	}
	if live < 0 || all[live].ID != w.instance.Text("id") || all[live].Secret != w.instance.Text("secret") {
		w.Fatalf("the vendor holds %+v, the state %v", all, w.instance.State)
	}
	for name, value := range want {
		if !all[live].Values()[name].Equal(value) {
			w.Errorf("the vendor holds %s as %s, want %s", name, all[live].Values()[name], value)
		}
	}
}

// hasNoChanges fails unless a plan of the configuration changes nothing and says nothing.
func (w *world) hasNoChanges(config Values) {
	w.Helper()
	report := w.instance.Plan(config)
	if report.Planned != "no-op" || report.Problems != "" {
		w.Errorf("the next plan is %+v", report)
	}
}

// says fails unless a report has an error or a warning with the words.
func (w *world) says(report acctest.Report, words ...string) {
	w.Helper()
	if !acctest.Says(words...).MatchString(report.Problems) {
		w.Errorf("got %+v, want %q", report, words)
	}
}

// noteFiles returns the paths of the notes of creates.
func (w *world) noteFiles() []string {
	files, _ := filepath.Glob(filepath.Join(w.notes, "webhook", "*", "*.json"))
	return files
}

// forgetNotes removes the notes of creates.
func (w *world) forgetNotes() {
	for _, file := range w.noteFiles() {
		_ = os.Remove(file)
	}
}
