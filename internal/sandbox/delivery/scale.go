package delivery

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Scale divides the waits between attempts. The zero value leaves them as the vendor has them.
type Scale float64

// Shorten returns a wait divided by the scale.
func (s Scale) Shorten(d time.Duration) time.Duration {
	if s <= 0 {
		return d
	}
	return time.Duration(float64(d) / float64(s))
}

// admission is how long a new event may wait for room before it is refused.
const admission = 10 * time.Second

// AdmitEvent is Admit for an event that came as a call: it waits a while and no longer.
func (e *Engine) AdmitEvent(r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), admission)
	defer cancel()
	return e.Admit(ctx)
}

// StatusOf is the status with which an event is refused: either its sender is to blame, or the sandbox has no room.
func StatusOf(err error) int {
	if errors.Is(err, ErrFull) || errors.Is(err, ErrClosed) {
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}
