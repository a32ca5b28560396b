package dfns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// The two statuses of a webhook.
const (
	StatusEnabled  = "Enabled"
	StatusDisabled = "Disabled"
)

// Webhook is a registered webhook.
type Webhook struct {
	ID string `json:"id"`
	Settings
	// Secret signs the deliveries. The API returns it once, in the answer to a create. Some editions of the documentation
	// show it in other answers too. Empty means absent.
	Secret Secret `json:"secret"`
	// DateCreated and DateUpdated are ISO 8601, such as 2023-11-01T08:52:01.186Z.
	DateCreated string `json:"dateCreated"`
	DateUpdated string `json:"dateUpdated"`

	// Recovery says how the change that returned this webhook was completed.
	Recovery Recovery `json:"-"`
}

// Secret is a signing secret in an answer, empty if it is masked.
type Secret = httpapi.Secret

// GetWebhook returns a webhook. If httpapi.IsNotFound reports the error, it is proved that the API has no such webhook.
//
// https://docs.dfns.co/api-reference/webhooks/get-webhook
func (c *Client) GetWebhook(ctx context.Context, id string) (*Webhook, error) {
	return c.getWebhook(ctx, id, "")
}

// getWebhook reads a webhook that was created at a date. It is gone if the API's own 404 and a list that was read after it say so.
func (c *Client) getWebhook(ctx context.Context, id, created string) (*Webhook, error) {
	request := httpapi.Request{Method: http.MethodGet, Path: []string{"webhooks", id}}
	return httpapi.ConfirmGone(ctx, c.Client, created, func(ctx context.Context) (*Webhook, error) {
		response, err := c.do(ctx, request)
		switch {
		case httpapi.IsOwn404(err):
			return nil, c.confirm404(ctx, id, err)
		case err != nil:
			return nil, err
		}
		return decodeWebhook(request, response, id)
	})
}

// confirm404 returns a *httpapi.NotFoundError if a list that begins after the API's own 404 agrees with it.
func (c *Client) confirm404(ctx context.Context, id string, err error) error {
	listed, problem := c.isListed(ctx, id)
	switch {
	case problem != nil:
		return fmt.Errorf("it is unknown whether the webhook is gone, because listing webhooks fails too: %w; the first error was: %s",
			problem, err.Error())
	case listed:
		return &ContradictionError{Err: err}
	}
	return &httpapi.NotFoundError{Err: err}
}

// ListWebhooks returns the webhooks of the organization. It fetches pages of pageSize items (1 to 200, 0 for 200) as they are
// needed. An error ends the sequence. An item that is not a webhook is an error, because skipping it would hide a webhook. The
// order is the API's, which is not documented.
//
// https://docs.dfns.co/api-reference/webhooks/list-webhooks
func (c *Client) ListWebhooks(ctx context.Context, pageSize int) iter.Seq2[*Webhook, error] {
	return func(yield func(*Webhook, error) bool) {
		item := 0
		id := func(webhook *Webhook) string { return webhook.ID }
		for webhook, err := range listPages(ctx, c, pageSize, 0, nil, id, "webhooks") {
			item++
			if err == nil && !webhook.isWhole() {
				yield(nil, badItem(item, webhook))
				return
			}
			if !yield(webhook, err) {
				return
			}
		}
	}
}

// badItem is the error for a list item without an id or a url.
func badItem(item int, webhook *Webhook) error {
	name := fmt.Sprintf("item %d of the list", item)
	if webhook.ID != "" {
		name += ", " + webhook.ID + ","
	}
	return httpapi.BadAnswer([]string{"webhooks"}, name+" is not a webhook: it lacks an id or a url")
}

