package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// TestRandomSequences applies, changes, deletes, imports and restarts at random and under random faults, and after every
// step asks: does every webhook at the vendor belong to exactly one resource, and is the secret in its state the live one?
func TestRandomSequences(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		bubble(t, func(t *testing.T) {
			w := newWorld(t, r)
			r.Repeat(map[string]func(*rapid.T){
				"":                w.invariants,
				"apply":           w.apply,
				"apply in storm":  w.applyInStorm,
				"destroy":         w.destroy,
				"change outside":  w.changeOutside,
				"delete outside":  w.deleteOutside,
				"import":          w.importAgain,
				"restart":         func(*rapid.T) { w.restart() },
				"apply all clean": w.applyAll,
			})
		})
	})
}

// bubble runs a test in virtual time. The panics with which rapid ends a test leave the bubble.
func bubble(t *testing.T, test func(*testing.T)) {
	var ended any
	synctest.Test(t, func(t *testing.T) {
		defer func() { ended = recover() }()
		test(t)
	})
	if ended != nil {
		panic(ended)
	}
}

// world is a few resources of both vendors and what is known of them.
type world struct {
	t            *testing.T
	notes        string          // the directory in which creates are noted
	ignored      map[string]bool // what was reported to exist perhaps, and nobody has looked for
	sandbox      *acctest.Env
	conventional bool
	provider     *acctest.Protocol
	resources    []*managed
	alice, bob   *age.X25519Identity
}

type managed struct {
	acctest.Instance
	config map[string]acctest.Value // as it was applied last
	secret bool                     // whether the state must hold the live secret
}

func newWorld(t *testing.T, r *rapid.T) *world {
	w := &world{t: t, conventional: rapid.Bool().Draw(r, "conventional"), notes: t.TempDir(), ignored: map[string]bool{}}
	w.sandbox = acctest.NewVirtual(t, sandbox.Config{EnfinitosConventional: w.conventional})
	var err error
	w.alice, err = age.GenerateX25519Identity()
	must(t, err)
	w.bob, err = age.GenerateX25519Identity()
	must(t, err)
	for _, kind := range []string{"webhook_dfns", "webhook_dfns", "webhook_dfns", "webhook_enfinitos", "webhook_enfinitos"} {
		w.resources = append(w.resources, &managed{Instance: acctest.Instance{Type: kind}})
	}
	w.restart()
	return w
}

// restart replaces the provider's process. What it remembered is gone, but for what it has noted on disk.
func (w *world) restart() {
	w.provider = w.sandbox.Protocol(w.t, map[string]string{"TF_DATA_DIR": w.notes})
	problems := acctest.Text(w.provider.Configure(nil))
	if strings.Contains(problems, "ERROR") {
		w.t.Fatal(problems)
	}
	if strings.Contains(problems, "Unfinished Create") {
		w.removeUnowned()
	}
	for _, m := range w.resources {
		m.Provider = w.provider
	}
}

func (w *world) pick(r *rapid.T) *managed {
	return w.resources[rapid.IntRange(0, len(w.resources)-1).Draw(r, "resource")]
}

// configuration draws from few values, so that resources of equal content are common.
func (w *world) configuration(r *rapid.T, kind string) map[string]acctest.Value {
	config := map[string]acctest.Value{
		"url": acctest.String(rapid.SampledFrom([]string{"https://a.example.com/", "https://b.example.com/"}).Draw(r, "url")),
	}
	switch on := rapid.Bool().Draw(r, "on"); {
	case kind == "webhook_enfinitos":
		config["events"], config["label"] = acctest.StringSet("right.issued"), acctest.String("x")
		config["active"] = tftypes.NewValue(tftypes.Bool, on)
	case on:
		config["events"], config["status"] = acctest.StringSet("wallet.created"), acctest.String("Enabled")
	default:
		config["events"], config["status"] = acctest.StringSet("wallet.created"), acctest.String("Disabled")
		config["description"] = acctest.String("paused")
	}
	keys := []string{w.alice.Recipient().String(), w.bob.Recipient().String()}
	if recipients := rapid.IntRange(0, 2).Draw(r, "recipients"); recipients > 0 {
		config["secret_recipients"] = acctest.StringSet(keys[:recipients]...)
	}
	if version := rapid.IntRange(0, 2).Draw(r, "version"); version > 0 {
		config["secret_version"] = acctest.Number(version)
	}
	return config
}

