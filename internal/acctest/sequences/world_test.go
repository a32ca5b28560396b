package sequences_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
)

const (
	instances = 3 // of each resource type
	steps     = 20
)

// world is a few resources of every vendor, the strangers beside them, and what is known of both.
type world struct {
	t         *testing.T
	seed      uint64
	random    *rand.Rand
	counts    *counts
	dir       string // Terraform's data directory, in which creates are noted
	vendors   []*vendor
	resources []*managed
	process   *process
	story     []string
	// An API shows what it carried out within the settle time. latest is how late it carries something out, longestLag how long its
	// reads take to show that: together they are shorter.
	latest, longestLag time.Duration

	// wire is held while a call is carried out, or a stranger acts.
	wire sync.Mutex
	// strangers are the webhooks that belong to nobody here.
	strangers map[string]webhook

	// owned are the ids in states before the operations that run.
	owned []string
	// reported are webhooks of ours without an owner that a message has named, perhaps are contents that may still appear.
	reported map[string]bool
	perhaps  map[string]time.Time
	// noted says, by the path of a note, which operations may have written it.
	noted map[string][]*operation
	// opened are secrets by their encrypted form.
	opened map[string]string
}

// managed is one resource instance.
type managed struct {
	acctest.Instance

	vendor   *vendor
	name     string
	settings settings
	// created says that a create of ours made the webhook, so the state must hold its secret.
	created bool
}

// settings are the configuration of a resource.
type settings struct {
	content

	version   int
	encrypted bool
}

func (s settings) attributes(v *vendor) map[string]acctest.Value {
	out := v.attributes(s.content)
	if s.encrypted {
		out["secret_recipients"] = acctest.StringSet(recipient.Recipient().String())
	}
	if s.version > 0 {
		out["secret_version"] = acctest.Number(s.version)
	}
	return out
}

func newWorld(t *testing.T, seed uint64, dir string, counts *counts) *world {
	t.Helper()
	w := &world{
		t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 0)), counts: counts, dir: dir, //nolint:gosec // test data
		strangers: map[string]webhook{}, opened: map[string]string{}, reported: map[string]bool{}, perhaps: map[string]time.Time{},
		noted: map[string][]*operation{},
	}
	w.latest = time.Duration(1 + w.random.Int64N(int64(httpapi.SettleTime-2*time.Second)))
	w.longestLag = httpapi.SettleTime - w.latest - time.Second
	for _, description := range conformance.Vendors {
		v := newVendor(t, w.random, description)
		w.vendors = append(w.vendors, v)
		for i := range instances {
			m := &managed{Instance: acctest.Instance{Type: v.Type}, vendor: v, name: fmt.Sprintf("%s.%d", v.Type, i)}
			m.settings = w.drawSettings()
			w.resources = append(w.resources, m)
		}
	}
	w.restart()
	return w
}

// restart replaces the provider's process. What it knew is gone, but for what it has noted on disk.
func (w *world) restart() {
	w.process = &process{world: w, found: w.notes(), named: map[string]bool{}}
	environment := map[string]string{}
	for _, v := range w.vendors {
		v.settings(environment)
	}
	server, err := providerserver.NewProtocol6WithError(provider.New("test",
		provider.WithTransport(w.process), provider.WithDataDir(w.dir), provider.WithRetryWait(time.Nanosecond),
		provider.WithEnvironment(func(name string) string { return environment[name] }))())()
	if err != nil {
		w.t.Fatal(err)
	}
	w.process.Protocol = protocol.Restarted(w.t, server)
	if problems := acctest.Text(w.process.Configure(nil)); strings.Contains(problems, "ERROR") {
		w.t.Fatal(problems)
	}
	for _, m := range w.resources {
		m.Provider = w.process.Protocol
	}
}

func (w *world) drawSettings() settings {
	return settings{content: drawContent(w.random), version: w.random.IntN(3), encrypted: w.random.IntN(8) == 0}
}

