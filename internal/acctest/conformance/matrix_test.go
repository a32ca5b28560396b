package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The matrix: every operation, every fault, on every call of the operation, the first time, the second time, every time, with reads
// that lag, and creates beside webhooks of equal content that are not this create's. Whatever happens, what is reported agrees with
// what the vendor holds, nobody else's webhook is touched, and once the fault is over one apply puts everything right.

// What fails on the wire.
var wire = []sandbox.Fault{
	{Effect: "drop_before"}, {Effect: "drop_after"}, {Effect: "status", Status: 429}, {Effect: "status", Status: 503},
	{Effect: "status_after", Status: 500}, {Effect: "truncate"}, {Effect: "html"}, {Effect: "delay", Milliseconds: 1},
}

var late = sandbox.Fault{Effect: "late", Milliseconds: 5_000} // carried out after it was cut

// What the API refuses.
func (v Vendor) refusals() (out []sandbox.Fault) {
	for _, status := range []int{400, 401, 403, 404, 405, 409, 422, 202} {
		if status != 404 || v.Lists { // the vendor's own 404 is a proof where nothing else can be
			out = append(out, sandbox.Fault{Effect: "status", Status: status})
		}
	}
	return out
}

// What answers in place of the API, or says nothing that was asked.
func (v Vendor) strange(operation string) (out []sandbox.Fault) {
	unverifiable := func(text string) bool { // nothing can tell whose webhook the answer to a create is about
		return strings.Contains(text, "STRANGER") && !v.Lists && kind(operation) == "create"
	}
	for _, body := range append(slices.Clone(v.Strange), "204") {
		status := 200
		if body == "204" {
			status, body = 204, ""
		}
		if unverifiable(body) {
			continue
		}
		out = append(out, sandbox.Fault{Effect: "status", Status: status, Body: &body}, sandbox.Fault{Effect: "status_after", Status: status, Body: &body})
	}
	for _, body := range v.Foreign {
		out = append(out, sandbox.Fault{Effect: "status", Status: 404, Body: &body})
	}
	out = append(out, sandbox.Fault{Effect: "html", Status: 404}, sandbox.Fault{Effect: "html", Status: 200})
	for _, fields := range v.Odd {
		if !unverifiable(fields) {
			out = append(out, patch(fields))
		}
	}
	return out
}

func patch(text string) sandbox.Fault {
	return sandbox.Fault{Effect: "patch", Patch: json.RawMessage(text)}
}

// kind is what an operation of Vendor.Calls does.
func kind(operation string) string { return strings.Fields(operation)[0] }

// on returns a fault on a call.
func on(call [2]string, when [2]int, fault sandbox.Fault) sandbox.Fault {
	fault.Method, fault.Path, fault.Skip, fault.Times = call[0], call[1], when[0], when[1]
	return fault
}

func title(fault sandbox.Fault) string {
	out := fmt.Sprintf("%s %s %s%d", fault.Method, fault.Path, fault.Effect, fault.Status)
	if fault.Body != nil {
		out += *fault.Body
	}
	return out + string(fault.Patch) + fmt.Sprintf(" %d-%d", fault.Skip, fault.Times)
}

// cell is one operation under faults.
type cell struct {
	operation string
	faults    []sandbox.Fault
	// beside is a webhook of equal content that must live: a stranger's that was made before or during the create, or the old one of
	// a rotation.
	beside string
	// form is the form in which the API stores what it is sent.
	form string
	// unnoticed says that the operation must not fail.
	unnoticed bool
}

func (c cell) String() string {
	var faults []string
	for _, fault := range c.faults {
		faults = append(faults, title(fault))
	}
	return c.operation + " " + c.beside + c.form + " " + strings.Join(faults, ", ")
}

// The calls of a fault that go wrong: the first, the second, every.
var (
	first  = [2]int{0, 1}
	second = [2]int{1, 1}
	every  = [2]int{0, 0}
)