func (w *world) apply(r *rapid.T) {
	m := w.pick(r)
	w.run(r, m, func() acctest.Report { return m.Apply(m.config) }, func() { m.config = w.configuration(r, m.Type) })
}

func (w *world) applyInStorm(r *rapid.T) {
	for range rapid.IntRange(1, 3).Draw(r, "faults") {
		w.fault(r)
	}
	w.apply(r)
}

func (w *world) fault(r *rapid.T) {
	fault := sandbox.Fault{
		Method: rapid.SampledFrom([]string{"", "GET", "POST", "PUT", "DELETE"}).Draw(r, "method"),
		Path: rapid.SampledFrom([]string{
			"", "/webhooks", "/webhooks/*", "/auth/action/init", "/auth/action", "/v1/webhooks", "/v1/webhooks/*", "/v1/webhooks/*/*",
		}).Draw(r, "path"),
		Skip:  rapid.IntRange(0, 2).Draw(r, "skip"),
		Times: rapid.IntRange(0, 4).Draw(r, "times"),
		Effect: rapid.SampledFrom([]string{
			sandbox.DropBefore, sandbox.DropAfter, sandbox.Status, sandbox.StatusAfter, sandbox.Truncate, sandbox.HTML,
		}).Draw(r, "effect"),
		Status: rapid.SampledFrom([]int{401, 403, 405, 429, 500, 503}).Draw(r, "status"),
	}
	if fault.Effect == sandbox.StatusAfter {
		fault.Status = 503 // against an API that does what it says it refuses nobody can do anything
	}
	must(w.t, w.sandbox.DfnsCalls.AddFault(fault))
	must(w.t, w.sandbox.EnfinitosCalls.AddFault(fault))
}

func (w *world) destroy(r *rapid.T) {
	m := w.pick(r)
	if rapid.Bool().Draw(r, "storm") {
		w.fault(r)
	}
	w.run(r, m, m.Destroy, func() {})
}

