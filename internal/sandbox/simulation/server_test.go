package simulation_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type webhook struct {
	ID, URL, Secret string
	Events          []string
	On              bool
}

// plain is a vendor that asks for nothing special.
type plain struct {
	simulation.Server[webhook]

	clock *clock.Manual
}

func start(t *testing.T, change ...func(*simulation.Rules)) *plain {
	t.Helper()
	s := &plain{}
	s.Options, s.clock = sandboxtest.Options(t, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	rules := simulation.Rules{
		NewID:   func(random *rand.ChaCha8) string { return wire.Text(random, 8) },
		Payload: func(_ string, data json.RawMessage) (json.RawMessage, error) { return data, nil },
		Header:  "Signature", Sign: simulation.SignWithTime, Waits: []time.Duration{time.Minute, time.Hour},
	}
	for _, c := range change {
		c(&rules)
	}
	s.Begin(simulation.Vendor[webhook]{
		Kinds: wire.Kinds{{Name: "key.created"}},
		View: func(w *webhook) simulation.Webhook {
			return simulation.Webhook{ID: &w.ID, URL: &w.URL, Secret: &w.Secret, Events: &w.Events, On: w.On}
		},
		Assign:      func(w *webhook) { w.ID, w.On = wire.Text(s.Random, 8), true },
		SaveAccount: func() any { return "account" }, LoadAccount: func(json.RawMessage) error { return nil },
		Deliveries: rules,
	})
	return s
}

// raised returns a server with a delivery to a receiver that has failed once.
func raised(t *testing.T, change ...func(*simulation.Rules)) (s *plain, r *sandboxtest.Receiver, id string) {
	t.Helper()
	s, r = start(t, change...), sandboxtest.Receive(t, 500)
	s.Subscribe(r.URL)
	if made, err := s.Raise("key.created", nil); made != 1 || err != nil {
		t.Fatal(made, err)
	}
	r.Next(t)
	s.is(t, simulation.Failed, 1)
	return s, r, s.Webhooks()[0].ID
}

// is waits until the latest delivery has a status after so many attempts.
func (s *plain) is(t *testing.T, status string, attempts int) {
	t.Helper()
	sandboxtest.Eventually(t, "the delivery is "+status, func() bool {
		all := s.Deliveries()
		return len(all) > 0 && all[len(all)-1].Status == status && all[len(all)-1].Attempts == attempts
	})
}

// A wait begins with the attempt before. After the last wait, nothing more is sent.
func TestWaits(t *testing.T) {
	t.Parallel()
	s, r, _ := raised(t)
	s.clock.Move(time.Minute)
	s.is(t, simulation.Failed, 2)
	sandboxtest.Same(t, s.Deliveries()[0].NextRetry, s.clock.Now().Add(time.Hour))
	s.clock.Move(time.Hour)
	s.is(t, simulation.DeadLettered, 3)
	sandboxtest.Same(t, []any{s.Pending(), s.Deliveries()[0].NextRetry.IsZero(), s.Overview().Deliveries[0].Outcome}, []any{0, true, "500"})
	r.Status.Store(201)
	sandboxtest.Same(t, s.Resend(t.Context(), s.Deliveries()[0].ID), nil)
	s.is(t, simulation.Delivered, 1)
	sandboxtest.Same(t, len(s.Deliveries()), 2)
}

// What counts is whether the webhook is on when a retry is due. A latest attempt promises no further one that will not be made.
func TestOffWhenARetryIsDue(t *testing.T) {
	t.Parallel()
	turn := func(s *plain, id string, on bool) { _ = s.Edit(id, func(w *webhook) { w.On = on }) }
	for name, c := range map[string]struct {
		early  func(s *plain, id string)
		status string
	}{
		"off":        {func(s *plain, id string) { turn(s, id, false) }, simulation.DeadLettered},
		"gone":       {func(s *plain, id string) { s.Remove(id) }, simulation.DeadLettered},
		"on in time": {func(s *plain, id string) { turn(s, id, false); turn(s, id, true) }, simulation.Delivered},
		"reset":      {func(s *plain, _ string) { s.Reset() }, ""},
	} {
		for _, eachAttempt := range []bool{false, true} {
			s, r, id := raised(t, func(rules *simulation.Rules) { rules.EachAttempt = eachAttempt })
			r.Status.Store(200)
			c.early(s, id)
			s.clock.Move(time.Minute)
			sandboxtest.Eventually(t, "nothing waits", func() bool { return s.Pending() == 0 })
			turn(s, id, true) // too late
			s.clock.Move(48 * time.Hour)
			if c.status == simulation.Delivered {
				r.Next(t)
			}
			r.NothingMore(t)
			all := s.Deliveries()
			if c.status == "" {
				sandboxtest.Same(t, len(all), 0)
				continue
			}
			latest := all[len(all)-1]
			if latest.Status != c.status && !eachAttempt || !latest.NextRetry.IsZero() {
				t.Errorf("%s: %+v", name, latest)
			}
		}
	}
}

// What tests get are copies. Removing one webhook leaves the others.
func TestCopies(t *testing.T) {
	t.Parallel()
	s, _, id := raised(t)
	s.Subscribe("https://hooks.example.com/in")
	s.Webhooks()[0].Events[0] = "changed"
	s.Deliveries()[0].Status = "changed"
	sandboxtest.Same(t, []any{s.Webhooks()[0].Events, s.Deliveries()[0].Status}, []any{[]string{"*"}, simulation.Failed})
	other := s.Webhooks()[1].ID
	s.Remove(id)
	sandboxtest.Same(t, s.Webhooks()[0].ID, other)
	if s.Edit(id, func(*webhook) {}) == nil {
		t.Error("a removed webhook was edited")
	}
}

// What is kept of the past is bounded, by number and by size. What waits is never forgotten.
func TestPastIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		payload    string
		added, max int
	}{
		"number": {"{}", 25_200, 25_000}, "size": {strings.Repeat("x", 1<<20), 200, 80},
	} {
		s := start(t)
		s.AddDelivery(simulation.Delivery{Status: simulation.Failed})
		for range c.added {
			s.AddDelivery(simulation.Delivery{Status: simulation.Delivered, Payload: c.payload})
		}
		kept := s.Deliveries()
		if past := len(kept) - 1; kept[0].Status != simulation.Failed || s.Pending() != 1 || past < c.max*3/4 || past > c.max {
			t.Errorf("%s: it holds %d, and %d wait", name, past, s.Pending())
		}
	}
}
