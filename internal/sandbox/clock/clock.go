// Package clock is time as the sandbox's deliveries see it: the real one, or one that a test moves by hand.
package clock

import (
	"sync"
	"time"
)

// Wait returns a channel that is sent to once the time has come. It takes a time and not a duration, so that a clock
// that moves between reading it and waiting for it loses nothing.
type Wait func(until time.Time) <-chan time.Time

// WaitBy returns the Wait that goes with a clock: real waiting, for what is left until then by that clock.
func WaitBy(now func() time.Time) Wait {
	return func(until time.Time) <-chan time.Time { return time.After(until.Sub(now())) }
}

// Manual is a clock that only Move moves. It is safe for concurrent use.
type Manual struct {
	mu    sync.Mutex
	now   time.Time
	waits []wait
}

type wait struct {
	until time.Time
	woken chan time.Time
}

// NewManual returns a clock that stands at a time.
func NewManual(now time.Time) *Manual { return &Manual{now: now} }

// Now tells the time.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Wait is a Wait by this clock.
func (m *Manual) Wait(until time.Time) <-chan time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := wait{until: until, woken: make(chan time.Time, 1)}
	m.waits = append(m.waits, w)
	m.wake()
	return w.woken
}

// Move lets time pass, and wakes whoever waited for what is past then.
func (m *Manual) Move(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	m.wake()
}

func (m *Manual) wake() {
	kept := m.waits[:0]
	for _, w := range m.waits {
		if w.until.After(m.now) {
			kept = append(kept, w)
		} else {
			w.woken <- m.now
		}
	}
	m.waits = kept
}
