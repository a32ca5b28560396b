package enfinitos

import (
	"context"
	"iter"
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
	FirstAttemptedAt    string                  `json:"firstAttemptedAt"`
	LastAttemptedAt     string                  `json:"lastAttemptedAt"`
	NextRetryAt         string                  `json:"nextRetryAt"`
	DeliveredAt         string                  `json:"deliveredAt"`
	AttemptCount        httpapi.Optional[int64] `json:"attemptCount"`
	HTTPStatus          httpapi.Optional[int64] `json:"httpStatus"`
	ResponseBodyExcerpt string                  `json:"responseBodyExcerpt"`
	ErrorMessage        string                  `json:"errorMessage"`
	SignatureHeader     string                  `json:"signatureHeader"`
}

type deliveryPage struct {
	Deliveries httpapi.Items[Delivery] `json:"deliveries"`
	NextCursor httpapi.Token           `json:"nextCursor"`
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
	return c.deliveryPages(ctx, id, status, pageSize, 0)
}

// BigPage is the page size of RecentDeliveries. The documentation names no upper limit.
const BigPage = 200

// RecentDeliveries returns the deliveries of a subscription, newest first, with at most maxCalls calls. httpapi.IsCut reports the error
// of a list that needs more.
func (c *Client) RecentDeliveries(ctx context.Context, id string, maxCalls int) iter.Seq2[*Delivery, error] {
	return c.deliveryPages(ctx, id, "", BigPage, maxCalls)
}

func (c *Client) deliveryPages(ctx context.Context, id, status string, pageSize, mostPages int) iter.Seq2[*Delivery, error] {
	path := []string{"v1", "webhooks", id, "deliveries"}
	return httpapi.PagesUpTo(mostPages, path, func(token httpapi.Token) (httpapi.Page[Delivery], error) {
		page, err := c.deliveries(ctx, id, status, token, pageSize)
		return httpapi.Page[Delivery]{Items: page.Deliveries, Next: page.NextCursor}, httpapi.Gone(err)
	}, func(delivery *Delivery) string { return delivery.ID })
}

// deliveries returns a page of deliveries. That there is a list, even an empty one, proves that the subscription exists.
func (c *Client) deliveries(ctx context.Context, id, status string, from httpapi.Token, limit int) (deliveryPage, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if status != "" {
		query.Set("status", status)
	}
	if from != "" {
		query.Set("cursor", string(from))
	}
	path := []string{"v1", "webhooks", id, "deliveries"}
	page, err := get[deliveryPage](ctx, c, query, path...)
	if err == nil && !page.Deliveries.IsList {
		err = httpapi.BadAnswer(path, "the answer is not a list")
	}
	return page, err
}

// ReplayResult is the result of a replay.
type ReplayResult struct {
	Replay struct {
		OK           httpapi.Optional[bool] `json:"ok"`
		ErrorMessage string                 `json:"errorMessage"`
	} `json:"replay"`
	Delivery Delivery `json:"delivery"`
}

// ReplayDelivery sends a delivery again, once and immediately. The call succeeds even if that delivery fails. Replay.OK is set.
//
// https://docs.enfinitos.com/api-reference/webhooks/replay-a-delivery
func (c *Client) ReplayDelivery(ctx context.Context, id, deliveryID string) (ReplayResult, error) {
	path := []string{"v1", "webhooks", id, "deliveries", deliveryID, "replay"}
	result, err := post[ReplayResult](ctx, c, nil, false, path...)
	if err == nil && result.Replay.OK.Value == nil {
		err = badAnswer("it does not say whether the replay succeeded", path...)
	}
	return result, err
}

// DrainResult counts the results of the retries that were due.
type DrainResult struct {
	Processed    httpapi.Optional[int64] `json:"processed"`
	Delivered    int64                   `json:"delivered"`
	Failed       int64                   `json:"failed"`
	DeadLettered int64                   `json:"deadLettered"`
	BatchLimit   int64                   `json:"batchLimit"`
}

// ProcessDue makes at most limit (1 to 50) retries that are due now, for all subscriptions of the account. Processed is set.
//
// https://docs.enfinitos.com/api-reference/webhooks/process-due-webhook-retries-operatorcron-hook
func (c *Client) ProcessDue(ctx context.Context, limit int64) (DrainResult, error) {
	path := []string{"v1", "webhooks", "deliveries", "process-due"}
	result, err := post[DrainResult](ctx, c, map[string]int64{"limit": limit}, false, path...)
	if err == nil && result.Processed.Value == nil {
		err = badAnswer("it does not say how many were processed", path...)
	}
	return result, err
}
