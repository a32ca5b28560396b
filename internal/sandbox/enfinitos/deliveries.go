package enfinitos

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
	HTTPStatus     int
	Error          string
	First          time.Time
	Last           time.Time
	NextRetry      time.Time
	DeliveredAt    time.Time
}

// RecordEvent records a delivery to each active subscription that wants its kind, as if each had answered 200.
func (s *Server) RecordEvent(kind string, data json.RawMessage) error {
	if !kindShape.MatchString(kind) || kind == "*" {
		return errors.New("kind must be one event kind, such as right.issued")
	}
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Clock()
	payload, err := json.Marshal(map[string]any{"kind": kind, "data": data, "occurredAt": optionalTime(now)})
	if err != nil {
		return err
	}
	for _, subscription := range s.subscriptions {
		if subscription.Active && (slices.Contains(subscription.Events, kind) || slices.Contains(subscription.Events, "*")) {
			subscription.LastDelivered = now
			s.record(Delivery{
				SubscriptionID: subscription.ID, Status: Delivered, Payload: string(payload), Attempts: 1, HTTPStatus: 200,
				First: now, Last: now, DeliveredAt: now,
			})
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

func (s *Server) record(delivery Delivery) *Delivery {
	delivery.ID = "dlv_" + wire.Text(s.options.Random, 20)
	s.deliveries = append(s.deliveries, &delivery)
	return &delivery
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
	var matching []any
	for _, delivery := range slices.Backward(s.deliveries) {
		if delivery.SubscriptionID == subscription.ID && (query.Get("status") == "" || query.Get("status") == delivery.Status) {
			matching = append(matching, s.describeDelivery(delivery))
		}
	}
	from := min(offset, len(matching))
	to := from + min(limit, len(matching)-from) // offset+limit could overflow
	var next any
	if to < len(matching) {
		next = to
	}
	s.answer(w, http.StatusOK, map[string]any{
		"deliveries": append([]any{}, matching[from:to]...), "nextCursor": next, "total": len(matching),
	})
}

// window reads which part of a list is asked for.
func window(query url.Values) (offset, limit int, err error) {
	limit = 50
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			return 0, 0, errors.New("limit must be at least 1")
		}
	}
	if text := query.Get("cursor"); text != "" {
		if offset, err = strconv.Atoi(text); err != nil || offset < 0 {
			return 0, 0, errors.New("cursor must be at least 0")
		}
	}
	return offset, limit, nil
}

func (s *Server) replay(w http.ResponseWriter, r *http.Request) {
	subscription := s.found(w, r)
	if subscription == nil {
		return
	}
	at := slices.IndexFunc(s.deliveries, func(d *Delivery) bool {
		return d.ID == r.PathValue("delivery") && d.SubscriptionID == subscription.ID
	})
	if at < 0 {
		s.refuse(w, http.StatusNotFound, "not_found", "Delivery not found")
		return
	}
	delivery := s.deliveries[at]
	s.attempt(delivery, s.replayError)
	s.answer(w, http.StatusOK, map[string]any{
		"replay":   map[string]any{"ok": s.replayError == "", "errorMessage": optionalText(s.replayError)},
		"delivery": s.describeDelivery(delivery),
	})
}

func (s *Server) processDue(w http.ResponseWriter, r *http.Request) {
	fields, err := wire.DecodeObject(read(r), "limit")
	limit, sent, err2 := wire.Value[int](fields, "limit")
	if !sent {
		limit = 10
	}
	if err := errors.Join(err, err2); err != nil || limit < 1 || limit > 50 {
		s.refuse(w, http.StatusBadRequest, "invalid_request", "limit must be between 1 and 50")
		return
	}
	processed := 0
	for _, delivery := range s.deliveries {
		due := delivery.Status == Failed && !delivery.NextRetry.After(s.options.Clock())
		if due && processed < limit {
			s.attempt(delivery, "")
			processed++
		}
	}
	s.answer(w, http.StatusOK, map[string]int{
		"processed": processed, "delivered": processed, "failed": 0, "deadLettered": 0, "batchLimit": limit,
	})
}

// attempt makes an attempt that fails with a message, or succeeds when there is none.
func (s *Server) attempt(delivery *Delivery, failure string) {
	now := s.options.Clock()
	delivery.Attempts++
	delivery.Last = now
	delivery.Error = failure
	if failure == "" {
		delivery.Status, delivery.HTTPStatus, delivery.DeliveredAt, delivery.NextRetry = Delivered, 200, now, time.Time{}
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
		"responseBodyExcerpt": nil,
		"errorMessage":        optionalText(delivery.Error),
		"nextRetryAt":         optionalTime(delivery.NextRetry),
		"deliveredAt":         optionalTime(delivery.DeliveredAt),
		"signatureHeader":     nil,
	}
}

func optionalText(text string) any {
	if text == "" {
		return nil
	}
	return text
}
