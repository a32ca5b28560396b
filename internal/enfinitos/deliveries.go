package enfinitos

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// DefaultPage is the default page size of deliveries. The largest one is not documented.
const DefaultPage = 50

// Delivery is the delivery of one event to one subscription, with all attempts so far. Every field except the ids may be
// absent, that is nil or empty.
type Delivery struct {
	ID             string `json:"deliveryId"`
	SubscriptionID string `json:"subscriptionId"`
	DeveloperID    string `json:"developerId"`
	// Status is queued, delivered, failed or dead_lettered. The vendor's samples omit it.
	Status string `json:"status"`
	// Payload is the delivered body.
	Payload string `json:"payload"`
	// The times are RFC 3339.
	FirstAttemptedAt    string `json:"firstAttemptedAt"`
	LastAttemptedAt     string `json:"lastAttemptedAt"`
	NextRetryAt         string `json:"nextRetryAt"`
	DeliveredAt         string `json:"deliveredAt"`
	AttemptCount        *int64 `json:"attemptCount"`
	HTTPStatus          *int64 `json:"httpStatus"`
	ResponseBodyExcerpt string `json:"responseBodyExcerpt"`
	ErrorMessage        string `json:"errorMessage"`
	SignatureHeader     string `json:"signatureHeader"`
}

type deliveryPage struct {
	Deliveries []Delivery `json:"deliveries"`
	NextCursor cursor     `json:"nextCursor"`
}

// cursor is documented as an offset, so a number. An opaque string is accepted too.
type cursor string

// UnmarshalJSON implements json.Unmarshaler.
func (c *cursor) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil { // null leaves it empty
		text = string(data)
	}
	*c = cursor(text)
	return nil
}

// ListDeliveries returns the deliveries of a subscription, newest first. If status is not empty, it selects by status. It
// fetches pages of pageSize items (0 for 50) as they are needed. An error ends the sequence. The key needs the scope
// audit:read.
//
// https://docs.enfinitos.com/api-reference/webhooks/list-delivery-attempts
func (c *Client) ListDeliveries(ctx context.Context, id, status string, pageSize int) iter.Seq2[*Delivery, error] {
	if pageSize <= 0 {
		pageSize = DefaultPage
	}
	return func(yield func(*Delivery, error) bool) {
		seen := map[cursor]bool{}
		var next cursor
		for {
			page, err := c.deliveries(ctx, id, status, next, pageSize)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Deliveries {
				if !yield(&page.Deliveries[i], nil) {
					return
				}
			}
			next = page.NextCursor
			if next == "" {
				return
			}
			if seen[next] {
				yield(nil, &httpapi.Error{
					Method: http.MethodGet, Path: httpapi.EscapedPath("v1", "webhooks", id, "deliveries"), Status: http.StatusOK,
					Cause: errors.New("the API sent the same cursor twice, so the list has no end"),
				})
				return
			}
			seen[next] = true
		}
	}
}

func (c *Client) deliveries(ctx context.Context, id, status string, from cursor, limit int) (deliveryPage, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if status != "" {
		query.Set("status", status)
	}
	if from != "" {
		query.Set("cursor", string(from))
	}
	page, _, err := get[deliveryPage](ctx, c, query, "v1", "webhooks", id, "deliveries")
	return page, err
}

// ReplayResult is the result of a replay.
type ReplayResult struct {
	Replay struct {
		OK           bool   `json:"ok"`
		ErrorMessage string `json:"errorMessage"`
	} `json:"replay"`
	Delivery Delivery `json:"delivery"`
}

// ReplayDelivery sends a delivery again, once and immediately. The call succeeds even if that delivery fails.
//
// https://docs.enfinitos.com/api-reference/webhooks/replay-a-delivery
func (c *Client) ReplayDelivery(ctx context.Context, id, deliveryID string) (ReplayResult, error) {
	result, _, err := post[ReplayResult](ctx, c, nil, false, "v1", "webhooks", id, "deliveries", deliveryID, "replay")
	return result, err
}

// DrainResult counts the results of the retries that were due.
type DrainResult struct {
	Processed    int64 `json:"processed"`
	Delivered    int64 `json:"delivered"`
	Failed       int64 `json:"failed"`
	DeadLettered int64 `json:"deadLettered"`
	BatchLimit   int64 `json:"batchLimit"`
}

// ProcessDue makes at most limit (1 to 50) retries that are due now, for all subscriptions of the account.
//
// https://docs.enfinitos.com/api-reference/webhooks/process-due-retries
func (c *Client) ProcessDue(ctx context.Context, limit int64) (DrainResult, error) {
	body := map[string]int64{"limit": limit}
	result, _, err := post[DrainResult](ctx, c, body, false, "v1", "webhooks", "deliveries", "process-due")
	return result, err
}