// step does one thing at random.
func (w *world) step() {
	m := pick(w.random, w.resources...)
	switch n := w.random.IntN(20); {
	case n < 7:
		w.run(w.change(m))
	case n < 9:
		w.run(w.change(m), w.change(w.another(m)))
	case n < 12:
		w.run(w.plan(m, "destroy", m.Destroy))
	case n < 14:
		w.run(w.plan(m, "refresh", m.Refresh))
	case n < 16:
		w.adopt(m)
	case n < 17:
		w.say("taint %s", m.name)
		m.Taint()
		w.run(w.plan(m, "replace", func() acctest.Report { return m.Apply(m.settings.attributes(m.vendor)) }))
	case n < 19:
		w.strangerActs(w.random, m.vendor, m.settings.content)
	default:
		w.say("restart")
		w.restart()
	}
	w.checkOwners()
	if w.random.IntN(3) == 0 {
		w.followAdvice()
	}
	if w.random.IntN(3) == 0 {
		w.restart()
	}
}

// another returns another resource of the same type.
func (w *world) another(than *managed) *managed {
	for {
		if m := pick(w.random, w.resources...); m != than && m.vendor == than.vendor {
			return m
		}
	}
}

// change applies a configuration: the same one, or another.
func (w *world) change(m *managed) *operation {
	if w.random.IntN(3) > 0 {
		m.settings = w.drawSettings()
	}
	apply := m.Apply
	if w.random.IntN(2) == 0 { // with -refresh=false
		apply = m.ApplyUnrefreshed
	}
	return w.plan(m, "apply", func() acctest.Report { return apply(m.settings.attributes(m.vendor)) })
}

// adopt imports a webhook that nobody here owns, or one anew that the resource has.
func (w *world) adopt(m *managed) {
	id := m.Text("id")
	if id == "" {
		unowned := w.unowned(m.vendor)
		if len(unowned) == 0 {
			return
		}
		id = pick(w.random, unowned...).ID
	}
	w.process.named[id] = true
	w.run(w.plan(m, "import "+id, func() acctest.Report { return m.Import(id) }))
}

// plan draws what happens during an operation.
func (w *world) plan(m *managed, name string, do func() acctest.Report) *operation {
	op := &operation{
		resource: m, settings: m.settings, process: w.process, name: name, do: do,
		random:    rand.New(rand.NewPCG(w.random.Uint64(), 0)), //nolint:gosec // test data
		trouble:   pick(w.random, 0, 0.1, 0.3, 0.6),
		strangers: pick(w.random, 0, 0, 0.1, 0.3),
		stopAt:    pick(w.random, 0, 0, 0, 1, 2, 4),
	}
	if w.random.IntN(5) == 0 {
		op.stop = pick(w.random, ctrlCBefore, ctrlCDuring, ctrlCAfter, killBefore, killAfter, killAtEnd)
	}
	return op
}

// run runs operations at the same time in one process, and checks what they have left behind.
func (w *world) run(ops ...*operation) {
	before := w.snapshot(ops)
	var running sync.WaitGroup
	for _, op := range ops {
		ctx, cancel := context.WithCancel(context.WithValue(w.t.Context(), operationKey{}, op))
		op.cancel, op.resource.Context = cancel, ctx
		running.Go(func() {
			defer cancel()
			op.report = op.do()
			op.finished = true
		})
	}
	running.Wait()
	w.end(ops)
	w.attribute(ops)
	problems := ""
	for _, op := range ops {
		problems += op.report.Problems
		stopped := map[bool]string{true: " (" + op.stop + ")"}[op.stopped]
		w.say("%s %s %+v: %s%s\n  now %s", op.name, op.resource.name, op.settings, op.report.Problems, stopped, op.resource.Text("id"))
	}
	w.keepsNote(ops)
	for _, op := range ops {
		w.check(op, before[op], problems)
	}
	if w.process.killed.Load() || slices.ContainsFunc(ops, func(op *operation) bool { return op.stopped }) {
		w.restart()
	}
}

// end ends the process if an operation was to be the last one before that.
func (w *world) end(ops []*operation) {
	for _, op := range ops {
		if op.stop == killAtEnd && op.creates > 0 {
			op.changing = true
			op.strike(killAtEnd)
			w.process.killed.Store(true)
		}
	}
	if !w.process.killed.Load() {
		return
	}
	for _, op := range ops {
		op.answered, op.stopped = false, true
	}
	for _, lock := range w.noteFiles("*.lock") { // the end of a process releases its locks
		_ = os.Remove(lock)
	}
}