// unnoticed reports whether an operation survives a fault on the wire: one that acts once, unless the API may have carried out a
// create that nobody can send again.
func (v Vendor) unnoticed(operation string, when [2]int, fault sandbox.Fault) bool {
	safe := fault.Status == 429 || fault.Effect == "delay"
	return when[1] == 1 && (safe || v.Sendings > 1 || kind(operation) != "create")
}

// cells runs cells for each form of a vendor's API.
func (v Vendor) cells(t *testing.T, cells []cell) {
	t.Helper()
	for _, c := range cells {
		v.each(t, c.String(), c.run)
	}
}

func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		var all []cell
		for operation, calls := range v.Calls {
			for _, call := range calls {
				for _, fault := range wire {
					for _, when := range [][2]int{first, second, every} {
						all = append(all, cell{operation: operation, faults: []sandbox.Fault{on(call, when, fault)}, unnoticed: v.unnoticed(operation, when, fault)})
					}
				}
				all = append(all, cell{operation: operation, faults: []sandbox.Fault{on(call, every, patch(v.OddTypes))}, unnoticed: true})
				if strings.HasPrefix(call[1], "/auth") { // a change that cannot be signed is never sent
					all = append(all, cell{operation: operation, faults: []sandbox.Fault{on(call, every, sandbox.Fault{Effect: "status", Status: 401})}})
					continue
				}
				for _, fault := range append(v.strange(operation), v.refusals()...) {
					all = append(all, cell{operation: operation, faults: []sandbox.Fault{on(call, every, fault)}})
				}
			}
		}
		v.cells(t, all)
	}
}

// listing is the call of a vendor that lists.
func (v Vendor) listing() [2]string { return [2]string{"GET", v.Creating()[1]} }

// A list whose pages never end is an error, and proves nothing.
func TestFaultMatrixOfPages(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		var all []cell
		for operation := range v.Calls {
			for _, endless := range v.Endless {
				pages := on(v.listing(), every, patch(endless))
				denied := on([2]string{"GET", v.Creating()[1] + "/*"}, every, sandbox.Fault{Effect: "status", Status: 404})
				all = append(all, cell{operation: operation, faults: []sandbox.Fault{pages}, unnoticed: true})
				all = append(all, cell{operation: operation, faults: []sandbox.Fault{pages, denied}})
			}
		}
		v.cells(t, all)
	}
}

// behind are reads that do not show yet what was done.
var behind = []sandbox.Fault{{Method: "GET", Effect: "lag", Milliseconds: 5_000}, {Method: "GET", Effect: "lag", Milliseconds: 15_000}}

func TestFaultMatrixOfLag(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		var all []cell
		for _, lag := range behind {
			for operation := range v.Calls {
				all = append(all, cell{operation: operation, faults: []sandbox.Fault{lag}, unnoticed: true})
			}
			for operation, calls := range map[string][]string{"update": v.Update, "delete": v.Delete} {
				call := [2]string{strings.Fields(calls[len(calls)-1])[0], ""}
				for _, when := range [][2]int{first, second, every} {
					for _, fault := range wire {
						all = append(all, cell{operation: operation, faults: []sandbox.Fault{lag, on(call, when, fault)}, unnoticed: v.unnoticed(operation, when, fault)})
					}
				}
			}
		}
		v.cells(t, all)
	}
}

// besides are the webhooks beside a create. Where nothing can be listed, they make no difference.
func (v Vendor) besides() []string {
	if v.Lists {
		return []string{"", "before", "during", "old"}
	}
	return []string{"during"}
}

