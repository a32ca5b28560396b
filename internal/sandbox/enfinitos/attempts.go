package enfinitos

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// gaps are the vendor's waits before the attempts after the first. Each gets a jitter of a fifth either way.
var gaps = []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}

func (s *Server) due(_ *Delivery, wait time.Duration) time.Time {
	share := float64(binary.LittleEndian.Uint16(wire.Bytes(s.Late, 2))) / (1 << 16)
	return s.Clock().Add(time.Duration(float64(wait) * (0.8 + 0.4*share)))
}

// Resend makes one attempt of a delivery, as a replay does.
func (s *Server) Resend(ctx context.Context, id string) error {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	d := s.Delivery(id)
	if d == nil {
		return fmt.Errorf("there is no delivery %s", id)
	}
	subscription := s.Find(d.WebhookID)
	if !subscription.Active {
		return fmt.Errorf("the subscription %s is paused", subscription.ID)
	}
	_, err := s.replayed(ctx, subscription, d)
	return err
}

// replay makes one attempt of a delivery, whatever its status, and answers with its result.
func (s *Server) replay(w http.ResponseWriter, r *http.Request) {
	subscription := s.found(w, r)
	if subscription == nil {
		return
	}
	d := s.Delivery(r.PathValue("delivery"))
	if d == nil || d.WebhookID != subscription.ID {
		s.refuse(w, http.StatusNotFound, "not_found", "Delivery not found")
		return
	}
	failure, err := s.replayed(r.Context(), subscription, d)
	if err != nil {
		s.refuse(w, http.StatusServiceUnavailable, "unavailable", err.Error())
		return
	}
	s.answer(w, http.StatusOK, map[string]any{
		"replay":   map[string]any{"ok": failure == "", "errorMessage": optionalText(failure)},
		"delivery": s.describeDelivery(d),
	})
}

// replayed makes the attempt of a replay and returns why it failed, or "" if it succeeded.
func (s *Server) replayed(ctx context.Context, subscription *Subscription, d *Delivery) (failure string, err error) {
	if s.replayError != "" {
		d.Attempts++
		d.Last, d.Error = s.Clock(), s.replayError
		s.Touch(d.ID)
		return s.replayError, nil
	}
	if !subscription.Active {
		return "the subscription is paused", nil
	}
	attempt := s.Start(subscription, d)
	var result delivery.Result
	s.Unlocked(func() { result, err = s.Engine.Post(ctx, attempt.Request) })
	if err != nil {
		return "", err
	}
	s.Record(attempt, result)
	return s.failure(result), nil
}

// failure says why a result is a failure, or returns "" if it is none.
func (s *Server) failure(result delivery.Result) string {
	switch {
	case s.Succeeds(result):
		return ""
	case result.Status == 0:
		return result.Error
	}
	return "the receiver answered " + result.Outcome()
}

// claimed is an attempt that process-due makes.
type claimed struct {
	*simulation.Attempt

	result delivery.Result
	err    error
}

// processDue makes the attempts that are due now, concurrently, and answers with the counts of their results.
func (s *Server) processDue(w http.ResponseWriter, r *http.Request) {
	fields, err := wire.DecodeObject(wire.Body(r), "limit")
	limit, sent, err2 := wire.Value[int](fields, "limit")
	if !sent {
		limit = 10
	}
	if err := errors.Join(err, err2); err != nil || limit < 1 || limit > 50 {
		s.refuse(w, http.StatusBadRequest, "invalid_request", "limit must be between 1 and 50")
		return
	}
	batch := s.claim(limit)
	s.Unlocked(func() { s.post(r.Context(), batch) }) //nolint:contextcheck // it is the call's own context
	count := map[string]int{"processed": len(batch), "delivered": 0, "failed": 0, "deadLettered": 0, "batchLimit": limit}
	names := map[string]string{Delivered: "delivered", Failed: "failed", DeadLettered: "deadLettered"}
	for _, c := range batch {
		if c.err != nil { // the caller has gone, and the attempt is still to be made
			s.Release(c.Attempt)
			err = c.err
		} else {
			s.Conclude(c.Attempt, c.result)
			count[names[c.Delivery.Status]]++
		}
		if c.Delivery.Waits {
			s.Schedule(c.Delivery)
		}
	}
	if err != nil {
		s.refuse(w, http.StatusServiceUnavailable, "unavailable", err.Error())
		return
	}
	s.answer(w, http.StatusOK, count)
}

// claim reserves failed deliveries that are due, so that nothing else attempts them at the same time.
func (s *Server) claim(limit int) (batch []*claimed) {
	for _, d := range s.Waiting() {
		if len(batch) == limit {
			return batch
		}
		if d.Status != Failed {
			continue
		}
		if attempt := s.Claim(d); attempt != nil {
			batch = append(batch, &claimed{Attempt: attempt})
		}
	}
	return batch
}

func (s *Server) post(ctx context.Context, batch []*claimed) {
	var posting sync.WaitGroup
	for _, c := range batch {
		posting.Go(func() { c.result, c.err = s.Engine.Post(ctx, c.Request) })
	}
	posting.Wait()
}