// strangerActs lets a stranger do something: create what a resource wants too, change or delete what anybody has.
func (w *world) strangerActs(random *rand.Rand, v *vendor, wanted content) string {
	w.wire.Lock()
	defer w.wire.Unlock()
	what := pick(random, "creates", "creates", "changes", "deletes")
	if what == "creates" {
		id := v.Register(v.env, v.attributes(wanted))
		w.strangers[id], _ = v.find(id)
		w.process.crowded.Store(true)
		w.say("a stranger creates %+v", w.strangers[id])
		return what
	}
	known := slices.DeleteFunc(v.all(), func(one webhook) bool { return !w.isKnown(one) })
	if len(known) == 0 {
		return ""
	}
	id := pick(random, known...).ID
	w.say("a stranger %s %s", what, id)
	if what == "changes" {
		_ = v.Edit(v.env, id, v.byHand(random))
	} else {
		v.Remove(v.env, id)
	}
	if _, ok := w.strangers[id]; ok {
		delete(w.strangers, id)
		if one, ok := v.find(id); ok {
			w.strangers[id] = one
		}
	}
	return what
}

// isKnown reports whether strangers know a webhook. They do not know one that was made a moment ago, by a create that is not decided.
func (w *world) isKnown(one webhook) bool {
	_, isStranger := w.strangers[one.ID]
	return isStranger || slices.Contains(w.owned, one.ID) || w.reported[one.ID]
}

// letStrangersAct lets strangers act while an operation is in progress.
func (w *world) letStrangersAct(op *operation) {
	if op.random.Float64() >= op.strangers {
		return
	}
	if what := w.strangerActs(op.random, op.resource.vendor, op.settings.content); what != "" {
		op.strike("a stranger " + what)
	}
}

// followAdvice does what messages ask a person to do: once the APIs show everything, webhooks without an owner are deleted, and the notes.
func (w *world) followAdvice() {
	<-time.After(httpapi.SettleTime)
	for _, v := range w.vendors {
		for _, one := range w.unowned(v) {
			if _, others := w.strangers[one.ID]; !others {
				v.Remove(v.env, one.ID)
			}
		}
	}
	for _, path := range w.noteFiles("*.json") {
		_ = os.Remove(path)
	}
}

// unowned returns the webhooks of a vendor that no state names.
func (w *world) unowned(v *vendor) []webhook {
	owners := w.owners()
	return slices.DeleteFunc(v.all(), func(one webhook) bool { return owners[one.ID] != nil })
}

func (w *world) owners() map[string]*managed {
	out := map[string]*managed{}
	for _, m := range w.resources {
		if id := m.Text("id"); id != "" {
			out[id] = m
		}
	}
	return out
}

func (w *world) say(format string, arguments ...any) {
	w.story = append(w.story, strings.TrimSpace(fmt.Sprintf(format, arguments...)))
}

// checkAtRest waits until the APIs show everything. Without faults everything can be refreshed, and any resource applied.
func (w *world) checkAtRest() {
	w.followAdvice()
	w.restart()
	for _, m := range w.resources {
		w.quiet(m, "refresh", m.Refresh)
		if _, exists := m.vendor.find(m.Text("id")); !exists && m.State != nil {
			w.fail("%s names %s, which is gone, after a refresh", m.name, m.Text("id"))
		}
	}
	m := pick(w.random, w.resources...)
	configuration := m.settings.attributes(m.vendor)
	w.quiet(m, "apply", func() acctest.Report { return m.ApplyUnrefreshed(configuration) })
	if plan := w.quiet(m, "plan", func() acctest.Report { return m.Plan(configuration) }); plan.Planned != "no-op" {
		w.fail("after an apply, the plan of %s is %+v", m.name, plan)
	}
	if got, _ := m.vendor.find(m.Text("id")); m.vendor.profile.Reads && got.content != m.settings.content {
		w.fail("%s is %+v, but configured as %+v", m.name, got, m.settings)
	}
}

// quiet runs an operation during which nothing goes wrong, so it must not fail.
func (w *world) quiet(m *managed, name string, do func() acctest.Report) acctest.Report {
	op := w.plan(m, name, do)
	op.trouble, op.strangers, op.stop = 0, 0, ""
	w.run(op)
	if op.report.Failed() {
		w.fail("%s %s failed without a fault: %s", name, m.name, op.report.Problems)
	}
	return op.report
}
