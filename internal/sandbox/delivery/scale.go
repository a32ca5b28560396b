package delivery

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Scale divides the waits between attempts. The zero value keeps the vendor's waits.
type Scale float64

// Shorten returns a wait divided by the scale.
func (s Scale) Shorten(d time.Duration) time.Duration {
	if s <= 0 {
		return d
	}
	return time.Duration(float64(d) / float64(s))
}

// admission is how long a new event may wait for room before it is rejected.
const admission = 10 * time.Second

// AdmitEvent is Admit with a time limit, for an event from a call.
func (e *Engine) AdmitEvent(r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), admission)
	defer cancel()
	return e.Admit(ctx)
}

// StatusOf returns the status for a rejected event: the event is invalid, or the sandbox has no room.
func StatusOf(err error) int {
	if errors.Is(err, ErrFull) || errors.Is(err, ErrClosed) {
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}
