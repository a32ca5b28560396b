package dfns

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Event is one delivery attempt to one webhook, as it was recorded when its outcome was known.
type Event struct {
	ID        string
	WebhookID string
	Kind      string
	Data      json.RawMessage
	// Date is when the event was raised, Sent when this attempt was made. Attempts of one event share the first.
	Date time.Time
	Sent time.Time
	// Status is the status the receiver answered or the code of what went wrong, Error the words for the latter.
	Status  string
	Error   string
	Failed  bool
	Attempt int
	// RetryOf is the id of the first attempt, empty for that one itself.
	RetryOf string
	// Next is when the attempt after this one is due, zero when there will be none.
	Next time.Time
	// Signature is the header that the attempt was signed with, Excerpt the beginning of what the receiver answered.
	Signature string
	Excerpt   string

	number int
}

// Events returns a copy of the recorded attempts, oldest first.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Event, 0, len(s.events))
	for _, event := range s.events {
		out = append(out, *event)
	}
	return out
}

// RecordEvent records an event for each enabled webhook that subscribes to its kind, as if each had answered 200.
// Nothing is sent: it is for tests of what reads events.
func (s *Server) RecordEvent(kind string, data json.RawMessage) error {
	data, err := checkEvent(kind, data)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Clock()
	for _, webhook := range s.webhooks.All() {
		if webhook.wants(kind) {
			s.record(&Event{
				ID: newID(s.attempts, "whe"), WebhookID: webhook.ID, Kind: kind, Data: data, Date: now, Sent: now, Status: "200", Attempt: 1,
			})
		}
	}
	return nil
}

// checkEvent returns the data as the vendor would send it, an empty object where there is none.
func checkEvent(kind string, data json.RawMessage) (json.RawMessage, error) {
	if !isKind(kind) {
		return nil, errors.New("kind must be one event kind, such as wallet.created")
	}
	if len(data) == 0 {
		return json.RawMessage("{}"), nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return nil, errors.New("data must be a JSON object")
	}
	return wire.Stringify(data)
}

// wants is true when an event of a kind goes to the webhook.
func (webhook *Webhook) wants(kind string) bool {
	return webhook.Status == enabled && (slices.Contains(webhook.Events, kind) || slices.Contains(webhook.Events, "*"))
}

// What is kept of the past. The vendor keeps events for 31 days; the other two bound what the sandbox can grow to.
const (
	retention     = 31 * 24 * time.Hour
	maxEvents     = 20_000
	maxEventBytes = 64 << 20
)

func (s *Server) record(event *Event) {
	s.created++
	event.number = s.created
	s.events = append(s.events, event)
	s.eventBytes += len(event.Data)
	s.forgetOldEvents()
	s.options.Touch(event.ID)
}

func (s *Server) forgetOldEvents() {
	oldest := s.options.Clock().Add(-retention)
	for len(s.events) > 0 && (s.events[0].Sent.Before(oldest) || len(s.events) > maxEvents || s.eventBytes > maxEventBytes) {
		s.eventBytes -= len(s.events[0].Data)
		s.events[0] = nil
		s.events = s.events[1:]
	}
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
	s.forgetOldEvents()
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
		answers = append(answers, s.describe(event))
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
	s.forgetOldEvents()
	for _, event := range s.events {
		if event.ID == r.PathValue("event") && event.WebhookID == r.PathValue("id") {
			answer(w, s.describe(event))
			return
		}
	}
	refuse(w, http.StatusNotFound, "Webhook event not found")
}

func (e *Event) matches(kind, failed string) bool {
	return (kind == "" || e.Kind == kind) && (failed == "" || strconv.FormatBool(e.Failed) == failed)
}

// describe returns an event as the API shows it. The schema that the vendor publishes has only the bare fields; its prose names
// more.
func (s *Server) describe(e *Event) map[string]any {
	out := map[string]any{
		"id":            e.ID,
		"date":          date(e.Date),
		"kind":          e.Kind,
		"data":          e.Data,
		"status":        e.Status,
		"timestampSent": e.Sent.Unix(),
	}
	if e.Error != "" {
		out["error"] = e.Error
	}
	if s.options.BareEvents {
		return out
	}
	out["deliveryFailed"], out["deliveryAttempt"] = e.Failed, e.Attempt
	if e.RetryOf != "" {
		out["retryOf"] = e.RetryOf
	}
	if !e.Next.IsZero() {
		out["nextAttemptDate"] = date(e.Next)
	}
	return out
}