// Creates beside webhooks of equal content.
func TestFaultMatrixOfCreatesBesideEqualWebhooks(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		var all []cell
		var single, faults [][]sandbox.Fault
		post := func(when [2]int, fault sandbox.Fault) sandbox.Fault { return on(v.Creating(), when, fault) }
		for _, fault := range append(wire, late) {
			for _, when := range [][2]int{first, second, every} {
				single = append(single, []sandbox.Fault{post(when, fault)})
			}
		}
		for _, lost := range []string{"drop_before", "drop_after", "truncate", "late"} {
			for _, refusal := range append(v.refusals(), sandbox.Fault{Effect: "status", Status: 429}) { // of what is sent again
				faults = append(faults, []sandbox.Fault{post(first, sandbox.Fault{Effect: lost, Milliseconds: 5_000}), post(every, refusal)})
			}
		}
		if v.Sendings > 1 { // a token that works once makes one webhook of two sendings
			faults = append(faults, []sandbox.Fault{post(every, sandbox.Fault{Effect: "twice"})})
		}
		for _, beside := range v.besides() {
			for _, fault := range single {
				unnoticed := beside != "during" && fault[0].Times == 1 && v.unnoticed("create", first, fault[0])
				all = append(all, cell{operation: "create", faults: fault, beside: beside, unnoticed: unnoticed})
			}
			for _, pair := range faults {
				all = append(all, cell{operation: "create", faults: pair, beside: beside})
			}
		}
		for _, fault := range v.strange("create") {
			all = append(all, cell{operation: "create", faults: []sandbox.Fault{post(first, fault)}, beside: "during"})
		}
		for _, lag := range behind {
			for _, pair := range append(single, faults...) {
				if v.Lists {
					all = append(all, cell{operation: "create", faults: append([]sandbox.Fault{lag}, pair...), beside: "during"})
				}
			}
		}
		for _, date := range []string{"Fri, 31 Dec 1999 23:59:45 GMT", "Sat, 01 Jan 2000 00:00:15 GMT"} { // a clock that is wrong
			wrong := sandbox.Fault{Effect: "patch", Headers: map[string]string{"Date": date}}
			for _, lost := range wire[:2] {
				all = append(all, cell{operation: "create", faults: []sandbox.Fault{post(every, lost), wrong}, beside: "during"})
			}
		}
		v.cells(t, all)
	}
}

// What the API stores in another form is not taken for what it is not.
func TestFaultMatrixOfNormalizedValues(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for form, config := range v.Forms {
			var all []cell
			for _, fault := range wire {
				for _, when := range [][2]int{first, every} {
					update := [2]string{strings.Fields(v.Update[len(v.Update)-1])[0], ""}
					all = append(all, cell{operation: "update", form: form, faults: []sandbox.Fault{on(update, when, fault)}})
					for _, beside := range []string{"", "during"} {
						all = append(all, cell{operation: "create", beside: beside, form: form, faults: []sandbox.Fault{on(v.Creating(), when, fault)}})
					}
				}
			}
			normalizing := v
			normalizing.Profiles = map[string]Profile{"": {Sandbox: config, Reads: true, Deletes: true}}
			normalizing.cells(t, all)
		}
	}
}

func (c cell) run(w *world) {
	if c.beside == "during" {
		w.during(sync.OnceFunc(w.stranger))
	}
	if c.beside == "before" || strings.Contains(c.String(), "STRANGER") {
		w.stranger()
	}
	if c.beside == "old" || kind(c.operation) != "create" {
		w.created()
	}
	if c.beside == "old" { // the old one of a rotation, whose new one is created before it is destroyed
		w.beside = append(w.beside, *w.find(w.instance.Text("id")))
		w.restart(nil)
		w.clean(w.instance.Refresh())
		w.instance = &acctest.Instance{Type: w.Type, Provider: w.instance.Provider}
	}
	if c.operation == "read again" {
		w.clean(w.instance.Refresh())
	}
	w.API(w.env).ForgetCalls()
	for _, fault := range c.faults {
		if len(w.beside) > 0 {
			fault.Patch = json.RawMessage(strings.ReplaceAll(string(fault.Patch), "STRANGER", w.beside[0].ID))
			if fault.Body != nil {
				body := strings.ReplaceAll(*fault.Body, "STRANGER", w.beside[0].ID)
				fault.Body = &body
			}
		}
		if len(fault.Patch) == 0 {
			fault.Patch = nil
		}
		w.fault(fault)
	}
	report := w.operate(c.operation)
	w.agrees(c, report)
	w.API(w.env).ClearFaults()
	w.repair(c)
}

