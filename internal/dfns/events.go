package dfns

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// WebhookEvent is one attempt to deliver an event to a webhook. The API keeps it for 31 days.
type WebhookEvent struct {
	ID string `json:"id"`
	// Date is when the event occurred, in ISO 8601.
	Date string `json:"date"`
	Kind string `json:"kind"`
	// Data is the data of the event. Its structure depends on the kind.
	Data json.RawMessage `json:"data"`
	// Status is the receiver's HTTP status or an error code.
	Status string `json:"status"`
	// TimestampSent is when the attempt was made, in Unix seconds.
	TimestampSent int64 `json:"timestampSent"`
	// Error is the error message, empty if the attempt succeeded.
	Error string `json:"error"`

	// The vendor's prose names the following fields, its schema does not. Nil and empty mean absent. RetryOf is the id of the
	// original event, that is of the first attempt, by the schema of what is delivered, and of a previous attempt by the prose.

	DeliveryFailed  httpapi.Optional[bool]  `json:"deliveryFailed"`
	DeliveryAttempt httpapi.Optional[int64] `json:"deliveryAttempt"`
	RetryOf         string                  `json:"retryOf"`
	NextAttemptDate string                  `json:"nextAttemptDate"`
}

// Failed reports whether the attempt failed. Where the API does not say it, every status but 200 means failure. Nil means that
// the API did not tell the status either.
func (e *WebhookEvent) Failed() *bool {
	if e.DeliveryFailed.Value != nil || e.Status == "" {
		return e.DeliveryFailed.Value
	}
	failed := e.Status != "200"
	return &failed
}

// EventFilter selects events. Its zero value selects all.
type EventFilter struct {
	// Kind is one event kind; "*" is not one.
	Kind string
	// DeliveryFailed selects attempts that failed or those that did not. Nil selects both.
	DeliveryFailed *bool
	// MaxCalls limits the calls, 0 to 50. httpapi.IsCut reports the error of a list that needs more. Zero means 50.
	MaxCalls int
}

// ListWebhookEvents returns the delivery attempts of a webhook. It fetches pages of pageSize items (1 to 200, 0 for 200) as
// they are needed. An error ends the sequence. The order is the API's, which is not documented.
//
// https://docs.dfns.co/api-reference/webhooks/list-webhook-events
func (c *Client) ListWebhookEvents(
	ctx context.Context, webhookID string, filter EventFilter, pageSize int,
) iter.Seq2[*WebhookEvent, error] {
	query := url.Values{}
	if filter.Kind != "" {
		query.Set("kind", filter.Kind)
	}
	if filter.DeliveryFailed != nil {
		query.Set("deliveryFailed", strconv.FormatBool(*filter.DeliveryFailed))
	}
	return listPages(ctx, c, pageSize, filter.MaxCalls, query,
		func(event *WebhookEvent) string { return event.ID }, "webhooks", webhookID, "events")
}

// GetWebhookEvent returns one delivery attempt. httpapi.IsNotFound reports the error if the API has no such event or webhook.
//
// https://docs.dfns.co/api-reference/webhooks/get-webhook-event
func (c *Client) GetWebhookEvent(ctx context.Context, webhookID, eventID string) (*WebhookEvent, error) {
	path := []string{"webhooks", webhookID, "events", eventID}
	event, err := get[WebhookEvent](ctx, c, nil, path...)
	if err == nil && event.ID != eventID {
		err = httpapi.BadAnswer(path, "the answer is not about this event")
	}
	return &event, httpapi.Gone(err) // nobody stores an event, so nothing is lost if it is there after all
}
