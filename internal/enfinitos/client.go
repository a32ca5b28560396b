// Package enfinitos is a client for the webhook part of the EnfinitOS API.
//
// Five operations are documented: create, pause or resume, list deliveries, replay, process due retries. Reading and
// deleting a subscription are not, so the client tries the conventional calls and never takes a missing route for a missing
// subscription.
package enfinitos

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// The base URLs of the two environments. Production opens in April 2027.
const (
	ProductionURL = "https://api.enfinitos.com"
	SandboxURL    = "https://sandbox.api.enfinitos.com"
)

// ContractVersion is the contract version that this client was written for.
const ContractVersion = "v1.0"

// Client calls the EnfinitOS API with one API key, which does not show the account it belongs to. It is safe for concurrent use.
type Client struct {
	*httpapi.Client

	key string // a digest of the API key
}

// New returns a client. It makes no call.
func New(config httpapi.Config) (*Client, error) {
	config.LoggedFields = append(httpapi.FieldNames[Subscription](),
		"ok", "contractVersion", "code", "message", "deliveryId", "attemptCount", "httpStatus", "nextRetryAt", "deliveredAt",
		"firstAttemptedAt", "lastAttemptedAt", "status", "total", "nextCursor", "limit", "batchLimit", "processed", "delivered", "failed",
		"deadLettered")
	config.DecodeError = decodeError
	client, err := httpapi.New(config)
	if err != nil {
		return nil, err
	}
	return &Client{Client: client, key: intent.Digest(config.BearerToken)}, nil
}

// Unusable returns a client for an incomplete configuration. Every call fails with the reason.
func Unusable(reason error) *Client { return &Client{Client: httpapi.Unusable(reason)} }

// EnvironmentURL returns the base URL for the prefix of an API key. Other keys have none.
//
// https://docs.enfinitos.com/authentication
func EnvironmentURL(apiKey string) (string, error) {
	switch {
	case strings.HasPrefix(apiKey, "sk_live_"):
		return ProductionURL, nil
	case strings.HasPrefix(apiKey, "sk_sandbox_"):
		return SandboxURL, nil
	case strings.HasPrefix(apiKey, "sk_test_"):
		return "", errors.New("a key that starts with sk_test_ does not determine the environment, so a base URL is required")
	}
	return "", errors.New("the key does not start with sk_live_, sk_sandbox_ or sk_test_, so it is not an EnfinitOS API key, " +
		"or it is of a kind that this provider version does not know; a base URL is required")
}

// envelope is the envelope of every answer.
type envelope struct {
	OK              httpapi.Optional[bool] `json:"ok"`
	Data            json.RawMessage        `json:"data"`
	ContractVersion json.RawMessage        `json:"contractVersion"`
}

// call makes a call and returns the data of its answer.
func call[T any](ctx context.Context, c *Client, request httpapi.Request) (out T, err error) {
	response, err := c.Do(ctx, request)
	if err != nil {
		return out, err
	}
	return decode[T](ctx, c, request, response)
}

// decode returns the data of an answer.
func decode[T any](ctx context.Context, c *Client, request httpapi.Request, response *httpapi.Response) (out T, err error) {
	data, err := c.open(ctx, request, response)
	if err == nil {
		err = httpapi.DecodeInto(&out, data, request, response)
	}
	return out, err
}

// open returns the data of an envelope. If its field ok is false, the answer is a refusal, whatever its status.
func (c *Client) open(ctx context.Context, request httpapi.Request, response *httpapi.Response) (json.RawMessage, error) {
	in, err := httpapi.Decode[envelope](request, response)
	switch {
	case err != nil:
		return nil, err
	case in.OK.Value == nil:
		return nil, httpapi.Unreadable(request, response, errors.New("it lacks the field ok, which every EnfinitOS answer has"))
	case !*in.OK.Value:
		code, message, _ := decodeError(response.Body)
		return nil, &httpapi.Error{
			Method: request.Method, Path: httpapi.EscapedPath(request.Path...), Status: response.Status, Recognized: true,
			Code: c.Hide(code), Message: strings.TrimSuffix("the field ok of the answer is false: "+c.Hide(message), ": "),
		}
	case string(in.ContractVersion) != `"`+ContractVersion+`"`:
		c.Debug(ctx, "Another contract version", map[string]any{"version": c.Hide(string(in.ContractVersion))})
	}
	return in.Data, nil
}

// posting is a call that changes something, with a JSON body. A nil body means no body.
func posting(body any, idempotent bool, path ...string) httpapi.Request {
	request := httpapi.Request{Method: http.MethodPost, Path: path, Idempotent: idempotent, Change: true}
	if body != nil {
		request.Body, _ = json.Marshal(body) // strings, numbers and booleans only
	}
	return request
}

func post[T any](ctx context.Context, c *Client, body any, idempotent bool, path ...string) (T, error) {
	return call[T](ctx, c, posting(body, idempotent, path...))
}

func get[T any](ctx context.Context, c *Client, query url.Values, path ...string) (T, error) {
	return call[T](ctx, c, httpapi.Request{Method: http.MethodGet, Path: path, Query: query})
}

// decodeError decodes a refusal. Only the envelope, with the field ok false, shows that the API itself has answered. The rest of its
// shape is not documented, so every common one is accepted for the text.
func decodeError(body []byte) (code, message string, ok bool) {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return "", "", false
	}
	ok = fields["ok"] == false
	for _, name := range []string{"error", "errors"} {
		switch nested := fields[name].(type) {
		case map[string]any:
			fields = nested
		case []any:
			if len(nested) == 0 {
				continue
			}
			if first, isObject := nested[0].(map[string]any); isObject {
				fields = first
			}
		}
	}
	return firstText(fields, "code", "type"), firstText(fields, "message", "detail", "title", "error"), ok
}

func firstText(fields map[string]any, names ...string) string {
	for _, name := range names {
		if text, ok := fields[name].(string); ok && text != "" {
			return text
		}
	}
	return ""
}
