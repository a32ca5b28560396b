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
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// The base URLs of the two environments. Production opens in April 2027.
const (
	ProductionURL = "https://api.enfinitos.com"
	SandboxURL    = "https://sandbox.api.enfinitos.com"
)

// ContractVersion is the contract version that this client was written for.
const ContractVersion = "v1.0"

// Config configures the calls with one API key.
type Config struct {
	// HTTP configures the calls. New fills in the vendor-specific fields.
	HTTP httpapi.Config
	// Notes records the creates in progress, for the run after one that was killed. Nil records nothing.
	Notes *intent.Log
}

// Client calls the EnfinitOS API with one API key. It is safe for concurrent use.
type Client struct {
	http     *httpapi.Client
	unusable error
	notes    *intent.Log
	names    *intent.Names
	key      string // a digest of the API key
	account  account.Account
}

// New returns a client. It makes no call.
func New(config Config) (*Client, error) {
	config.HTTP.LoggedFields = append(httpapi.FieldNames[Subscription](),
		"ok", "contractVersion", "code", "message", "deliveryId", "attemptCount", "httpStatus", "nextRetryAt", "deliveredAt",
		"firstAttemptedAt", "lastAttemptedAt", "status", "total", "nextCursor", "limit", "batchLimit", "processed", "delivered", "failed",
		"deadLettered")
	config.HTTP.DecodeError = decodeError
	client, err := httpapi.New(config.HTTP)
	if err != nil {
		return nil, err
	}
	return &Client{
		http: client, notes: config.Notes, names: intent.NewNames(config.Notes), key: intent.Digest(config.HTTP.BearerToken),
		account: account.Account{API: weburl.StablePart(config.HTTP.BaseURL)},
	}, nil
}

// Unusable returns a client for an incomplete configuration. Every call fails with the reason.
func Unusable(reason error) *Client {
	return &Client{unusable: reason, names: intent.NewNames(nil)}
}

// RememberID records that a plan or a state names a subscription, so no create of this client has made it. saved says that an
// earlier run has saved that state, so its note, if any, is done.
func (c *Client) RememberID(id string, saved bool) { c.names.Add(id, saved) }

// Now is the time by the client's clock.
func (c *Client) Now() time.Time { return c.http.Now() }

// NoteProblem returns, once for each process, why a create could not be noted.
func (c *Client) NoteProblem() error { return c.notes.Problem() }

// Account returns the API that this client calls. A key does not show which account it belongs to.
func (c *Client) Account() account.Account { return c.account }

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
func call[T any](ctx context.Context, c *Client, request httpapi.Request) (T, error) {
	var out T
	response, err := c.send(ctx, request)
	if err != nil {
		return out, err
	}
	data, err := c.open(ctx, request, response)
	if err == nil {
		err = httpapi.DecodeInto(&out, data, request, response)
	}
	return out, err
}

func (c *Client) send(ctx context.Context, request httpapi.Request) (*httpapi.Response, error) {
	if c.unusable != nil {
		return nil, c.unusable
	}
	return c.http.Do(ctx, request)
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
			Code: c.http.Hide(code), Message: strings.TrimSuffix("the field ok of the answer is false: "+c.http.Hide(message), ": "),
		}
	case string(in.ContractVersion) != `"`+ContractVersion+`"`:
		c.http.Debug(ctx, "Another contract version", map[string]any{"version": c.http.Hide(string(in.ContractVersion))})
	}
	return in.Data, nil
}

// post makes a call that changes something, with a JSON body. A nil body means no body.
func post[T any](ctx context.Context, c *Client, body any, idempotent bool, path ...string) (T, error) {
	request := httpapi.Request{Method: http.MethodPost, Path: path, Idempotent: idempotent, Change: true}
	if body != nil {
		request.Body, _ = json.Marshal(body) // strings, numbers and booleans only
	}
	return call[T](ctx, c, request)
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
