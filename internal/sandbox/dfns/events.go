package dfns

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Event is one delivery attempt to one webhook.
type Event = simulation.Delivery

// Events returns a copy of the recorded attempts, oldest first.
func (s *Server) Events() []Event { return s.Deliveries() }

// retention is how long the vendor keeps events.
const retention = 31 * 24 * time.Hour

func (s *Server) isKept(e *Event) bool { return !e.Last.Before(s.Clock().Add(-retention)) }

func (s *Server) listEvents(w http.ResponseWriter, r *http.Request) {
	webhook := s.found(w, r)
	if webhook == nil {
		return
	}
	query := r.URL.Query()
	if err := checkFilter(query); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	matching := s.Listed(webhook.ID, func(e *Event) bool {
		return s.isKept(e) && matches(e, query.Get("kind"), query.Get("deliveryFailed"))
	})
	items, next, err := page(matching, query, func(e *Event) int { return e.Number })
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	answers := make([]map[string]any, 0, len(items))
	for _, event := range items {
		answers = append(answers, s.describe(event))
	}
	answer(w, list(answers, next))
}

// checkFilter refuses a filter that could match no event, because it is none of the vendor's.
func checkFilter(query url.Values) error {
	if kind := query.Get("kind"); kind != "" && !wire.IsKind(kind) {
		return errors.New("kind must be one event kind")
	}
	if failed := query.Get("deliveryFailed"); failed != "" && failed != "true" && failed != "false" {
		return errors.New("deliveryFailed must be true or false")
	}
	return nil
}

func (s *Server) getEvent(w http.ResponseWriter, r *http.Request) {
	webhook := s.found(w, r)
	if webhook == nil {
		return
	}
	event := s.Delivery(r.PathValue("event"))
	if event == nil || event.WebhookID != webhook.ID || !s.isKept(event) {
		refuse(w, http.StatusNotFound, "Webhook event not found")
		return
	}
	answer(w, s.describe(event))
}

func matches(e *Event, kind, failed string) bool {
	return (kind == "" || e.Kind == kind) && (failed == "" || strconv.FormatBool(hasFailed(e)) == failed)
}

func hasFailed(e *Event) bool { return e.Status != simulation.Delivered }

// describe returns an event as the API shows it. The schema that the vendor publishes has only the bare fields; its prose names
// more.
func (s *Server) describe(e *Event) map[string]any {
	out := map[string]any{
		"id":            e.ID,
		"date":          date(e.Raised),
		"kind":          e.Kind,
		"data":          json.RawMessage(e.Payload),
		"status":        e.Outcome(),
		"timestampSent": e.Last.Unix(),
	}
	if e.Error != "" {
		out["error"] = e.Error
	}
	if s.options.BareEvents {
		return out
	}
	out["deliveryFailed"], out["deliveryAttempt"] = hasFailed(e), e.Attempts
	if e.RetryOf != "" {
		out["retryOf"] = e.RetryOf
	}
	if !e.NextRetry.IsZero() {
		out["nextAttemptDate"] = date(e.NextRetry)
	}
	return out
}
