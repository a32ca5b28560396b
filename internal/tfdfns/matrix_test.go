package tfdfns_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// The matrix: every operation, every fault, on every call of the operation, the first time, the second time, every time, with lists
// that lag, and creates beside webhooks of equal content that are not this create's. Whatever happens, what is reported agrees with
// what the server holds, nobody else's webhook is touched, and once the fault is over one apply puts everything right.
//
// Time is virtual, so that waits are as long as in production.

// What fails on the wire. If it fails once, nobody notices.
var wire = []sandbox.Fault{
	{Effect: "drop_before"}, {Effect: "drop_after"}, {Effect: "status", Status: 429}, {Effect: "status", Status: 503},
	{Effect: "status_after", Status: 500}, {Effect: "truncate"}, {Effect: "html"}, {Effect: "delay", Milliseconds: 1},
}

// What the API refuses.
var refusals = statuses(400, 401, 403, 404, 409, 422, 202)

func statuses(all ...int) (out []sandbox.Fault) {
	for _, status := range all {
		out = append(out, sandbox.Fault{Effect: "status", Status: status})
	}
	return out
}

// What answers in place of the API, or says nothing that was asked.
func strange() (out []sandbox.Fault) {
	for _, body := range []string{`{"message":"Service is in maintenance"}`, `{}`, `null`, `{"deleted":null}`, `[]`, ``} {
		out = append(out, answer("status", 200, body), answer("status_after", 200, body))
	}
	out = append(out, answer("status", 204, ""), answer("status_after", 204, ""), sandbox.Fault{Effect: "html", Status: 404}, sandbox.Fault{Effect: "html", Status: 200})
	for _, body := range []string{
		`{"message":"Not Found"}`, `{"detail":"Not Found"}`, `{"code":5,"message":"Not Found","details":[]}`,
		`{"statusCode":404,"error":"Not Found","message":"Not Found"}`, `{"errors":[{"title":"Not Found"}]}`,
		`{"type":"about:blank","title":"Not Found","status":404}`, ``,
	} {
		out = append(out, answer("status", 404, body))
	}
	return append(out, patch(`{"id":"STRANGER"}`))
}

func answer(effect string, status int, body string) sandbox.Fault {
	return sandbox.Fault{Effect: effect, Status: status, Body: &body}
}

func patch(text string) sandbox.Fault {
	return sandbox.Fault{Effect: "patch", Patch: json.RawMessage(text)}
}

// Fields of other types than documented lose nothing.
var oddTypes = patch(`{"dateCreated":1,"dateUpdated":true,"events":"x","status":{},"description":[]}`)

// on returns a fault on a call.
func on(method, path string, skip, times int, fault sandbox.Fault) sandbox.Fault {
	fault.Method, fault.Path, fault.Skip, fault.Times = method, path, skip, times
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

// once reports that a fault acts once.
func once(when [2]int) bool { return when[1] == 1 }

func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	for operation, calls := range map[string][][2]string{
		"create": {{"", "/auth/action/init"}, {"", "/auth/action"}, {"POST", "/webhooks"}, {"GET", "/webhooks"}, {"", "/webhooks"}},
		"read":   {{"GET", "/webhooks/*"}, {"GET", ""}},
		"shared": {{"GET", "/webhooks"}, {"GET", ""}},
		"update": {{"", "/auth/action/init"}, {"", "/auth/action"}, {"PUT", ""}, {"", "/webhooks/*"}, {"", ""}},
		"delete": {{"", "/auth/action/init"}, {"", "/auth/action"}, {"DELETE", ""}, {"", "/webhooks/*"}, {"", ""}},
	} {
		for _, call := range calls {
			at := func(when [2]int, fault sandbox.Fault) []sandbox.Fault {
				return []sandbox.Fault{on(call[0], call[1], when[0], when[1], fault)}
			}
			for _, fault := range wire {
				for _, when := range [][2]int{first, second, every} {
					run(t, cell{operation: operation, faults: at(when, fault), unnoticed: once(when)})
				}
			}
			run(t, cell{operation: operation, faults: at(every, oddTypes), unnoticed: true})
			if strings.HasPrefix(call[1], "/auth") { // a change that cannot be signed is never sent
				run(t, cell{operation: operation, faults: at(every, refusals[1])})
				continue
			}
			for _, fault := range append(strange(), refusals...) {
				run(t, cell{operation: operation, faults: at(every, fault)})
			}
		}
		for _, token := range []string{"$n", "same"} {
			pages := on("GET", "/webhooks", 0, 0, patch(`{"nextPageToken":"`+token+`"}`))
			run(t, cell{operation: operation, faults: []sandbox.Fault{pages}, unnoticed: true})
			run(t, cell{operation: operation, faults: []sandbox.Fault{pages, on("GET", "/webhooks/*", 0, 0, statuses(404)[0])}})
		}
	}
}