// UpdateWebhook changes the settings of a webhook to others. from is the webhook as the caller knows it: what does not differ is not
// sent.
//
// https://docs.dfns.co/api-reference/webhooks/update-webhook
func (c *Client) UpdateWebhook(ctx context.Context, from *Webhook, to Settings) (*Webhook, error) {
	request := httpapi.Request{Method: http.MethodPut, Path: []string{"webhooks", from.ID}, Body: to.changes(from.Settings)}
	return c.changeWebhook(ctx, request, from,
		func(response *httpapi.Response) (*Webhook, error) { return decodeWebhook(request, response, from.ID) },
		func(webhook *Webhook) httpapi.Outcome {
			switch {
			case to.Same(webhook.Settings):
				return httpapi.Made
			case from.Same(webhook.Settings):
				return httpapi.NotMade
			}
			return httpapi.Unknown // somebody else has changed it too, or the API stores another form of a value
		})
}

// DeleteWebhook removes a webhook that was created at a date. If httpapi.IsNotFound reports the error, it is proved that the webhook
// does not exist: it was gone before, or the answer was lost and a read shows that it is gone now.
//
// https://docs.dfns.co/api-reference/webhooks/delete-webhook
func (c *Client) DeleteWebhook(ctx context.Context, id, created string) error {
	request := httpapi.Request{Method: http.MethodDelete, Path: []string{"webhooks", id}}
	deleted := &Webhook{ID: id, DateCreated: created}
	_, err := c.changeWebhook(ctx, request, deleted,
		func(response *httpapi.Response) (*Webhook, error) { return deleted, readDeleted(request, response) },
		func(*Webhook) httpapi.Outcome { return httpapi.NotMade })
	if err == nil || httpapi.IsNotFound(err) {
		c.Notes().RemoveFor(id)
	}
	return err
}

// readDeleted returns an error unless the answer says that the webhook was deleted. Any other 2xx may come from something else.
func readDeleted(request httpapi.Request, response *httpapi.Response) error {
	answer, err := httpapi.Decode[struct {
		Deleted httpapi.Optional[bool] `json:"deleted"`
	}](request, response)
	if deleted := answer.Deleted.Value; err == nil && (deleted == nil || !*deleted) {
		err = httpapi.Unreadable(request, response, errors.New("it does not say that the webhook was deleted"))
	}
	return err
}

// PingResult is the result of a test delivery.
type PingResult struct {
	// Status is the receiver's HTTP status, or an error code if it did not answer.
	Status string `json:"status"`
	// Error is the error message, empty if the delivery succeeded.
	Error string `json:"error"`
}

// PingWebhook asks the API to send a test event to the webhook's url. The call succeeds even if the delivery fails.
//
// https://docs.dfns.co/api-reference/webhooks/ping-webhook
func (c *Client) PingWebhook(ctx context.Context, id string) (result PingResult, err error) {
	request := httpapi.Request{Method: http.MethodPost, Path: []string{"webhooks", id, "ping"}}
	s, err := c.once(ctx, request, func() {}, func(response *httpapi.Response) (err error) {
		result, err = httpapi.Decode[PingResult](request, response)
		return err
	})
	if s.err != nil && !s.notMade() { // the API does not record test events, so no read can show one
		s.err = &httpapi.ChangeError{Outcome: httpapi.Unknown, Err: s.err}
	}
	return result, cmp.Or(err, s.err)
}

// decodeWebhook decodes an answer that must be a webhook with the requested id. A proxy's {}, for example, is not.
func decodeWebhook(request httpapi.Request, response *httpapi.Response, id string) (*Webhook, error) {
	webhook, err := httpapi.Decode[Webhook](request, response)
	switch {
	case err != nil:
		return nil, err
	case !webhook.isWhole():
		return nil, httpapi.Unreadable(request, response, errors.New("it is not a webhook"))
	case id != "" && webhook.ID != id:
		return nil, httpapi.Unreadable(request, response, fmt.Errorf("it is about webhook %s instead of %s", webhook.ID, id))
	}
	return &webhook, nil
}

func (w *Webhook) isWhole() bool { return w.ID != "" && w.URL != "" }
