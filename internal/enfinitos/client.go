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
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

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
	// Creates records the creates in progress, for the run after one that was killed. Nil records nothing.
	Creates *intent.Log
}

// Client calls the EnfinitOS API with one API key. It is safe for concurrent use.
type Client struct {
	http     *httpapi.Client
	unusable error
	creates  *intent.Log
	key      string // a digest of the API key
	account  account.Account

	said            sync.Map
	mu              sync.Mutex
	foreignContract string
}

// New returns a client. It makes no call.
func New(config Config) (*Client, error) {
	config.HTTP.LoggedFields = []string{
		"ok", "contractVersion", "subscriptionId", "developerId", "url", "events", "label", "active", "createdAt",
		"lastDeliveredAt", "secretLastRotatedAt", "deliveryId", "attemptCount", "httpStatus", "nextRetryAt", "deliveredAt",
		"firstAttemptedAt", "lastAttemptedAt", "status", "total", "nextCursor", "limit", "batchLimit", "processed",
		"delivered", "failed", "deadLettered", "code", "message",
	}
	config.HTTP.DecodeError = decodeError
	client, err := httpapi.New(config.HTTP)
	if err != nil {
		return nil, err
	}
	return &Client{
		http: client, creates: config.Creates, key: intent.Digest(config.HTTP.BearerToken),
		account: account.Account{API: weburl.Lasting(config.HTTP.BaseURL)},
	}, nil
}

// Unusable returns a client for an incomplete configuration. Every call fails with the reason.
func Unusable(reason error) *Client {
	return &Client{unusable: reason}
}

// Account returns the API that this client calls. A key does not show which account it belongs to.
func (c *Client) Account() account.Account { return c.account }

// CheckBase returns why text cannot be the base URL of this API. If it ended in /v1, every call would go to /v1/v1, which does
// not exist.
func CheckBase(text string) error {
	if err := weburl.CheckBase(text); err != nil {
		return err
	}
	base, err := url.Parse(text)
	if err == nil && strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/v1") {
		return errors.New("it must not end in /v1, because every path of the API begins with /v1; remove it")
	}
	return err
}

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

// FirstTime returns true once per topic in the life of the client, for messages that a person needs only once.
func (c *Client) FirstTime(topic string) bool {
	_, before := c.said.LoadOrStore(topic, true)
	return !before
}

// ForeignContract returns the contract version of an answer if it was not ContractVersion, or "".
func (c *Client) ForeignContract() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.foreignContract
}

// envelope is the envelope of every answer.
type envelope struct {
	OK              *bool           `json:"ok"`
	Data            json.RawMessage `json:"data"`
	ContractVersion any             `json:"contractVersion"`
}

// call makes a call and returns the decoded data and the status of its answer.
func call[T any](ctx context.Context, c *Client, request httpapi.Request) (T, int, error) {
	var out T
	response, err := c.send(ctx, request)
	if err != nil {
		return out, 0, err
	}
	data, err := c.open(request, response)
	if err != nil {
		return out, response.Status, err
	}
	if err := json.Unmarshal(data, &out); err != nil {
		return out, response.Status, httpapi.Unreadable(request, response, err)
	}
	return out, response.Status, nil
}

func (c *Client) send(ctx context.Context, request httpapi.Request) (*httpapi.Response, error) {
	if c.unusable != nil {
		return nil, c.unusable
	}
	return c.http.Do(ctx, request)
}

// open returns the data of an envelope. If its field ok is false, the answer is a refusal, whatever its status.
func (c *Client) open(request httpapi.Request, response *httpapi.Response) (json.RawMessage, error) {
	var in envelope
	if err := json.Unmarshal(response.Body, &in); err != nil {
		return nil, httpapi.Unreadable(request, response, err)
	}
	switch {
	case in.OK == nil:
		return nil, httpapi.Unreadable(request, response, errors.New("it lacks the field ok, which every EnfinitOS answer has"))
	case !*in.OK:
		code, message, _ := decodeError(response.Body)
		return nil, &httpapi.Error{
			Method: request.Method, Path: httpapi.EscapedPath(request.Path...), Status: response.Status,
			Code: c.http.Hide(code), Message: strings.TrimSuffix("the field ok of the answer is false: "+c.http.Hide(message), ": "),
		}
	}
	c.noteContract(in.ContractVersion)
	return in.Data, nil
}

// noteContract records an unexpected contract version. That must never be an error, because the answer may contain a secret that
// the API returns only once.
func (c *Client) noteContract(version any) {
	if version == ContractVersion {
		return
	}
	text := "(none)"
	if version != nil {
		text = c.http.Hide(fmt.Sprint(version))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.foreignContract = text
}

// post makes a call with a JSON body. A nil body means no body.
func post[T any](ctx context.Context, c *Client, body any, idempotent bool, path ...string) (out T, status int, err error) {
	request := httpapi.Request{Method: http.MethodPost, Path: path, Idempotent: idempotent}
	if body != nil {
		if request.Body, err = json.Marshal(body); err != nil {
			return out, 0, err
		}
	}
	return call[T](ctx, c, request)
}

func get[T any](ctx context.Context, c *Client, query url.Values, path ...string) (T, int, error) {
	return call[T](ctx, c, httpapi.Request{Method: http.MethodGet, Path: path, Query: query})
}

// decodeError decodes a refusal. Its shape is not documented, so every common shape is accepted. A bare message, and any text
// about the route, is how gateways and frameworks answer for a missing route. It does not count as the API's own answer, because
// the subscription would be taken for deleted.
func decodeError(body []byte) (code, message string, ok bool) {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return "", "", false
	}
	for _, name := range []string{"ok", "error", "errors", "code", "type", "title", "detail"} {
		_, has := fields[name]
		ok = ok || has
	}
	outer := fields
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
	ok = ok && !aboutRoute(outer) && !aboutRoute(fields)
	return firstText(fields, "code", "type"), firstText(fields, "message", "detail", "title", "error"), ok
}

// aboutRoute reports a refusal that is about the route and not about the subscription.
func aboutRoute(fields map[string]any) bool {
	for _, name := range []string{"code", "type", "message", "detail", "title", "error"} {
		text, _ := fields[name].(string)
		if route.MatchString(text) {
			return true
		}
	}
	return false
}

// route matches "Cannot GET /v1/webhooks/x", "no Route matched", ROUTE_NOT_FOUND and the like.
var route = regexp.MustCompile(`(?i)route|/v1/webhooks|^cannot (get|post|delete) `)

func firstText(fields map[string]any, names ...string) string {
	for _, name := range names {
		if text, ok := fields[name].(string); ok && text != "" {
			return text
		}
	}
	return ""
}
