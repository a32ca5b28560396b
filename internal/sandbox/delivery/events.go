package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Source is a vendor that sends events.
type Source interface {
	Kinds() wire.Kinds
	// Raise sends an event to each webhook that wants its kind, and returns how many those are before their receivers answer.
	Raise(kind string, data json.RawMessage) (deliveries int, err error)
}

// admission is how long a new event may wait for room before it is rejected.
const admission = 10 * time.Second

// Events answers POST events: {"kind", "data", "force"}. Without data, the event carries a sample.
func (e *Engine) Events(source Source) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		made, kind, err := e.raise(r, source)
		if err != nil {
			status := http.StatusBadRequest
			if errors.Is(err, ErrFull) || errors.Is(err, ErrClosed) {
				status = http.StatusServiceUnavailable
			}
			http.Error(w, err.Error(), status)
			return
		}
		out := map[string]any{"deliveries": made}
		if made == 0 {
			out["message"] = "no enabled webhook subscribes to " + kind
		}
		wire.Answer(w, http.StatusOK, out)
	}
}

func (e *Engine) raise(r *http.Request, source Source) (deliveries int, kind string, err error) {
	fields, err := wire.DecodeObject(wire.Body(r), "kind", "data", "force")
	if err != nil {
		return 0, "", err
	}
	kind, err1 := wire.Required(fields, "kind")
	force, _, err2 := wire.Value[bool](fields, "force")
	if err := errors.Join(err1, err2); err != nil {
		return 0, "", err
	}
	known, err := source.Kinds().Find(kind, force)
	if err == nil {
		ctx, cancel := context.WithTimeout(r.Context(), admission)
		defer cancel()
		err = e.Admit(ctx)
	}
	if err != nil {
		return 0, "", err
	}
	data, sent := fields["data"]
	if !sent {
		data = known.Sample
	}
	deliveries, err = source.Raise(kind, data)
	return deliveries, kind, err
}