// during acts at each create, before it is carried out.
func (w *world) during(act func()) {
	w.API(w.env).Before(func(r *http.Request) {
		if create := w.Creating(); r.Method == create[0] && r.URL.Path == create[1] {
			act()
		}
	})
}

func (w *world) operate(operation string) acctest.Report {
	w.Helper()
	switch operation {
	case "create":
		return w.instance.Apply(w.Config)
	case "create off":
		return w.instance.Apply(w.With(w.Off))
	case "update":
		return w.instance.ApplyUnrefreshed(w.With(w.Off))
	case "delete":
		return w.instance.Destroy()
	}
	return w.instance.Refresh()
}

// The outcomes that an error can claim.
var (
	claimsUnknown = regexp.MustCompile(`it is unknown whether the change was made`)
	claimsMade    = regexp.MustCompile(`; the change was made: `)
	// blind matches the errors of creates that could not look for what they have made.
	blind = regexp.MustCompile(`looking for its result failed|which existed before|waits for the approval`)
)

// agrees compares what is reported with what the vendor and the state hold.
func (w *world) agrees(c cell, report acctest.Report) {
	w.Helper()
	w.untouched()
	if c.unnoticed && report.Failed() {
		w.Errorf("it was noticed: %s", report.Problems)
	}
	ours := w.objects()
	exists := len(ours) == 1
	if len(ours) > 1 {
		w.Fatalf("there are %d: %s", len(ours), report.Problems)
	}
	unknown := claimsUnknown.MatchString(report.Problems)
	if w.instance.State != nil && (!exists || w.instance.Text("id") != ours[0].ID || w.instance.Text("secret") != ours[0].Secret) &&
		(c.operation != "delete" || !unknown) {
		w.Errorf("the state holds %s, the vendor %+v: %s", w.instance.Text("id"), ours, report.Problems)
	}
	left := exists && !ours[0].On && strings.Contains(report.Problems, "Paused, Not Deleted")
	done := map[string]bool{"create": exists, "update": exists && !ours[0].On, "delete": !exists || left, "read": exists}[kind(c.operation)]
	switch {
	case !report.Failed() && (!done || (w.instance.State == nil) != (c.operation == "delete")):
		w.Errorf("it was not done: the vendor holds %+v, the state %v: %s", ours, w.instance.State, report.Problems)
	case report.Failed() && !unknown && !claimsMade.MatchString(report.Problems) && done && kind(c.operation) != "read":
		w.Errorf("it was made: %s", report.Problems)
	case claimsMade.MatchString(report.Problems) && (!done || !strings.Contains(report.Problems, ours[0].ID)):
		w.Errorf("the vendor holds %+v: %s", ours, report.Problems)
	case kind(c.operation) == "create" && unknown && exists && w.Lists && !strings.Contains(report.Problems, ours[0].ID) && !blind.MatchString(report.Problems):
		w.Errorf("%s is not named: %s", ours[0].ID, report.Problems)
	}
	w.count()
}

// untouched fails unless every webhook beside is as it was.
func (w *world) untouched() {
	w.Helper()
	for _, other := range w.beside {
		if now := w.find(other.ID); now == nil || !cmp.Equal(*now, other) {
			w.Errorf("somebody else's webhook %s became %+v", other.ID, now)
		}
	}
}

// count fails if a create was sent more often than allowed, or more than twice that where a loss was proved.
func (w *world) count() {
	w.Helper()
	most := w.Sendings
	if slices.ContainsFunc(w.API(w.env).Journal(), func(call sandbox.Call) bool { return call.Method == http.MethodDelete }) {
		most = 2 * w.Sendings
	}
	if sent := w.sent(); sent > most {
		w.Errorf("the create was sent %d times", sent)
	}
}

// sent is how often a create was sent, without those that a limit refused.
func (w *world) sent() (count int) {
	create := w.Creating()
	for _, call := range w.API(w.env).Journal() {
		if call.Method == create[0] && call.Path == create[1] && call.Status != http.StatusTooManyRequests {
			count++
		}
	}
	return count
}

