package enfinitos

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// The statuses of a delivery.
const (
	Queued       = "queued"
	Delivered    = "delivered"
	Failed       = "failed"
	DeadLettered = "dead_lettered"
)

// Delivery is one event on its way to one subscription.
type Delivery struct {
	ID             string
	SubscriptionID string
	Status         string
	Payload        string
	Attempts       int
	// HTTPStatus, Excerpt and Error are what came of the latest attempt, Signature the header it was signed with.
	HTTPStatus  int
	Excerpt     string
	Error       string
	Signature   string
	First       time.Time
	Last        time.Time
	NextRetry   time.Time
	DeliveredAt time.Time

	// busy is true while an attempt is in flight, so that no second one is made beside it.
	busy bool
}

// RecordEvent records a delivery to each active subscription that wants its kind, as if each had answered 200. Nothing
// is sent: it is for tests of what reads deliveries.
func (s *Server) RecordEvent(kind string, data json.RawMessage) error {
	return s.raise(kind, data, func(subscription *Subscription, delivery Delivery) {
		now := s.options.Clock()
		subscription.LastDelivered = now
		delivery.Status, delivery.Attempts, delivery.HTTPStatus = Delivered, 1, 200
		delivery.First, delivery.Last, delivery.DeliveredAt = now, now, now
		s.record(delivery)
	})
}

// raise checks an event and has it taken to each active subscription that wants its kind.
func (s *Server) raise(kind string, data json.RawMessage, take func(*Subscription, Delivery)) error {
	if !kindShape.MatchString(kind) || kind == "*" {
		return errors.New("kind must be one event kind, such as right.issued")
	}
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	payload, err := json.Marshal(map[string]any{"kind": kind, "data": data, "occurredAt": optionalTime(s.options.Clock())})
	if err == nil {
		payload, err = wire.Stringify(payload)
	}
	if err != nil {
		return err
	}
	if s.unsettled >= maxUnsettled || s.unsettledBytes > maxUnsettledBytes {
		return delivery.ErrFull
	}
	text := string(payload) // one for all subscriptions
	for _, subscription := range s.subscriptions.All() {
		if subscription.Active && (slices.Contains(subscription.Events, kind) || slices.Contains(subscription.Events, "*")) {
			take(subscription, Delivery{SubscriptionID: subscription.ID, Status: Queued, Payload: text})
		}
	}
	return nil
}

// AddDelivery records a delivery as it is and returns its id.
func (s *Server) AddDelivery(delivery Delivery) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record(delivery).ID
}

// FailReplays makes every replay from now on fail with a message; an empty one ends that.
func (s *Server) FailReplays(message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replayError = message
}

// Deliveries returns a copy of what was recorded, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Delivery, 0, len(s.deliveries))
	for _, delivery := range s.deliveries {
		out = append(out, *delivery)
	}
	return out
}

func (s *Server) record(made Delivery) *Delivery {
	made.ID = "dlv_" + wire.Text(s.options.Random, 20)
	s.keep(&made)
	s.forgetSettled()
	return &made
}

// keep adds a delivery to the books.
func (s *Server) keep(delivery *Delivery) {
	s.deliveries = append(s.deliveries, delivery)
	s.byID[delivery.ID] = delivery
	s.count(delivery, 1)
	s.options.Touch(delivery.ID)
}

// count keeps the size of what there is and of what is still to be delivered. It is called with -1 before a status
// changes and with 1 afterwards.
func (s *Server) count(delivery *Delivery, by int) {
	s.bytes += by * len(delivery.Payload)
	if !delivery.settled() {
		s.unsettled += by
		s.unsettledBytes += by * len(delivery.Payload)
	}
}

func (d *Delivery) settled() bool { return d.Status == Delivered || d.Status == DeadLettered }

