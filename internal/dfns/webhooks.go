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
	// Secret signs the deliveries. The API tells it once, in the answer to a create; editions of its pages that tell it
	// elsewhere are believed where they do. Empty means not told.
	Secret Secret `json:"secret"`
	// DateCreated and DateUpdated are ISO 8601, such as 2023-11-01T08:52:01.186Z.
	DateCreated string `json:"dateCreated"`
	DateUpdated string `json:"dateUpdated"`

	// Recovery tells how the change that answered with this webhook came about.
	Recovery Recovery `json:"-"`
}

// Secret is a signing secret as an answer tells it, empty where that is masked.
type Secret = httpapi.Secret

// CreateWebhookRequest is what a new webhook is made of.
type CreateWebhookRequest struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Status string   `json:"status,omitempty"`
	// Description is left out when empty.
	Description string `json:"description,omitempty"`
}

// UpdateWebhookRequest names what is to change. A field that is nil keeps its value.
type UpdateWebhookRequest struct {
	URL    *string  `json:"url,omitempty"`
	Events []string `json:"events,omitempty"`
	Status *string  `json:"status,omitempty"`
	// Description is cleared by an empty string. No page says how; null is refused, an empty string passes the schema.
	Description *string `json:"description,omitempty"`
}

// Empty reports that the request would change nothing.
func (u UpdateWebhookRequest) Empty() bool {
	return u.URL == nil && u.Events == nil && u.Status == nil && u.Description == nil
}

// CreateWebhook registers a webhook. Its answer is the only one that is sure to tell the secret. Where it is lost for
// good and a webhook was made, that is deleted and another one made. When OutcomeUnknown reports the error, a webhook may
// exist; an AmbiguousError in it names the candidates. An InterruptedError means that an earlier create of the same content
// may have made one, and that nothing was sent.
//
// https://docs.dfns.co/api-reference/webhooks/create-webhook
func (c *Client) CreateWebhook(ctx context.Context, in CreateWebhookRequest) (*Webhook, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	// Of two webhooks with the same content nobody could tell which one a lost create has made.
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

// GetWebhook returns a webhook. An error that IsNotFound reports means the API has no such webhook, which was
// made sure of by a second call: a base URL or a proxy that answers 404 to everything must not pass for it.
//
// https://docs.dfns.co/api-reference/webhooks/get-webhook
func (c *Client) GetWebhook(ctx context.Context, id string) (*Webhook, error) {
	webhook, err := c.getWebhook(ctx, id)
	if httpapi.IsNotFound(err) {
		return nil, c.confirmNotFound(ctx, err)
	}
	return webhook, err
}

// getWebhook is GetWebhook for callers that know that the API answers, so that its 404 is certain.
func (c *Client) getWebhook(ctx context.Context, id string) (*Webhook, error) {
	request := httpapi.Request{Method: http.MethodGet, Path: []string{"webhooks", id}}
	response, err := c.do(ctx, request)
	if err != nil {
		return nil, err
	}
	return decodeWebhook(request, response, id)
}

// confirmNotFound returns notFound when the API otherwise answers, and what it answers when it does not.
func (c *Client) confirmNotFound(ctx context.Context, notFound error) error {
	for _, err := range c.ListWebhooks(ctx, 1) {
		if err != nil {
			return fmt.Errorf("whether the webhook is gone cannot be told, because listing fails too; is the base URL right? %w; "+
				"before that: %s", unrecognized(err), notFound.Error())
		}
		break
	}
	return notFound
}

// unrecognized keeps the 404 of a route that does not exist from passing for the 404 of an object.
func unrecognized(err error) error {
	if failed, ok := errors.AsType[*httpapi.Error](err); ok {
		failed.Recognized = false
	}
	return err
}

// ListWebhooks returns the webhooks of the organization, asking for pages of pageSize items (1 to 200, 0 for 200) as
// they are needed. An error ends the sequence, and an item that is not a webhook is one: passed over it would hide which
// webhook it stands for. The order is the API's, which no page tells.
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

// badItem is the error for an item of a list that lacks what makes a webhook.
func badItem(item int, webhook *Webhook) error {
	name := fmt.Sprintf("item %d of the list", item)
	if webhook.ID != "" {
		name += ", " + webhook.ID + ","
	}
	return badList([]string{"webhooks"}, name+" is not a webhook: it has no id or no url")
}

// UpdateWebhook changes what the request names and keeps the rest.
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

// DeleteWebhook removes a webhook. An error that IsNotFound reports means that the API has none: it was gone before, or the
// answer was lost and reading shows that it is gone now.
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
			Message: "the API answered that it did not delete the webhook",
		}
	}
	return nil
}

// deleted is the flag in the answer to a delete: a boolean by the pages, a string by three of the official SDKs.
type deleted string

// UnmarshalJSON implements json.Unmarshaler.
func (d *deleted) UnmarshalJSON(data []byte) error {
	*d = deleted(strings.Trim(string(data), `"`))
	return nil
}

// PingResult is what became of a test delivery.
type PingResult struct {
	// Status is the receiver's HTTP status, or the code of the error that kept it from answering.
	Status string `json:"status"`
	// Error says what went wrong, empty when nothing did.
	Error string `json:"error"`
}

// PingWebhook has the API send a test event to the webhook's url. The call succeeds even when the delivery fails.
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

// changeWebhook makes a change that answers with the webhook.
func (c *Client) changeWebhook(ctx context.Context, ch change[*Webhook]) (*Webhook, error) {
	webhook, recovery, err := once(ctx, c, ch)
	if err != nil && len(recovery.Removed) > 0 {
		err = fmt.Errorf("%w; what lost creates had made was deleted: %s", err, strings.Join(recovery.Removed, ", "))
	}
	if err != nil {
		return nil, err
	}
	webhook.Recovery = recovery
	return webhook, nil
}

// decodeWebhook reads an answer that must be a webhook. An object without the id asked for, such as a proxy's {}, is not.
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
