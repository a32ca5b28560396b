package enfinitos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// Subscription is a registered webhook.
type Subscription struct {
	ID          string `json:"subscriptionId"`
	DeveloperID string `json:"developerId"`
	Settings
	// Active is nil if the answer does not contain it.
	Active httpapi.Optional[bool] `json:"active"`
	// The times are RFC 3339. The last two are empty until they first happen.
	CreatedAt           string `json:"createdAt"`
	LastDeliveredAt     string `json:"lastDeliveredAt"`
	SecretLastRotatedAt string `json:"secretLastRotatedAt"`
}

// Settings are what a create sends. All are required, and none can be changed later.
type Settings struct {
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
		Subscription json.RawMessage `json:"subscription"`
	}
	if json.Unmarshal(data, &nested) == nil && len(nested.Subscription) > 0 {
		data = nested.Subscription
	}
	return json.Unmarshal(data, &a.Subscription)
}

// CreateSubscription registers a webhook, which is active from the start. The API has no idempotency key, so a create without an
// answer is never sent again: httpapi.OutcomeOf says what the error proves. An intent.UnfinishedError means that an earlier run may
// have made the subscription, and that no create was sent.
//
// https://docs.enfinitos.com/api-reference/webhooks/create-a-webhook-subscription
func (c *Client) CreateSubscription(ctx context.Context, in Settings) (*CreatedSubscription, error) {
	request := posting(in, false, "v1", "webhooks")
	return httpapi.Create(ctx, c.Client, httpapi.Creation[CreatedSubscription]{
		Request: request,
		Note:    intent.Create{Object: fmt.Sprintf("EnfinitOS subscription %q %s", in.Label, weburl.Hide(in.URL)), Digest: c.digest(in)},
		Exists:  c.exists,
		Read: func(response *httpapi.Response) (*CreatedSubscription, string, error) {
			created, err := decode[CreatedSubscription](ctx, c, request, response)
			return &created, created.Subscription.ID, err
		},
	})
}

// exists reports whether the API still has a subscription.
func (c *Client) exists(ctx context.Context, note *intent.Note) (bool, error) {
	_, presence, err := c.Find(ctx, note.ID, note.Date())
	if err == nil && presence == Unproven {
		err = errors.New("the key lacks the scope audit:read, which would show whether it exists")
	}
	return httpapi.Exists(err)
}

// digest is equal for requests that make indistinguishable subscriptions in the same account.
func (c *Client) digest(in Settings) string {
	in.URL = weburl.Normal(in.URL)
	in.Events = slices.Sorted(slices.Values(in.Events))
	content, _ := json.Marshal(in) // strings only
	return intent.Digest(c.key, string(content))
}

// badAnswer is the error for a 2xx answer to a POST without what it must contain.
func badAnswer(problem string, path ...string) error {
	return &httpapi.Error{
		Method: http.MethodPost, Path: httpapi.EscapedPath(path...), Status: http.StatusOK,
		Cause: errors.New("the answer cannot be read: " + problem),
	}
}