// behind are reads that do not show yet what was done.
var behind = []sandbox.Fault{{Method: "GET", Effect: "lag", Milliseconds: 5_000}, {Method: "GET", Effect: "lag", Milliseconds: 15_000}}

func TestFaultMatrixOfLag(t *testing.T) {
	t.Parallel()
	for _, lag := range behind {
		for _, operation := range []string{"create", "read", "shared", "update", "delete"} {
			run(t, cell{operation: operation, faults: []sandbox.Fault{lag}, unnoticed: true})
		}
		for operation, method := range map[string]string{"update": "PUT", "delete": "DELETE"} {
			for _, when := range [][2]int{first, second, every} {
				for _, fault := range wire {
					run(t, cell{operation: operation, faults: []sandbox.Fault{lag, on(method, "", when[0], when[1], fault)}, unnoticed: once(when)})
				}
			}
		}
	}
}

// Creates beside webhooks of equal content.
func TestFaultMatrixOfCreatesBesideEqualWebhooks(t *testing.T) {
	t.Parallel()
	post := func(when [2]int, fault sandbox.Fault) sandbox.Fault {
		return on("POST", "/webhooks", when[0], when[1], fault)
	}
	late := sandbox.Fault{Effect: "late", Milliseconds: 5_000} // carried out after it was cut
	var all [][]sandbox.Fault
	for _, fault := range append(wire, late, sandbox.Fault{Effect: "twice"}) {
		for _, when := range [][2]int{first, second, every} {
			all = append(all, []sandbox.Fault{post(when, fault)})
		}
	}
	for _, lost := range []string{"drop_before", "drop_after", "truncate", "late"} {
		for _, refusal := range append(statuses(429), refusals...) { // of what is sent again
			all = append(all, []sandbox.Fault{post(first, sandbox.Fault{Effect: lost, Milliseconds: 5_000}), post(every, refusal)})
		}
	}
	for _, beside := range []string{"", "before", "during", "old"} {
		for _, faults := range all {
			unnoticed := beside != "during" && len(faults) == 1 && faults[0].Times == 1
			run(t, cell{operation: "create", faults: faults, beside: beside, unnoticed: unnoticed})
		}
	}
	for _, fault := range strange() {
		run(t, cell{operation: "create", faults: []sandbox.Fault{post(first, fault)}, beside: "during"})
	}
	for _, lag := range behind {
		for _, faults := range all {
			run(t, cell{operation: "create", faults: append([]sandbox.Fault{lag}, faults...), beside: "during"})
		}
	}
	for _, date := range []string{"Fri, 31 Dec 1999 23:59:45 GMT", "Sat, 01 Jan 2000 00:00:15 GMT"} {
		wrong := sandbox.Fault{Path: "/auth/*", Effect: "patch", Headers: map[string]string{"Date": date}}
		for _, lost := range wire[:2] {
			run(t, cell{operation: "create", faults: []sandbox.Fault{wrong, post(every, lost)}, beside: "during"})
		}
	}
}

// forms are those in which an API may store what it is sent.
var forms = map[string]func(*dfns.Webhook){
	"slash":   func(w *dfns.Webhook) { w.URL = strings.TrimRight(w.URL, "/") + "/" },
	"trimmed": func(w *dfns.Webhook) { w.Description = strings.TrimSpace(w.Description) },
	"case":    func(w *dfns.Webhook) { w.URL = strings.ToLower(w.URL) },
}

// What the API stores in another form is not taken for what it is not.
func TestFaultMatrixOfNormalizedValues(t *testing.T) {
	t.Parallel()
	for form := range forms {
		for _, fault := range wire {
			for _, when := range [][2]int{first, every} {
				run(t, cell{operation: "update", form: form, faults: []sandbox.Fault{on("PUT", "", when[0], when[1], fault)}})
				for _, beside := range []string{"", "during"} {
					run(t, cell{operation: "create", beside: beside, form: form, faults: []sandbox.Fault{on("POST", "", when[0], when[1], fault)}})
				}
			}
		}
	}
}