// repair does what an error tells a person to do, repeats the operation without the fault, and fails unless state, vendor and
// configuration then agree and the next plan is empty.
func (w *world) repair(c cell) {
	w.Helper()
	for _, o := range w.objects() {
		if o.ID != w.instance.Text("id") {
			w.Remove(w.env, o.ID)
		}
	}
	report := w.operate(c.operation)
	if strings.Contains(report.Problems, "an earlier create of") {
		w.forgetNotes()
		report = w.operate(c.operation)
	}
	w.clean(report)
	if c.operation != "delete" {
		w.holds(nil)
		stored := w.find(w.instance.Text("id")) // in another form, as the warning says
		if off := c.operation == "update" || c.operation == "create off"; stored.On == off {
			w.Errorf("the vendor holds %+v", stored)
		}
		w.hasNoChanges(w.With(stored.Values()))
		return
	}
	if ours := w.objects(); w.instance.State != nil || len(ours) > 1 || len(ours) == 1 && ours[0].On {
		w.Errorf("after a delete there is %+v, in state %v", ours, w.instance.State)
	}
}

// max_retries counts all further sendings of a create, and a loss that is proved allows as many again.
func TestMaxRetriesOfCreates(t *testing.T) {
	t.Parallel()
	for retries, most := range map[int]int{0: 1, 1: 2, 4: 5, 20: 21} {
		for _, fault := range []sandbox.Fault{{Effect: "drop_before"}, {Effect: "drop_after"}, late} {
			forEach(t, fmt.Sprint(retries, fault.Effect), func(w *world) {
				w.restart(Values{"max_retries": acctest.Number(retries)})
				w.fault(on(w.Creating(), every, fault))
				report := w.instance.Apply(w.Config)
				unknown := claimsUnknown.MatchString(report.Problems) || claimsMade.MatchString(report.Problems)
				if !report.Failed() || !unknown && len(w.objects()) != 0 {
					w.Errorf("%+v, and the vendor holds %+v", report, w.objects())
				}
				sent := w.sent()
				if limit := min(most, w.Sendings); sent < limit || sent > most || w.Sendings == 1 && sent > 1 { // the timeout ends the many
					w.Errorf("the create was sent %d times", sent)
				}
			})
		}
	}
}

// Creates of equal content at once: each resource has its own webhook, or says that this is unknown.
func TestEqualCreates(t *testing.T) {
	t.Parallel()
	for _, fault := range append(wire, late) {
		for _, when := range [][2]int{first, second, every} {
			for _, beside := range []string{"", "before", "during"} {
				forEach(t, fmt.Sprint(beside, title(on([2]string{}, when, fault))), func(w *world) { w.equalCreates(beside, on(w.Creating(), when, fault)) })
			}
		}
	}
}

func (w *world) equalCreates(beside string, fault sandbox.Fault) {
	switch beside {
	case "before":
		w.stranger()
	case "during":
		w.during(sync.OnceFunc(w.stranger))
	}
	w.fault(fault)
	var all sync.WaitGroup
	instances, reports := make([]acctest.Instance, 3), make([]acctest.Report, 3)
	for i := range instances {
		instances[i] = acctest.Instance{Type: w.Type, Provider: w.instance.Provider}
		all.Go(func() { reports[i] = instances[i].Apply(w.Config) })
	}
	all.Wait()
	left := w.objects()
	for i, instance := range instances {
		at := slices.IndexFunc(left, func(o Object) bool { return o.ID == instance.Text("id") && o.Secret == instance.Text("secret") })
		switch {
		case reports[i].Failed() != (at < 0):
			w.Errorf("the state holds %s, the vendor %+v: %+v", instance.Text("id"), left, reports[i])
		case at >= 0:
			left = slices.Delete(left, at, at+1)
		}
	}
	said := fmt.Sprint(reports)
	for _, o := range left {
		if w.Lists && !strings.Contains(said, o.ID) || !claimsUnknown.MatchString(said) {
			w.Errorf("%s is not named: %s", o.ID, said)
		}
	}
	w.untouched()
}