// SetActive pauses or resumes a subscription that was created at a date. The call is idempotent. The answer must show the new value.
// httpapi.IsNotFound reports the error for a deleted subscription.
//
// https://docs.enfinitos.com/api-reference/webhooks/pause-or-resume-a-subscription
func (c *Client) SetActive(ctx context.Context, id, created string, active bool) (*Subscription, error) {
	path := []string{"v1", "webhooks", id, "active"}
	return httpapi.ConfirmGone(ctx, c.Client, created, func(ctx context.Context) (*Subscription, error) {
		answer, err := post[subscriptionAnswer](ctx, c, map[string]bool{"active": active}, true, path...)
		found := &answer.Subscription
		switch {
		case err != nil:
			return nil, httpapi.Gone(err)
		case found.ID != id:
			return nil, badAnswer("it is not about this subscription", path...)
		case found.Active.Value == nil || *found.Active.Value != active:
			return nil, badAnswer(fmt.Sprintf("it does not show that active is %t", active), path...)
		}
		return found, nil
	})
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

// Find reads a subscription that was created at a date, by the conventional call, which is not documented. If the API does not have
// that call, the documented list of deliveries shows whether the subscription exists; Find then returns it without its fields.
// httpapi.IsNotFound reports the error for a deleted subscription. Every other error proves nothing.
func (c *Client) Find(ctx context.Context, id, created string) (*Subscription, Presence, error) {
	presence := Readable
	found, err := httpapi.ConfirmGone(ctx, c.Client, created, func(ctx context.Context) (*Subscription, error) {
		answer, err := get[subscriptionAnswer](ctx, c, nil, "v1", "webhooks", id)
		switch {
		case routeMissing(err):
			presence, err = c.present(ctx, id)
			return &Subscription{ID: id}, err
		case err == nil && answer.Subscription.ID != id:
			err = httpapi.BadAnswer([]string{"v1", "webhooks", id}, "the answer cannot be read: it is not about this subscription")
		}
		return &answer.Subscription, err
	})
	return found, presence, err
}

// routeMissing reports the answer to a call that the API does not have. A deleted object may cause the same answer.
func routeMissing(err error) bool {
	switch httpapi.Status(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// present asks the documented list of deliveries whether a subscription exists.
func (c *Client) present(ctx context.Context, id string) (Presence, error) {
	_, err := c.deliveries(ctx, id, "", "", 1)
	if httpapi.Status(err) == http.StatusForbidden {
		return Unproven, nil
	}
	return Alive, httpapi.Gone(err)
}

// Removal says how Remove ended.
type Removal int

const (
	// Deleted means that the API has deleted the subscription.
	Deleted Removal = iota
	// Gone means that it is proved that the subscription does not exist.
	Gone
	// Paused means that the API cannot delete the subscription, so Remove paused it. Together with an error it means that
	// Remove tried to pause it.
	Paused
)

// Remove deletes a subscription that was created at a date, by the conventional call. That is not documented, so only the vendor's
// envelope proves that it worked. After an empty answer, the documented list of deliveries decides. If the API does not have the
// call, Remove pauses the subscription by the documented one, which also shows whether it exists.
func (c *Client) Remove(ctx context.Context, id, created string) (Removal, error) {
	request := httpapi.Request{Method: http.MethodDelete, Path: []string{"v1", "webhooks", id}, Idempotent: true, Change: true}
	response, err := c.Do(ctx, request)
	switch {
	case err == nil && len(response.Body) == 0:
		return c.removeUnconfirmed(ctx, id, created)
	case err == nil:
		data, err := c.open(ctx, request, response)
		if err == nil {
			err = deniesDeletion(id, data, request, response)
		}
		if err == nil {
			c.Notes().RemoveFor(id)
		}
		return Deleted, err
	case routeMissing(err):
		deletion, _ := errors.AsType[*httpapi.Error](err)
		return c.pauseInstead(ctx, id, created, deletion.Lost)
	}
	return Deleted, err
}

// deniesDeletion returns an error if the answer to a delete is about another subscription, or says that nothing was deleted.
func deniesDeletion(id string, data json.RawMessage, request httpapi.Request, response *httpapi.Response) error {
	var about subscriptionAnswer
	var result struct {
		Deleted httpapi.Optional[bool] `json:"deleted"`
	}
	_, _ = json.Unmarshal(data, &about), json.Unmarshal(data, &result) // the vendor does not document what it must contain
	switch {
	case about.Subscription.ID != "" && about.Subscription.ID != id:
		return httpapi.Unreadable(request, response, errors.New("it is about another subscription"))
	case result.Deleted.Value != nil && !*result.Deleted.Value:
		return httpapi.Unreadable(request, response, errors.New("it says that the subscription was not deleted"))
	}
	return nil
}

// removeUnconfirmed ends a removal to which the answer was empty.
func (c *Client) removeUnconfirmed(ctx context.Context, id, created string) (Removal, error) {
	_, err := httpapi.ConfirmGone(ctx, c.Client, created, func(ctx context.Context) (Presence, error) { return c.present(ctx, id) })
	switch {
	case httpapi.IsNotFound(err):
		c.Notes().RemoveFor(id)
		return Gone, nil
	case err != nil:
		err = fmt.Errorf("the answer to the delete is empty, and looking for the subscription failed: %w", err)
		return Deleted, &httpapi.ChangeError{Outcome: httpapi.Unknown, Err: err}
	}
	return c.pauseInstead(ctx, id, created, true)
}

// pauseInstead pauses a subscription that cannot be deleted. If it may have been deleted after all, an error leaves the outcome open.
func (c *Client) pauseInstead(ctx context.Context, id, created string, mayBeDeleted bool) (Removal, error) {
	_, err := c.SetActive(ctx, id, created, false)
	switch {
	case httpapi.IsNotFound(err):
		c.Notes().RemoveFor(id)
		return Gone, nil
	case err != nil && mayBeDeleted:
		err = &httpapi.ChangeError{Outcome: httpapi.Unknown, Err: err}
	}
	return Paused, err
}
