package dfns

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Event is one recorded delivery attempt to one webhook.
type Event struct {
	ID        string
	WebhookID string
	Kind      string
	Data      json.RawMessage
	Status    string
	Failed    bool
	Attempt   int
	Date      time.Time

	number int
}

// RecordEvent records an event for each enabled webhook that subscribes to its kind, as if each had answered 200.
func (s *Server) RecordEvent(kind string, data json.RawMessage) error {
	if !isKind(kind) {
		return errors.New("kind must be one event kind, such as wallet.created")
	}
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return errors.New("data must be a JSON object")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, webhook := range s.webhooks {
		if webhook.Status == "Enabled" && (slices.Contains(webhook.Events, kind) || slices.Contains(webhook.Events, "*")) {
			s.created++
			s.events = append(s.events, &Event{
				ID: s.newID("whe"), WebhookID: webhook.ID, Kind: kind, Data: data, Status: "200", Attempt: 1,
				Date: s.options.Clock(), number: s.created,
			})
		}
	}
	return nil
}

// isKind is true for one event kind. A subscription may also be to "*", an event cannot.
func isKind(text string) bool { return kindShape.MatchString(text) && text != "*" }

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
	var matching []*Event
	for _, event := range s.events {
		if event.WebhookID == webhook.ID && event.matches(query.Get("kind"), query.Get("deliveryFailed")) {
			matching = append(matching, event)
		}
	}
	items, next, err := page(matching, query, func(e *Event) int { return e.number })
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	answers := make([]map[string]any, 0, len(items))
	for _, event := range items {
		answers = append(answers, event.answer())
	}
	answer(w, list(answers, next))
}

// checkFilter refuses a filter that could match no event, because it is none of the vendor's.
func checkFilter(query url.Values) error {
	if kind := query.Get("kind"); kind != "" && !isKind(kind) {
		return errors.New("kind must be one event kind")
	}
	if failed := query.Get("deliveryFailed"); failed != "" && failed != "true" && failed != "false" {
		return errors.New("deliveryFailed must be true or false")
	}
	return nil
}

func (s *Server) getEvent(w http.ResponseWriter, r *http.Request) {
	if s.found(w, r) == nil {
		return
	}
	for _, event := range s.events {
		if event.ID == r.PathValue("event") && event.WebhookID == r.PathValue("id") {
			answer(w, event.answer())
			return
		}
	}
	refuse(w, http.StatusNotFound, "Webhook event not found")
}

func (e *Event) matches(kind, failed string) bool {
	return (kind == "" || e.Kind == kind) && (failed == "" || strconv.FormatBool(e.Failed) == failed)
}

func (e *Event) answer() map[string]any {
	return map[string]any{
		"id":              e.ID,
		"date":            date(e.Date),
		"kind":            e.Kind,
		"data":            e.Data,
		"status":          e.Status,
		"timestampSent":   e.Date.Unix(),
		"deliveryFailed":  e.Failed,
		"deliveryAttempt": e.Attempt,
	}
}
