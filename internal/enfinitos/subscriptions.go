package enfinitos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Subscription is a registered webhook.
type Subscription struct {
	ID          string   `json:"subscriptionId"`
	DeveloperID string   `json:"developerId"`
	URL         string   `json:"url"`
	Events      []string `json:"events"`
	Label       string   `json:"label"`
	// Active is nil when the answer does not tell.
	Active *bool `json:"active"`
	// The times are RFC 3339. The last two are empty until they first happen.
	CreatedAt           string `json:"createdAt"`
	LastDeliveredAt     string `json:"lastDeliveredAt"`
	SecretLastRotatedAt string `json:"secretLastRotatedAt"`
}

// CreateSubscriptionRequest is what a new subscription is made of. All of it is required, and none can be changed later.
type CreateSubscriptionRequest struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Label  string   `json:"label"`
}

// Secret is a signing secret as an answer tells it, empty where that is masked.
type Secret = httpapi.Secret

// CreatedSubscription is the answer to a create. The API tells the secret here and never again.
type CreatedSubscription struct {
	Subscription  Subscription `json:"subscription"`
	SigningSecret Secret       `json:"signingSecret"`
}

type subscriptionAnswer struct {
	Subscription Subscription `json:"subscription"`
}

// UnmarshalJSON implements json.Unmarshaler. The documented calls answer with the subscription in a field of its own; the
// conventional ones, of which no page tells, may well answer with nothing around it.
func (a *subscriptionAnswer) UnmarshalJSON(data []byte) error {
	var nested struct {
		Subscription *Subscription `json:"subscription"`
	}
	if err := json.Unmarshal(data, &nested); err != nil {
		return err
	}
	if nested.Subscription != nil {
		a.Subscription = *nested.Subscription
		return nil
	}
	return json.Unmarshal(data, &a.Subscription)
}

// CreateSubscription registers a webhook, which is active from the start. The API has no idempotency key: when
// OutcomeUnknown reports the error, a subscription may exist, and the call must not be made again. An InterruptedError means
// that a run before this one may have made it, and that nothing was sent.
//
// https://docs.enfinitos.com/api-reference/webhooks/create-a-webhook-subscription
func (c *Client) CreateSubscription(ctx context.Context, in CreateSubscriptionRequest) (*CreatedSubscription, error) {
	if err := c.tellInterrupted(in); err != nil {
		return nil, err
	}
	note := c.note(ctx, in)
	created, err := c.createSubscription(ctx, in)
	// Whoever cancels may be gone before it is told that the outcome is unknown, as a CLI is that was killed.
	if OutcomeUnknown(err) && errors.Is(ctx.Err(), context.Canceled) {
		note.Leave()
	} else {
		note.Forget()
	}
	return created, err
}

func (c *Client) createSubscription(ctx context.Context, in CreateSubscriptionRequest) (*CreatedSubscription, error) {
	created, status, err := post[CreatedSubscription](ctx, c, in, false, "v1", "webhooks")
	if err == nil && created.Subscription.ID == "" {
		err = &httpapi.Error{
			Method: http.MethodPost, Path: httpapi.EscapedPath("v1", "webhooks"), Status: status,
			Cause: errors.New("the answer cannot be read: it holds no subscription"),
		}
	}
	return &created, err
}

// SetActive pauses or resumes a subscription. Doing it twice is the same as doing it once.
//
// https://docs.enfinitos.com/api-reference/webhooks/pause-or-resume-a-subscription
func (c *Client) SetActive(ctx context.Context, id string, active bool) (*Subscription, error) {
	answer, status, err := post[subscriptionAnswer](ctx, c, map[string]bool{"active": active}, true, "v1", "webhooks", id, "active")
	if told := answer.Subscription.Active; err == nil && told != nil && *told != active {
		err = &httpapi.Error{
			Method: http.MethodPost, Path: httpapi.EscapedPath("v1", "webhooks", id, "active"), Status: status,
			Message: fmt.Sprintf("the answer says that active is %t", *told),
		}
	}
	return &answer.Subscription, err
}

// Presence is how much is known about a subscription.
type Presence int

const (
	// Readable means that the API told all of it.
	Readable Presence = iota
	// Alive means that it exists and that the API has no route to read it.
	Alive
	// Unproven means that the API has no route to read it and that the key may not list deliveries, which would prove
	// that it exists.
	Unproven
)

// Find reads a subscription by the conventional call, which no page documents. Where the API does not have that call,
// the documented list of deliveries tells whether the subscription exists; it is then returned without its fields.
// IsNotFound reports the error of a subscription that is gone. Every other error proves nothing.
func (c *Client) Find(ctx context.Context, id string) (*Subscription, Presence, error) {
	answer, status, err := get[subscriptionAnswer](ctx, c, nil, "v1", "webhooks", id)
	if err == nil && answer.Subscription.ID != id {
		return nil, Readable, &httpapi.Error{
			Method: http.MethodGet, Path: httpapi.EscapedPath("v1", "webhooks", id), Status: status,
			Cause: errors.New("the answer cannot be read: it is not about this subscription"),
		}
	}
	if err == nil {
		return &answer.Subscription, Readable, nil
	}
	if !routeMissing(err) {
		return nil, Readable, err
	}
	_, err = c.deliveries(ctx, id, "", "", 1)
	switch {
	case err == nil:
		return &Subscription{ID: id}, Alive, nil
	case Status(err) == http.StatusForbidden:
		return &Subscription{ID: id}, Unproven, nil
	}
	return nil, Readable, err
}

// Removal is what became of a subscription that was to be deleted.
type Removal int

const (
	// Deleted means that the API has deleted it.
	Deleted Removal = iota
	// Gone means that the API had none, by its own words.
	Gone
	// Paused means that the API cannot delete it, so that it was paused and left. Beside an error it means that pausing
	// was tried.
	Paused
)

// Remove deletes a subscription by the conventional call, which no page documents, so any 2xx answer that a proxy cannot
// have given is believed. Where the API does not have that call, the subscription is paused by the documented one, which
// also tells whether it exists.
func (c *Client) Remove(ctx context.Context, id string) (Removal, error) {
	request := httpapi.Request{Method: http.MethodDelete, Path: []string{"v1", "webhooks", id}, Idempotent: true}
	response, err := c.send(ctx, request)
	if err == nil && len(response.Body) > 0 {
		_, err = c.open(request, response)
	}
	if !routeMissing(err) {
		return Deleted, err
	}
	_, err = c.SetActive(ctx, id, false)
	if IsNotFound(err) {
		return Gone, nil
	}
	return Paused, err
}