// What is kept, so that the sandbox cannot grow without end: so many deliveries that are settled, the newest, and so many
// that are not.
const (
	maxSettled        = 20_000
	maxSettledBytes   = 64 << 20
	maxUnsettled      = 100_000
	maxUnsettledBytes = 256 << 20
)

// forgetSettled forgets old deliveries, many at a time because each time goes through all of them.
func (s *Server) forgetSettled() {
	count, bytes := len(s.deliveries)-s.unsettled, s.bytes-s.unsettledBytes
	if count <= maxSettled*5/4 && bytes <= maxSettledBytes*5/4 {
		return
	}
	s.deliveries = slices.DeleteFunc(s.deliveries, func(old *Delivery) bool {
		if !old.settled() || old.busy || count <= maxSettled && bytes <= maxSettledBytes {
			return false
		}
		count--
		bytes -= len(old.Payload)
		s.count(old, -1)
		delete(s.byID, old.ID)
		return true
	})
}

func (s *Server) listDeliveries(w http.ResponseWriter, r *http.Request) {
	subscription := s.found(w, r)
	if subscription == nil {
		return
	}
	query := r.URL.Query()
	offset, limit, err := window(query)
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	var matching []*Delivery
	for _, delivery := range slices.Backward(s.deliveries) {
		if delivery.SubscriptionID == subscription.ID && (query.Get("status") == "" || query.Get("status") == delivery.Status) {
			matching = append(matching, delivery)
		}
	}
	from := min(offset, len(matching))
	to := from + min(limit, len(matching)-from) // offset+limit could overflow
	page := []any{}
	for _, delivery := range matching[from:to] {
		page = append(page, s.describeDelivery(delivery))
	}
	var next any
	if to < len(matching) {
		next = to
	}
	s.answer(w, http.StatusOK, map[string]any{"deliveries": page, "nextCursor": next, "total": len(matching)})
}

// statuses are those of the documentation, by which a list can be filtered.
var statuses = []string{Queued, Delivered, Failed, DeadLettered}

// window reads which part of a list is asked for.
func window(query url.Values) (offset, limit int, err error) {
	if status := query.Get("status"); status != "" && !slices.Contains(statuses, status) {
		return 0, 0, fmt.Errorf("status must be one of %q", statuses)
	}
	limit = 50
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			return 0, 0, errors.New("limit must be at least 1")
		}
	}
	offset, err = cursor(query)
	return offset, limit, err
}

// cursor returns the position at which a page begins.
func cursor(query url.Values) (offset int, err error) {
	if text := query.Get("cursor"); text != "" {
		if offset, err = strconv.Atoi(text); err != nil || offset < 0 {
			return 0, errors.New("cursor must be at least 0")
		}
	}
	return offset, nil
}

// DropUnknownPage removes a cursor that the sandbox has not made from a query.
func (s *Server) DropUnknownPage(query url.Values) {
	if _, err := cursor(query); err != nil {
		query.Del("cursor")
	}
}

func (s *Server) describeDelivery(delivery *Delivery) map[string]any {
	var httpStatus any
	if delivery.HTTPStatus != 0 {
		httpStatus = delivery.HTTPStatus
	}
	return map[string]any{
		"deliveryId":          delivery.ID,
		"subscriptionId":      delivery.SubscriptionID,
		"developerId":         s.developerID,
		"status":              delivery.Status,
		"payload":             delivery.Payload,
		"firstAttemptedAt":    optionalTime(delivery.First),
		"lastAttemptedAt":     optionalTime(delivery.Last),
		"attemptCount":        delivery.Attempts,
		"httpStatus":          httpStatus,
		"responseBodyExcerpt": optionalText(delivery.Excerpt),
		"errorMessage":        optionalText(delivery.Error),
		"nextRetryAt":         optionalTime(delivery.NextRetry),
		"deliveredAt":         optionalTime(delivery.DeliveredAt),
		"signatureHeader":     optionalText(delivery.Signature),
	}
}

func optionalText(text string) any {
	if text == "" {
		return nil
	}
	return text
}