func run(t *testing.T, c cell) {
	t.Helper()
	t.Run(c.String(), func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, c.run)
	})
}

// Every value that a fault of the matrix may change, and that a stranger may have too.
const (
	cellURL         = "https://hooks.example.com/Dfns"
	cellDescription = " ledger"
)

func cellConfig(status string) map[string]acctest.Value {
	return map[string]acctest.Value{
		"url": acctest.String(cellURL), "events": acctest.StringSet("wallet.created"), "status": acctest.String(status),
		"description": acctest.String(cellDescription),
	}
}

// matrix is the world of a cell.
type matrix struct {
	t        *testing.T
	env      *acctest.Env
	notes    string
	instance *acctest.Instance
	beside   []dfns.Webhook
}

func (c cell) run(t *testing.T) {
	m := &matrix{t: t, env: acctest.NewVirtual(t, sandbox.Config{DfnsNormalize: forms[c.form]}), notes: t.TempDir()}
	if c.beside == "during" {
		m.env.DfnsCalls.Before = m.strangerAtFirst("POST")
	}
	if c.beside == "before" || slices.ContainsFunc(c.faults, func(f sandbox.Fault) bool { return strings.Contains(string(f.Patch), "STRANGER") }) {
		m.addStranger()
	}
	m.instance = &acctest.Instance{Type: "webhook_dfns", Provider: m.provider()}
	if c.beside == "old" || c.operation != "create" {
		m.clean(m.instance.Apply(cellConfig("Enabled")))
	}
	if c.beside == "old" && c.operation == "create" {
		m.rotate()
	}
	if c.operation == "shared" {
		m.clean(m.instance.Refresh()) // the next read is not alone
	}
	m.env.DfnsCalls.ForgetCalls()
	for _, fault := range c.faults {
		if fault.Patch != nil && len(m.beside) > 0 {
			fault.Patch = json.RawMessage(strings.ReplaceAll(string(fault.Patch), "STRANGER", m.beside[0].ID))
		}
		inject(t, m.env, fault)()
	}
	report := m.operate(c.operation)
	m.check(c, report)
	m.env.DfnsCalls.ClearFaults()
	m.repair(c)
}

// provider returns a provider that has just started.
func (m *matrix) provider() *acctest.Protocol {
	m.t.Helper()
	provider := m.env.Protocol(m.t, map[string]string{"TF_DATA_DIR": m.notes})
	if problems := acctest.Text(provider.Configure(nil)); strings.Contains(problems, "ERROR") {
		m.t.Fatal(problems)
	}
	return provider
}

// addStranger makes a webhook of equal content outside.
func (m *matrix) addStranger() {
	m.beside = append(m.beside, *m.webhook(m.env.Dfns.Register(dfns.Webhook{
		URL: cellURL, Events: []string{"wallet.created"}, Status: "Enabled", Description: cellDescription,
	})))
}

func (m *matrix) strangerAtFirst(method string) func(*http.Request) {
	var first sync.Once
	return func(r *http.Request) {
		if r.Method == method && r.URL.Path == "/webhooks" {
			first.Do(m.addStranger)
		}
	}
}

// rotate makes the instance the old one of a rotation, whose new one is created before the old one is destroyed.
func (m *matrix) rotate() {
	m.beside = append(m.beside, *m.webhook(m.instance.Text("id")))
	old := m.instance
	old.Provider = m.provider()
	m.clean(old.Refresh())
	m.instance = &acctest.Instance{Type: old.Type, Provider: old.Provider}
}

func (m *matrix) webhook(id string) *dfns.Webhook {
	for _, webhook := range m.env.Dfns.Webhooks() {
		if webhook.ID == id {
			return &webhook
		}
	}
	return nil
}

func (m *matrix) operate(operation string) acctest.Report {
	m.t.Helper()
	switch operation {
	case "create":
		return m.instance.Apply(cellConfig("Enabled"))
	case "update":
		return m.instance.ApplyUnrefreshed(cellConfig("Disabled"))
	case "delete":
		return m.instance.Destroy()
	}
	return m.instance.Refresh()
}

func (m *matrix) clean(report acctest.Report) {
	m.t.Helper()
	if report.Failed() {
		m.t.Fatalf("without a fault: %+v", report)
	}
}

