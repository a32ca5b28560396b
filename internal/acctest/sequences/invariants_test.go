package sequences_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

var (
	// unknownOrMade are the words of a change that was made, or may have been made, without being in the state.
	unknownOrMade = regexp.MustCompile("it is unknown whether the change was made|; the change was made: ")
	// named are those before the ids of what a create has made, or may have made.
	named = regexp.MustCompile(`made:? ([^;\n]*)`)
	// earlier are those of a create that was not sent, because one of an earlier process may have made something.
	earlier = regexp.MustCompile("was not answered, so it is unknown whether it made anything")
)

// prior is what there was before an operation.
type prior struct {
	instance acctest.Instance
	id       string
	// noted are the webhooks without an owner for which a note stops the next create.
	noted []webhook
}

func (w *world) snapshot(ops []*operation) map[*operation]prior {
	w.owned = slices.Collect(maps.Keys(w.owners()))
	out := map[*operation]prior{}
	for _, op := range ops {
		before := prior{instance: op.resource.Instance, id: op.resource.Text("id")}
		for _, one := range w.unowned(op.resource.vendor) {
			_, isStranger := w.strangers[one.ID]
			if !isStranger && !w.process.named[one.ID] && w.stops(op.resource.vendor, one) {
				before.noted = append(before.noted, one)
			}
		}
		out[op] = before
	}
	return out
}

// check fails if an operation has touched, lost or doubled a webhook.
func (w *world) check(op *operation, before prior, problems string) {
	m := op.resource
	if w.process.killed.Load() && (op.finished || w.random.IntN(2) == 0) {
		m.Instance = before.instance // what it had done was not saved
	}
	id := m.Text("id")
	if strings.Contains(op.report.Problems, "inconsistent result") {
		w.fail("the provider broke its plan: %s", op.report.Problems)
	}
	if op.answered && (id == "" || id == before.id) {
		w.fail("a create of %s was answered, and the state does not name the webhook: %s", m.name, op.report.Problems)
	}
	if unknownOrMade.MatchString(op.report.Problems) && op.creates > 0 || earlier.MatchString(op.report.Problems) {
		w.perhaps[m.vendor.Type+op.settings.URL+op.settings.Text] = time.Now()
	}
	if id != before.id {
		delete(w.strangers, id)
		m.created = !strings.HasPrefix(op.name, "import")
		w.notDoubled(m, before, problems)
	} else if strings.HasPrefix(op.name, "import") && op.finished && !op.report.Failed() {
		m.created = false
	}
	w.recordReports(op)
	w.counts.ended(op)
}

// keepsNote fails if the create of a step may have made a webhook, by its own words, and has left no note for the next process. Of creates
// at the same time, one may prove that the other has made nothing.
func (w *world) keepsNote(ops []*operation) {
	op := ops[0]
	if len(ops) > 1 || op.creates == 0 || !unknownOrMade.MatchString(op.report.Problems) {
		return
	}
	if !slices.ContainsFunc(w.noteFiles("*.json"), func(path string) bool { return slices.Contains(w.noted[path], op) }) {
		w.fail("a create of %s may have made a webhook and left no note: %s", op.resource.name, op.report.Problems)
	}
}

// notDoubled fails if a create was made beside a webhook of equal content, although a note says so. The content is that before the
// operation too, because the note of a webhook that a stranger changes is of another content. A note that stops only one create may have
// stopped another one at the same time.
func (w *world) notDoubled(m *managed, before prior, problems string) {
	made, exists := m.vendor.find(m.Text("id"))
	if !exists || !m.created {
		return
	}
	for _, one := range before.noted {
		now, exists := m.vendor.find(one.ID)
		isEqual := m.vendor.equal(one.content, made.content) && m.vendor.equal(now.content, made.content)
		if exists && w.owners()[one.ID] == nil && one.ID != made.ID && isEqual && !earlier.MatchString(problems) {
			w.fail("%+v was made beside %+v, of which there is a note", made, now)
		}
	}
}

// recordReports records which webhooks an operation has reported. The warning of a killed process is not seen.
func (w *world) recordReports(op *operation) {
	v, problems := op.resource.vendor, op.report.Problems
	made := strings.Join(named.FindAllString(problems, -1), "\n")
	for _, one := range w.unowned(v) {
		paused := v.Pauses() && !one.On && (w.process.killed.Load() || strings.Contains(problems, "Paused, Not Deleted"))
		if paused || strings.Contains(made, one.ID) {
			w.reported[one.ID] = true
		}
	}
}

