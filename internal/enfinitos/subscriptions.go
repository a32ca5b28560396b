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
	// Active is nil if the answer does not contain it.
	Active *bool `json:"active"`
	// The times are RFC 3339. The last two are empty until they first happen.
	CreatedAt           string `json:"createdAt"`
	LastDeliveredAt     string `json:"lastDeliveredAt"`
	SecretLastRotatedAt string `json:"secretLastRotatedAt"`
}

// CreateSubscriptionRequest describes a new subscription. All fields are required, and none can be changed later.
type CreateSubscriptionRequest struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Label  string   `json:"label"`
}

// Secret is a signing secret in an answer, empty if it is masked.
type Secret = httpapi.Secret

// CreatedSubscription is the answer to a create. The API returns the secret only here.
type CreatedSubscription struct {
	Subscription  Subscription `json:"subscription"`
	SigningSecret Secret       `json:"signingSecret"`
}

type subscriptionAnswer struct {
	Subscription Subscription `json:"subscription"`
}

// UnmarshalJSON implements json.Unmarshaler. The documented calls return the subscription in a field of its own. The
// conventional calls are not documented and may return it directly.
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

// CreateSubscription registers a webhook, which is active from the start. The API has no idempotency key: if OutcomeUnknown
// reports the error, a subscription may exist, and the call must not be repeated. An InterruptedError means that an earlier
// run may have made the subscription, and that no create was sent.
//
// https://docs.enfinitos.com/api-reference/webhooks/create-a-webhook-subscription
func (c *Client) CreateSubscription(ctx context.Context, in CreateSubscriptionRequest) (*CreatedSubscription, error) {
	if err := c.tellInterrupted(in); err != nil {
		return nil, err
	}
	note := c.note(ctx, in)
	created, err := c.createSubscription(ctx, in)
	// A caller that cancels, such as a CLI that is killed, may be gone before it learns that the outcome is unknown.
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
			Cause: errors.New("the answer cannot be read: it contains no subscription"),
		}
	}
	return &created, err
}

// SetActive pauses or resumes a subscription. The call is idempotent.
//
// https://docs.enfinitos.com/api-reference/webhooks/pause-or-resume-a-subscription
func (c *Client) SetActive(ctx context.Context, id string, active bool) (*Subscription, error) {
	answer, status, err := post[subscriptionAnswer](ctx, c, map[string]bool{"active": active}, true, "v1", "webhooks", id, "active")
	if told := answer.Subscription.Active; err == nil && told != nil && *told != active {
		err = &httpapi.Error{
			Method: http.MethodPost, Path: httpapi.EscapedPath("v1", "webhooks", id, "active"), Status: status,
			Message: fmt.Sprintf("the field active of the answer is %t", *told),
		}
	}
	return &answer.Subscription, err
}

// Presence says what is known about a subscription.
type Presence int

const (
	// Readable means that the API returned the subscription.
	Readable Presence = iota
	// Alive means that the subscription exists and that the API has no route to read it.
	Alive
	// Unproven means that the API has no route to read the subscription, and that the key may not list its deliveries, which
	// would prove that it exists.
	Unproven
)

// Find reads a subscription by the conventional call, which is not documented. If the API does not have that call, the
// documented list of deliveries shows whether the subscription exists; Find then returns it without its fields. IsNotFound
// reports the error for a deleted subscription. Every other error proves nothing.
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

// Removal says how Remove ended.
type Removal int

const (
	// Deleted means that the API has deleted the subscription.
	Deleted Removal = iota
	// Gone means that the API itself said that the subscription does not exist.
	Gone
	// Paused means that the API cannot delete the subscription, so Remove paused it. Together with an error it means that
	// Remove tried to pause it.
	Paused
)

// Remove deletes a subscription by the conventional call. That is not documented, so Remove accepts any 2xx answer that cannot
// come from a proxy. If the API does not have that call, Remove pauses the subscription by the documented one, which also shows
// whether it exists.
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