// run runs an operation and then does what its messages tell a person to do.
func (w *world) run(r *rapid.T, m *managed, operation func() acctest.Report, before func()) {
	before()
	former := m.Text("id")
	report := operation()
	w.sandbox.DfnsCalls.ClearFaults()
	w.sandbox.EnfinitosCalls.ClearFaults()
	r.Logf("%s %s: %+v", m.Type, m.Text("id"), report)
	if m.Text("id") != former {
		m.secret = m.State != nil
		w.notDoubled(r, m)
	}
	if strings.Contains(report.Problems, "inconsistent result") {
		r.Fatalf("the provider broke its plan: %s", report.Problems)
	}
	if unknownOrMade.MatchString(report.Problems) {
		if m.Type == "webhook_dfns" && rapid.Bool().Draw(r, "hurry") {
			w.ignoreUnowned() // the next create must come upon it
		} else {
			w.removeUnowned()
		}
	}
	if earlier.MatchString(report.Problems) && !w.removeUnowned() {
		for _, note := range w.left() {
			must(w.t, os.Remove(note))
		}
	}
	if strings.Contains(report.Problems, "Paused and Left") {
		w.removePaused()
	}
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

var (
	unknownOrMade = regexp.MustCompile("it is unknown whether the change was made|; the change was made: ")
	earlier       = regexp.MustCompile("an earlier create of")
)

// left returns the notes of creates of which it is not known what became of them.
func (w *world) left() []string {
	notes, err := filepath.Glob(filepath.Join(w.notes, "webhook", "default", "*.json"))
	must(w.t, err)
	return notes
}

func (w *world) ignoreUnowned() {
	owners := w.owners()
	for _, webhook := range w.sandbox.Dfns.Webhooks() {
		if owners[webhook.ID] == nil {
			w.ignored[webhook.ID] = true
		}
	}
}

// notDoubled fails when there is a webhook beside one that nobody has looked for, of the same content and made after it.
func (w *world) notDoubled(r *rapid.T, m *managed) {
	all := w.sandbox.Dfns.Webhooks()
	at := slices.IndexFunc(all, func(webhook dfns.Webhook) bool { return webhook.ID == m.Text("id") })
	for i := range max(0, at) {
		if w.ignored[all[i].ID] && all[i].URL == all[at].URL && all[i].Status == all[at].Status && all[i].Description == all[at].Description {
			r.Fatalf("%s was made beside %s", all[at].ID, all[i].ID)
		}
	}
}

// removeUnowned deletes what a person would find that was just created and belongs to nothing, and tells whether there was any.
func (w *world) removeUnowned() (found bool) {
	owners := w.owners()
	for _, webhook := range w.sandbox.Dfns.Webhooks() {
		if owners[webhook.ID] == nil {
			w.sandbox.Dfns.Remove(webhook.ID)
			found = true
		}
	}
	for _, subscription := range w.sandbox.Enfinitos.Subscriptions() {
		if owners[subscription.ID] == nil {
			w.sandbox.Enfinitos.Remove(subscription.ID)
			found = true
		}
	}
	return found
}

func (w *world) removePaused() {
	owners := w.owners()
	for _, subscription := range w.sandbox.Enfinitos.Subscriptions() {
		if owners[subscription.ID] == nil && !subscription.Active {
			w.sandbox.Enfinitos.Remove(subscription.ID)
		}
	}
}

func (w *world) changeOutside(r *rapid.T) {
	defer w.restart() // only a new run is sure to see it
	id := w.pick(r).Text("id")
	what := rapid.SampledFrom([]string{"status", "events", "name"}).Draw(r, "what")
	_ = w.sandbox.Dfns.Edit(id, func(webhook *dfns.Webhook) {
		switch what {
		case "status":
			webhook.Status = "Disabled"
		case "events":
			webhook.Events = []string{"key.created", "wallet.created"}
		case "name":
			webhook.Description = "by hand"
		}
	})
	if !w.conventional { // there it cannot be seen
		return
	}
	_ = w.sandbox.Enfinitos.Edit(id, func(subscription *enfinitos.Subscription) {
		switch what {
		case "status":
			subscription.Active = false
		case "events":
			subscription.Events = []string{"*"}
		case "name":
			subscription.Label = "by hand"
		}
	})
}

func (w *world) deleteOutside(r *rapid.T) {
	defer w.restart() // only a new run is sure to see it
	id := w.pick(r).Text("id")
	w.sandbox.Dfns.Remove(id)
	w.sandbox.Enfinitos.Remove(id)
}

// importAgain imports what a resource has already. Nothing but that it is gone keeps an import from succeeding.
func (w *world) importAgain(r *rapid.T) {
	m := w.pick(r)
	if m.State == nil || m.Type == "webhook_enfinitos" && !w.conventional {
		return
	}
	id := m.Text("id")
	_, exists := w.secrets()[id]
	report := m.Import(id)
	imported := !report.Failed() && m.State != nil
	if imported != exists || m.State != nil && m.Text("id") != id {
		r.Fatalf("importing %s, which exists: %t, ended with %+v", id, exists, report)
	}
	if imported {
		m.secret = false
	}
}

// applyAll applies everything without faults. Afterwards configuration, state and server agree, and nothing is left to do.
func (w *world) applyAll(r *rapid.T) {
	for _, m := range w.resources {
		if m.config == nil {
			m.config = w.configuration(r, m.Type)
		}
		var report acctest.Report
		apply := func() acctest.Report { report = m.Apply(m.config); return report }
		w.run(r, m, apply, func() {})
		if report.Failed() && earlier.MatchString(report.Problems) {
			w.run(r, m, apply, func() {}) // what that asked for was done
		}
		if report.Failed() {
			r.Fatalf("%s: an apply without faults failed: %s", m.Type, report.Problems)
		}
		if plan := m.Plan(m.config); plan.Planned != "no-op" {
			r.Fatalf("%s: after an apply the plan is %+v", m.Type, plan)
		}
	}
	for _, m := range w.resources {
		if _, encrypted := m.config["secret_recipients"]; encrypted && m.Text("secret") != "" {
			r.Fatalf("the secret of %s is held in the clear", m.Text("id"))
		}
		w.agrees(r, m)
	}
}

// agrees compares a resource with what the server holds of it.
func (w *world) agrees(r *rapid.T, m *managed) {
	if m.Type == "webhook_enfinitos" {
		at := slices.IndexFunc(w.sandbox.Enfinitos.Subscriptions(), func(s enfinitos.Subscription) bool { return s.ID == m.Text("id") })
		if at < 0 {
			r.Fatalf("subscription %s is not there", m.Text("id"))
		}
		got := w.sandbox.Enfinitos.Subscriptions()[at]
		if !m.config["url"].Equal(acctest.String(got.URL)) || !m.config["active"].Equal(tftypes.NewValue(tftypes.Bool, got.Active)) ||
			!m.config["label"].Equal(acctest.String(got.Label)) || !m.config["events"].Equal(acctest.StringSet(got.Events...)) {
			r.Fatalf("the server holds %+v, wanted is %v", got, m.config)
		}
		return
	}
	at := slices.IndexFunc(w.sandbox.Dfns.Webhooks(), func(webhook dfns.Webhook) bool { return webhook.ID == m.Text("id") })
	if at < 0 {
		r.Fatalf("webhook %s is not there", m.Text("id"))
	}
	got := w.sandbox.Dfns.Webhooks()[at]
	description := map[string]string{"Enabled": "", "Disabled": "paused"}[got.Status]
	if !m.config["url"].Equal(acctest.String(got.URL)) || !m.config["status"].Equal(acctest.String(got.Status)) ||
		!m.config["events"].Equal(acctest.StringSet(got.Events...)) || got.Description != description {
		r.Fatalf("the server holds %+v, wanted is %v", got, m.config)
	}
}

// invariants hold after every step, whatever went wrong in it.
func (w *world) invariants(r *rapid.T) {
	owners := w.owners()
	owned := 0
	for _, m := range w.resources {
		if m.State != nil {
			owned++
		}
	}
	if owned != len(owners) {
		r.Fatalf("%d resources own %d webhooks", owned, len(owners))
	}
	for id, secret := range w.secrets() {
		m := owners[id]
		if m == nil && w.ignored[id] {
			continue
		}
		if m == nil {
			r.Fatalf("nobody owns %s", id)
		}
		if got := w.secretOf(m); m.secret && got != secret {
			r.Fatalf("the state of %s holds %q, not its live secret", id, got)
		}
	}
}

// secrets returns the live secret of everything there is, by its id.
func (w *world) secrets() map[string]string {
	out := map[string]string{}
	for _, webhook := range w.sandbox.Dfns.Webhooks() {
		out[webhook.ID] = webhook.Secret
	}
	for _, subscription := range w.sandbox.Enfinitos.Subscriptions() {
		out[subscription.ID] = subscription.Secret
	}
	return out
}

// secretOf returns the secret that a state holds, in the clear or encrypted.
func (w *world) secretOf(m *managed) string {
	armored := m.Text("secret_encrypted")
	if armored == "" {
		return m.Text("secret")
	}
	data, problems := w.provider.Open("webhook_secret", map[string]acctest.Value{
		"ciphertext": acctest.String(armored), "identity": acctest.String(w.alice.String()),
	})
	if len(problems) > 0 || m.Text("secret") != "" {
		w.t.Fatalf("%s is held in the clear, or cannot be decrypted: %s", m.Text("id"), acctest.Text(problems))
	}
	var plaintext string
	must(w.t, data["plaintext"].As(&plaintext))
	return plaintext
}