// isReported reports whether a message has named a webhook, or said that it may appear.
func (w *world) isReported(v *vendor, one webhook) bool {
	at, perhaps := w.perhaps[v.Type+one.URL+one.Text]
	if perhaps && one.Created.Before(at.Add(httpapi.SettleTime)) {
		w.reported[one.ID] = true
	}
	return w.reported[one.ID]
}

// checkOwners fails unless every webhook has exactly one owner, or is known to have none, and every secret is the live one.
func (w *world) checkOwners() {
	owners := w.owners()
	states := 0
	for _, m := range w.resources {
		if m.State != nil {
			states++
		}
	}
	if states != len(owners) {
		w.fail("%d resources own %d webhooks", states, len(owners))
	}
	strangers := maps.Clone(w.strangers)
	for _, v := range w.vendors {
		for _, one := range v.all() {
			m := owners[one.ID]
			stranger, isStranger := strangers[one.ID]
			delete(strangers, one.ID)
			switch {
			case m != nil:
				w.hasSecret(m, one)
			case isStranger:
				w.counts.add(strangerCompared)
				if stranger != one {
					w.fail("%+v of a stranger is now %+v", stranger, one)
				}
			case !isStranger && !w.isReported(v, one) && !w.isNoted(v, one):
				w.fail("nobody owns %+v, and nothing says so", one)
			}
		}
	}
	for _, one := range strangers {
		w.fail("%+v of a stranger was deleted", one)
	}
}

// hasSecret fails unless the state of a resource holds the live secret, or none after an import.
func (w *world) hasSecret(m *managed, live webhook) {
	secret, encrypted := m.Text("secret"), m.Text("secret_encrypted")
	if secret != "" && encrypted != "" || m.created && secret+encrypted == "" {
		w.fail("%s holds its secret in the clear: %t, encrypted: %t", m.name, secret != "", encrypted != "")
	}
	if encrypted != "" {
		if w.opened[encrypted] == "" {
			plain, err := acctest.Decrypt(encrypted, recipient)
			if err != nil {
				w.fail("%v: %s", err, encrypted)
			}
			w.opened[encrypted] = plain
		}
		secret = w.opened[encrypted]
	}
	if secret == "" {
		return
	}
	w.counts.add(secretCompared)
	if secret != live.Secret {
		w.fail("%s holds the secret %s, but the live one is %s", m.name, secret, live.Secret)
	}
}

// note is a note on disk of a create.
type note struct {
	path   string
	ID     string
	Others []string
}

// noteFiles returns the paths of files of notes.
func (w *world) noteFiles(pattern string) []string {
	paths, _ := filepath.Glob(filepath.Join(w.dir, "webhook", "default", pattern))
	return paths
}

func (w *world) notes() (out []note) {
	for _, path := range w.noteFiles("*.json") {
		one := note{path: path}
		text, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(text, &one) != nil {
			w.fail("%v: note %q", err, text)
		}
		out = append(out, one)
	}
	return out
}

// isNoted reports whether a note names a webhook, or its create.
func (w *world) isNoted(v *vendor, one webhook) bool {
	return slices.ContainsFunc(w.notes(), func(n note) bool { return n.ID == one.ID || w.mayHaveMade(n, v, one) })
}

// stops reports whether a note stops the next create of what a webhook is. Those with an id that the process has written do not, and
// of those that operations have written at the same time it is not known.
func (w *world) stops(v *vendor, one webhook) bool {
	return slices.ContainsFunc(w.notes(), func(n note) bool {
		isFound := slices.ContainsFunc(w.process.found, func(found note) bool { return found.path == n.path })
		return n.ID == one.ID && isFound && w.isOf(n, v, one) || len(w.noted[n.path]) == 1 && w.mayHaveMade(n, v, one)
	})
}

// mayHaveMade reports whether the create of a note that was not answered may have made a webhook.
func (w *world) mayHaveMade(n note, v *vendor, one webhook) bool {
	return n.ID == "" && !slices.Contains(n.Others, one.ID) && w.isOf(n, v, one)
}

// isOf reports whether the create of a note was of the content that a webhook has.
func (w *world) isOf(n note, v *vendor, one webhook) bool {
	return slices.ContainsFunc(w.noted[n.path], func(op *operation) bool {
		return op.resource.vendor == v && v.equal(op.settings.content, one.content)
	})
}

// attribute records which operations may have written the notes that are new.
func (w *world) attribute(ops []*operation) {
	for _, path := range w.noteFiles("*.json") {
		if w.noted[path] == nil {
			w.noted[path] = ops
		}
	}
}
