package dfns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// The two statuses of a webhook.
const (
	StatusEnabled  = "Enabled"
	StatusDisabled = "Disabled"
)

// Webhook is a registered webhook.
type Webhook struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Status string   `json:"status"`
	// Description is empty when the webhook has none.
	Description string `json:"description"`
	// Secret signs the deliveries. The API returns it once, in the answer to a create. Some editions of the documentation
	// show it in other answers too, and it is accepted there. Empty means absent.
	Secret Secret `json:"secret"`
	// DateCreated and DateUpdated are ISO 8601, such as 2023-11-01T08:52:01.186Z.
	DateCreated string `json:"dateCreated"`
	DateUpdated string `json:"dateUpdated"`

	// Recovery says how the change that returned this webhook was completed.
	Recovery Recovery `json:"-"`
}

// Secret is a signing secret in an answer, empty if it is masked.
type Secret = httpapi.Secret

// CreateWebhookRequest describes a new webhook.
type CreateWebhookRequest struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Status string   `json:"status,omitempty"`
	// Description is omitted when empty.
	Description string `json:"description,omitempty"`
}

// UpdateWebhookRequest describes a change. A nil field keeps its value.
type UpdateWebhookRequest struct {
	URL    *string  `json:"url,omitempty"`
	Events []string `json:"events,omitempty"`
	Status *string  `json:"status,omitempty"`
	// Description is cleared by an empty string. The documentation does not say how; the schema allows "" and not null.
	Description *string `json:"description,omitempty"`
}

// Empty reports that the request would change nothing.
func (u UpdateWebhookRequest) Empty() bool {
	return u.URL == nil && u.Events == nil && u.Status == nil && u.Description == nil
}

// CreateWebhook registers a webhook. Only its answer is certain to contain the secret. If the answer is lost although the
// webhook was created, CreateWebhook deletes that webhook and creates another one. If OutcomeUnknown reports the error, a
// webhook may exist; an AmbiguousError in it names the candidates. An InterruptedError means that an earlier create of the
// same content may have made one, and that no create was sent.
//
// https://docs.dfns.co/api-reference/webhooks/create-webhook
func (c *Client) CreateWebhook(ctx context.Context, in CreateWebhookRequest) (*Webhook, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	// If two webhooks had the same content, nobody could say which one a lost create has made.
	done, err := c.turns.take(ctx, contentKey(in))
	if err != nil {
		return nil, err
	}
	defer done()
	if err := c.checkInterrupted(ctx, in); err != nil {
		return nil, err
	}
	var note *intent.Note
	request := httpapi.Request{Method: http.MethodPost, Path: []string{"webhooks"}, Body: body}
	webhook, err := c.changeWebhook(ctx, change[*Webhook]{
		request: request,
		read: func(response *httpapi.Response) (*Webhook, error) {
			webhook, err := decodeWebhook(request, response, "")
			if err == nil {
				c.created.Store(webhook.ID, c.digest(in))
			}
			return webhook, err
		},
		sending: func(since time.Time) { note = c.note(ctx, in, since) },
		resolve: func(ctx context.Context, lost sending, recovery *Recovery) (finding, *Webhook, error) {
			return notMade, nil, c.removeOrphan(ctx, in, lost, recovery)
		},
		followUp: func(ctx context.Context, since time.Time, recovery *Recovery) {
			c.reportLateCreates(ctx, in, since, recovery)
		},
	})
	if OutcomeUnknown(err) {
		note.Leave()
	} else {
		note.Forget()
	}
	return webhook, err
}

// GetWebhook returns a webhook. If IsNotFound reports the error, the API has no such webhook. A second call has verified that:
// a wrong base URL or a proxy may answer 404 to everything.
//
// https://docs.dfns.co/api-reference/webhooks/get-webhook
func (c *Client) GetWebhook(ctx context.Context, id string) (*Webhook, error) {
	webhook, err := c.getWebhook(ctx, id)
	if httpapi.IsNotFound(err) {
		return nil, c.confirmNotFound(ctx, err)
	}
	return webhook, err
}

// getWebhook is GetWebhook for callers that know that the API answers, so its 404 is certain.
func (c *Client) getWebhook(ctx context.Context, id string) (*Webhook, error) {
	request := httpapi.Request{Method: http.MethodGet, Path: []string{"webhooks", id}}
	response, err := c.do(ctx, request)
	if err != nil {
		return nil, err
	}
	return decodeWebhook(request, response, id)
}

// confirmNotFound returns notFound if listing works, and otherwise the error of listing.
func (c *Client) confirmNotFound(ctx context.Context, notFound error) error {
	for _, err := range c.ListWebhooks(ctx, 1) {
		if err != nil {
			return fmt.Errorf("it is unknown whether the webhook is gone, because listing webhooks fails too (check the base URL): %w; "+
				"the first error was: %s", unrecognized(err), notFound.Error())
		}
		break
	}
	return notFound
}

