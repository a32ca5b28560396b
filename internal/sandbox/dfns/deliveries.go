package dfns

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// retries are the vendor's times of the attempts after the first, counted from that one.
var retries = []time.Duration{time.Minute, 12 * time.Minute, 2 * time.Hour, 24 * time.Hour}

func due(e *Event, wait time.Duration) time.Time { return e.First.Add(wait) }

func succeeds(status int) bool { return status == http.StatusOK }

// checkData refuses data that is no object.
func checkData(_ string, data json.RawMessage) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return nil, errors.New("data must be a JSON object")
	}
	return data, nil
}

func sign(secret string, body []byte, _ time.Time) string {
	return "sha256=" + simulation.Hash(secret, body)
}

// payload is an attempt as it is sent. What a receiver signs to compare is JSON.stringify of what it has parsed, so the body has that
// form.
func payload(e *Event) []byte {
	body, err := json.Marshal(struct {
		ID              string          `json:"id"`
		Date            string          `json:"date"`
		Kind            string          `json:"kind"`
		TimestampSent   int64           `json:"timestampSent"`
		DeliveryAttempt int             `json:"deliveryAttempt"`
		Data            json.RawMessage `json:"data"`
		RetryOf         string          `json:"retryOf,omitempty"`
	}{e.ID, date(e.Raised), e.Kind, e.Last.Unix(), e.Attempts, json.RawMessage(e.Payload), e.RetryOf})
	if err == nil {
		body, err = wire.Stringify(body)
	}
	if err != nil {
		panic(fmt.Sprintf("data that was checked always marshals: %v", err))
	}
	return body
}

// pingWebhook answers what the receiver of a test event answers. The event is not recorded.
func (s *Server) pingWebhook(w http.ResponseWriter, r *http.Request, _ []byte) {
	webhook := s.found(w, r)
	if webhook == nil {
		return
	}
	ping := s.Start(webhook, &Event{Kind: "webhook.ping", Payload: "{}", Raised: s.Clock()})
	var result delivery.Result
	var err error
	s.Unlocked(func() { result, err = s.Engine.Post(r.Context(), ping.Request) })
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	out := map[string]string{"status": result.Outcome()}
	switch {
	case result.Error != "":
		out["error"] = result.Error
	case !s.Succeeds(result):
		out["error"] = "the receiver answered " + result.Outcome() + " and not 200"
	}
	answer(w, out)
}
