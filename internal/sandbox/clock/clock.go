// Package clock provides the clock of the sandbox's deliveries: the real one, or one that a test moves.
package clock

import (
	"sync"
	"time"
)

// Wait returns a channel that receives at a time. It takes a time instead of a duration, so that a clock that moves between
// reading and waiting causes no error.
type Wait func(until time.Time) <-chan time.Time

// WaitBy returns the Wait for a clock: it really waits until the time on that clock.
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

// NewManual returns a clock that is stopped at a time.
func NewManual(now time.Time) *Manual { return &Manual{now: now} }

// Now returns the time.
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

// Move advances the clock, and wakes the waits whose time has come.
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