// unrecognized prevents the 404 of a missing route from being taken for the 404 of an object.
func unrecognized(err error) error {
	if failed, ok := errors.AsType[*httpapi.Error](err); ok {
		failed.Recognized = false
	}
	return err
}

// ListWebhooks returns the webhooks of the organization. It fetches pages of pageSize items (1 to 200, 0 for 200) as they are
// needed. An error ends the sequence. An item that is not a webhook is an error, because skipping it would hide a webhook. The
// order is the API's, which is not documented.
//
// https://docs.dfns.co/api-reference/webhooks/list-webhooks
func (c *Client) ListWebhooks(ctx context.Context, pageSize int) iter.Seq2[*Webhook, error] {
	return func(yield func(*Webhook, error) bool) {
		item := 0
		for webhook, err := range list[Webhook](ctx, c, pageSize, nil, "webhooks") {
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
	return badList([]string{"webhooks"}, name+" is not a webhook: it lacks an id or a url")
}

// UpdateWebhook changes what the request sets and keeps the rest.
//
// https://docs.dfns.co/api-reference/webhooks/update-webhook
func (c *Client) UpdateWebhook(ctx context.Context, id string, in UpdateWebhookRequest) (*Webhook, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	request := httpapi.Request{Method: http.MethodPut, Path: []string{"webhooks", id}, Body: body}
	return c.changeWebhook(ctx, change[*Webhook]{
		request: request,
		read:    func(response *httpapi.Response) (*Webhook, error) { return decodeWebhook(request, response, id) },
		resolve: func(ctx context.Context, _ sending, _ *Recovery) (finding, *Webhook, error) {
			webhook, err := c.GetWebhook(ctx, id)
			if err != nil || !in.matches(webhook) {
				return notMade, nil, err
			}
			return made, webhook, nil
		},
	})
}

// DeleteWebhook removes a webhook. If IsNotFound reports the error, the webhook does not exist: it was gone before, or the
// answer was lost and a read shows that it is gone now.
//
// https://docs.dfns.co/api-reference/webhooks/delete-webhook
func (c *Client) DeleteWebhook(ctx context.Context, id string) error {
	request := httpapi.Request{Method: http.MethodDelete, Path: []string{"webhooks", id}}
	_, _, err := once(ctx, c, change[any]{
		request: request,
		read:    func(response *httpapi.Response) (any, error) { return nil, readDeleted(request, response) },
		resolve: func(ctx context.Context, _ sending, _ *Recovery) (finding, any, error) {
			_, err := c.GetWebhook(ctx, id)
			return notMade, nil, err
		},
	})
	return err
}

func readDeleted(request httpapi.Request, response *httpapi.Response) error {
	if len(response.Body) == 0 {
		return nil
	}
	var answer struct {
		Deleted deleted `json:"deleted"`
	}
	if err := json.Unmarshal(response.Body, &answer); err != nil {
		return httpapi.Unreadable(request, response, err)
	}
	if answer.Deleted == "false" {
		return &httpapi.Error{
			Method: request.Method, Path: httpapi.EscapedPath(request.Path...), Status: response.Status,
			Message: "the API says that it did not delete the webhook",
		}
	}
	return nil
}

// deleted is the flag in the answer to a delete: a boolean in the documentation, a string in three of the official SDKs.
type deleted string

// UnmarshalJSON implements json.Unmarshaler.
func (d *deleted) UnmarshalJSON(data []byte) error {
	*d = deleted(strings.Trim(string(data), `"`))
	return nil
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
func (c *Client) PingWebhook(ctx context.Context, id string) (PingResult, error) {
	request := httpapi.Request{Method: http.MethodPost, Path: []string{"webhooks", id, "ping"}}
	result, _, err := once(ctx, c, change[PingResult]{
		request: request,
		read:    func(response *httpapi.Response) (PingResult, error) { return decode[PingResult](request, response) },
		resolve: func(context.Context, sending, *Recovery) (finding, PingResult, error) {
			return notMade, PingResult{}, errors.New("the API does not record test events")
		},
	})
	return result, err
}

// changeWebhook makes a change whose answer is the webhook.
func (c *Client) changeWebhook(ctx context.Context, ch change[*Webhook]) (*Webhook, error) {
	webhook, recovery, err := once(ctx, c, ch)
	if err != nil && len(recovery.Removed) > 0 {
		err = fmt.Errorf("%w; the webhooks that lost creates had made were deleted: %s", err, strings.Join(recovery.Removed, ", "))
	}
	if err != nil {
		return nil, err
	}
	webhook.Recovery = recovery
	return webhook, nil
}

// decodeWebhook decodes an answer that must be a webhook with the requested id. A proxy's {}, for example, is not.
func decodeWebhook(request httpapi.Request, response *httpapi.Response, id string) (*Webhook, error) {
	webhook, err := decode[Webhook](request, response)
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
