package enfinitos

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Delivery is one event on its way to one subscription.
type Delivery = simulation.Delivery

// The statuses of a delivery.
const (
	Queued       = simulation.Queued
	Delivered    = simulation.Delivered
	Failed       = simulation.Failed
	DeadLettered = simulation.DeadLettered
)

// payload is what a delivery sends.
func (s *Server) payload(kind string, data json.RawMessage) (json.RawMessage, error) {
	return json.Marshal(map[string]any{"kind": kind, "data": data, "occurredAt": optionalTime(s.Clock())})
}

// FailReplays makes every replay from now on fail with a message; an empty one ends that.
func (s *Server) FailReplays(message string) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.replayError = message
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
	matching := s.Listed(subscription.ID, func(d *Delivery) bool { return query.Get("status") == "" || query.Get("status") == d.Status })
	slices.Reverse(matching)
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
	limit, err = wire.Number(query, "limit", 50, 1, math.MaxInt)
	offset, err2 := cursor(query)
	return offset, limit, cmp.Or(err, err2)
}

// cursor returns the position at which a page begins.
func cursor(query url.Values) (offset int, err error) {
	return wire.Number(query, "cursor", 0, 0, math.MaxInt)
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
		"subscriptionId":      delivery.WebhookID,
		"developerId":         s.account.DeveloperID,
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