// ours are the webhooks that the operation may have made.
func (m *matrix) ours() []dfns.Webhook {
	return slices.DeleteFunc(m.env.Dfns.Webhooks(), func(webhook dfns.Webhook) bool {
		return slices.ContainsFunc(m.beside, func(other dfns.Webhook) bool { return other.ID == webhook.ID })
	})
}

// outcome is what an error says of its change.
func outcome(report acctest.Report) httpapi.Outcome {
	switch {
	case strings.Contains(report.Problems, "it is unknown whether the change was made"):
		return httpapi.Unknown
	case strings.Contains(report.Problems, "; the change was made: "):
		return httpapi.Made
	}
	return httpapi.NotMade
}

// check compares what is reported with what the server and the state hold.
func (m *matrix) check(c cell, report acctest.Report) {
	m.t.Helper()
	for _, other := range m.beside {
		if now := m.webhook(other.ID); now == nil || !cmp.Equal(*now, other, cmpopts.IgnoreUnexported(other)) {
			m.t.Errorf("somebody else's webhook %s became %+v", other.ID, now)
		}
	}
	if c.unnoticed && report.Failed() {
		m.t.Errorf("it was noticed: %s", report.Problems)
	}
	ours := m.ours()
	exists := len(ours) == 1
	if len(ours) > 1 {
		m.t.Fatalf("there are %d: %s", len(ours), report.Problems)
	}
	if m.instance.State != nil && (!exists || m.instance.Text("id") != ours[0].ID || m.instance.Text("secret") != ours[0].Secret) && (c.operation != "delete" || outcome(report) != httpapi.Unknown) {
		m.t.Errorf("the state holds %s, the server %+v: %s", m.instance.Text("id"), ours, report.Problems)
	}
	done := map[string]bool{
		"create": exists, "update": exists && ours[0].Status == "Disabled", "delete": !exists, "read": exists, "shared": exists,
	}[c.operation]
	switch out := outcome(report); {
	case !report.Failed() && (!done || (m.instance.State == nil) != (c.operation == "delete")):
		m.t.Errorf("it was not done: the server holds %+v, the state %v", ours, m.instance.State)
	case report.Failed() && out == httpapi.NotMade && done && slices.Contains([]string{"create", "update", "delete"}, c.operation):
		m.t.Errorf("it was made: %s", report.Problems)
	case out == httpapi.Made && (!done || !strings.Contains(report.Problems, ours[0].ID)):
		m.t.Errorf("the server holds %+v: %s", ours, report.Problems)
	case c.operation == "create" && out == httpapi.Unknown && exists && !strings.Contains(report.Problems, ours[0].ID) && !blind.MatchString(report.Problems):
		m.t.Errorf("%s is not named: %s", ours[0].ID, report.Problems)
	}
	m.count(c)
}

// blind matches the errors of creates that could not look for what they have made.
var blind = regexp.MustCompile(`looking for its result failed|which existed before|waits for the approval`)

// count fails if a create was sent more often than max_retries allows, or more than twice that where a loss was proved.
func (m *matrix) count(c cell) {
	m.t.Helper()
	most := 5
	for _, change := range acctest.Changes(m.env.DfnsCalls) {
		if strings.HasPrefix(change, "DELETE") {
			most = 10
		}
	}
	limited := slices.ContainsFunc(c.faults, func(f sandbox.Fault) bool { return f.Status == http.StatusTooManyRequests })
	if sent := creates(m.env); sent > most && !limited {
		m.t.Errorf("the create was sent %d times", sent)
	}
}

// repair does what an error tells a person to do, and repeats the operation without the fault.
func (m *matrix) repair(c cell) {
	m.t.Helper()
	for _, webhook := range m.ours() {
		if webhook.ID != m.instance.Text("id") {
			m.env.Dfns.Remove(webhook.ID)
		}
	}
	report := m.operate(c.operation)
	if strings.Contains(report.Problems, "an earlier create of") {
		m.forgetNotes()
		report = m.operate(c.operation)
	}
	m.clean(report)
	m.settled(c)
}

// forgetNotes removes the notes of creates, as the error says. Where nothing can be listed, the error has removed its own.
func (m *matrix) forgetNotes() {
	m.t.Helper()
	notes, err := filepath.Glob(filepath.Join(m.notes, "webhook", "*", "*.json"))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, note := range notes {
		if err := os.Remove(note); err != nil {
			m.t.Fatal(err)
		}
	}
}

