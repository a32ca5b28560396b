package enfinitos_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The calls of Find, the undocumented one and the documented one.
const (
	getCall  = "/v1/webhooks/*"
	listCall = "/v1/webhooks/*/deliveries"
)

// TestFindNeverLosesASubscription is the promise that the state of Terraform rests on: whatever goes wrong, a
// subscription that lives is never reported gone, and without trouble one that is gone is.
func TestFindNeverLosesASubscription(t *testing.T) {
	t.Parallel()
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, profile)
			client := at(t, s, func(c *enfinitos.Config) { c.HTTP.MaxRetries, c.HTTP.RetryWait = 1, time.Nanosecond })
			presence := map[string]enfinitos.Presence{"documented": enfinitos.Alive, "conventional": enfinitos.Readable}[name]
			rapid.Check(t, func(t *rapid.T) {
				s.EnfinitosCalls.ClearFaults()
				s.EnfinitosCalls.ForgetCalls()
				m := &model{sandbox: s, client: client, undisturbed: presence, id: s.Enfinitos.Register(example), lives: true}
				t.Repeat(map[string]func(*rapid.T){"": m.find, "fault": m.fault, "clear": m.clear, "delete": m.delete})
			})
		})
	}
}

// model is what is known of one subscription and of what stands between it and the client.
type model struct {
	sandbox     *sandbox.Sandbox
	client      *enfinitos.Client
	undisturbed enfinitos.Presence // what Find says of one that lives when nothing goes wrong
	id          string
	lives       bool
	faults      []sandbox.Fault
}

// fault makes one of the calls go wrong, once or until the faults are cleared.
func (m *model) fault(t *rapid.T) {
	f := sandbox.Fault{
		Method: "GET",
		Path:   rapid.SampledFrom([]string{getCall, listCall}).Draw(t, "path"),
		Effect: rapid.SampledFrom([]string{sandbox.Status, sandbox.HTML, sandbox.DropBefore, sandbox.Truncate}).Draw(t, "effect"),
		Times:  rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "times"),
	}
	switch f.Effect {
	case sandbox.Status:
		f.Status = rapid.SampledFrom([]int{200, 400, 401, 403, 404, 405, 410, 500, 501, 502, 503}).Draw(t, "status")
		if f.Status == 404 { // the API's own 404 of the list would be the proof
			body := foreign[rapid.SampledFrom(slices.Sorted(maps.Keys(foreign))).Draw(t, "body")]
			f.Body = &body
		}
	case sandbox.HTML:
		f.Status = rapid.SampledFrom([]int{200, 302, 403, 404, 405, 502}).Draw(t, "status")
	}
	if err := m.sandbox.EnfinitosCalls.AddFault(f); err != nil {
		t.Fatal(err)
	}
	m.faults = append(m.faults, f)
}

func (m *model) clear(*rapid.T) {
	m.sandbox.EnfinitosCalls.ClearFaults()
	m.faults = nil
}

func (m *model) delete(*rapid.T) {
	m.sandbox.Enfinitos.Remove(m.id)
	m.lives = false
}

// find reads the subscription, after every step, and compares what it is told with what is the case.
func (m *model) find(t *rapid.T) {
	found, presence, err := m.client.Find(t.Context(), m.id, "")
	told := fmt.Sprintf("it lives: %t, faults: %+v, found: %+v, presence: %d, error: %v", m.lives, m.faults, found, presence, err)
	switch {
	case m.lives && enfinitos.IsNotFound(err):
		t.Fatalf("one that lives is reported gone; %s", told)
	case !m.lives && err == nil && presence != enfinitos.Unproven:
		t.Fatalf("one that is gone is reported there; %s", told)
	case err == nil && found.ID != m.id:
		t.Fatalf("another one is found; %s", told)
	case presence == enfinitos.Unproven && !m.forbidden():
		t.Fatalf("a scope is missed that is there; %s", told)
	}
	if len(m.faults) > 0 {
		return
	}
	if m.lives != (err == nil) || m.lives && presence != m.undisturbed || !m.lives && !enfinitos.IsNotFound(err) {
		t.Fatalf("nothing goes wrong, and yet; %s", told)
	}
}

// forbidden reports whether the list of deliveries may have been answered with 403.
func (m *model) forbidden() bool {
	for _, f := range m.faults {
		if f.Status == 403 && strings.HasSuffix(f.Path, "/deliveries") {
			return true
		}
	}
	return false
}