// settled fails unless state, server and configuration agree, and the next plan is empty.
func (m *matrix) settled(c cell) {
	m.t.Helper()
	ours := m.ours()
	if c.operation == "delete" {
		if len(ours) != 0 || m.instance.State != nil {
			m.t.Errorf("after a delete there is %+v, in state %v", ours, m.instance.State)
		}
		return
	}
	if len(ours) != 1 || ours[0].ID != m.instance.Text("id") || ours[0].Secret != m.instance.Text("secret") || ours[0].Status != m.instance.Text("status") {
		m.t.Fatalf("the server holds %+v, the state %v", ours, m.instance.State)
	}
	config := cellConfig(ours[0].Status)
	config["url"], config["description"] = acctest.String(ours[0].URL), acctest.String(ours[0].Description) // as stored, as the warning says
	if report := m.instance.Plan(config); report.Planned != "no-op" || report.Problems != "" {
		m.t.Errorf("the next plan is %+v", report)
	}
}

// max_retries counts all further sendings of a create, and a loss that is proved allows as many again.
func TestMaxRetriesOfCreates(t *testing.T) {
	t.Parallel()
	for retries, most := range map[int]int{0: 1, 1: 2, 4: 5, 20: 21} {
		for _, effect := range []string{"drop_before", "drop_after", "late"} {
			t.Run(fmt.Sprint(retries, effect), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					env := acctest.NewVirtual(t, sandbox.Config{})
					fault := sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: effect}
					if effect == "late" {
						fault.Milliseconds = 5_000
					}
					inject(t, env, fault)()
					provider := env.Protocol(t, nil)
					provider.Configure(map[string]acctest.Value{"max_retries": tftypes.NewValue(tftypes.Number, retries)})
					instance := acctest.Instance{Provider: provider, Type: "webhook_dfns"}
					report := instance.Apply(cellConfig("Enabled"))
					if !report.Failed() || (outcome(report) == httpapi.NotMade) != (len(env.Dfns.Webhooks()) == 0) {
						t.Errorf("%+v, and the server holds %+v", report, env.Dfns.Webhooks())
					}
					if sent := creates(env); sent > most || sent < min(most, 5) { // the operation's timeout ends the many
						t.Errorf("the create was sent %d times", sent)
					}
				})
			})
		}
	}
}

// Creates of equal content at once: each resource has its own webhook, or says that this is unknown.
func TestFaultMatrixOfEqualCreates(t *testing.T) {
	t.Parallel()
	for _, fault := range append(wire, sandbox.Fault{Effect: "late", Milliseconds: 5_000}) {
		for _, when := range [][2]int{first, second, every} {
			for _, beside := range []string{"", "before", "during"} {
				t.Run(title(on("POST", "/webhooks", when[0], when[1], fault))+beside, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { equalCreates(t, beside, on("POST", "/webhooks", when[0], when[1], fault)) })
				})
			}
		}
	}
}

func equalCreates(t *testing.T, beside string, fault sandbox.Fault) {
	m := &matrix{t: t, env: acctest.NewVirtual(t, sandbox.Config{}), notes: t.TempDir()}
	switch beside {
	case "before":
		m.addStranger()
	case "during":
		m.env.DfnsCalls.Before = m.strangerAtFirst("POST")
	}
	provider := m.provider()
	inject(t, m.env, fault)()
	var all sync.WaitGroup
	instances, reports := make([]acctest.Instance, 3), make([]acctest.Report, 3)
	for i := range instances {
		instances[i] = acctest.Instance{Type: "webhook_dfns", Provider: provider}
		all.Go(func() { reports[i] = instances[i].Apply(cellConfig("Enabled")) })
	}
	all.Wait()
	left := m.ours()
	for i, instance := range instances {
		at := slices.IndexFunc(left, func(w dfns.Webhook) bool { return w.ID == instance.Text("id") && w.Secret == instance.Text("secret") })
		switch {
		case reports[i].Failed() != (at < 0):
			t.Errorf("the state holds %s, the server %+v: %+v", instance.Text("id"), left, reports[i])
		case at >= 0:
			left = slices.Delete(left, at, at+1)
		}
	}
	said := fmt.Sprint(reports)
	for _, webhook := range left {
		if !strings.Contains(said, webhook.ID) {
			t.Errorf("%s is not named: %s", webhook.ID, said)
		}
	}
	for _, other := range m.beside {
		if m.webhook(other.ID) == nil {
			t.Error("the stranger's webhook is gone")
		}
	}
}
