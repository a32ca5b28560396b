// Package dfns is a client for the webhook part of the Dfns API.
//
// Every change is signed: it takes a challenge, a local signature, and the change itself. Where the vendor's documentation is
// silent or contradicts itself, the client accepts every variant of an answer and sends the safest request.
package dfns

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// DefaultURL is the base URL of the API, unless Dfns gave the organization another one.
const DefaultURL = "https://api.dfns.io"

// Config selects an account and says how to call its API.
type Config struct {
	// CredentialID is the id of the Key credential whose private key the Signer holds.
	CredentialID string
	// Signer signs the challenge of every change. A client with a nil Signer can only read.
	Signer Signer
	// HTTP configures the calls. New fills in the vendor-specific fields.
	HTTP httpapi.Config
	// Creates records the creates in progress, for the run after one that was killed. Nil records nothing.
	Creates *intent.Log
	// Now returns the time for the sharing of reads. Nil means the system clock.
	Now func() time.Time
}

// Client calls the Dfns API as one service account or personal access token. It is safe for concurrent use.
type Client struct {
	http         *httpapi.Client
	credentialID string
	signer       Signer
	unusable     error
	account      account.Account

	// For creates whose answers are lost: turns runs creates of the same content one after the other, created holds what
	// answered creates have made (id to content digest), which is never attributed to a lost create, and creates holds the
	// notes for the next process.
	turns   turns
	created sync.Map
	creates *intent.Log

	shared *shared
}

// New returns a client. It makes no call.
func New(config Config) (*Client, error) {
	config.HTTP.LoggedFields = []string{
		"id", "url", "events", "status", "description", "dateCreated", "dateUpdated", "deleted",
		"kind", "date", "timestampSent", "deliveryFailed", "deliveryAttempt", "retryOf", "nextAttemptDate",
		"message", "userActionHttpMethod", "userActionHttpPath", "userActionServerKind",
	}
	config.HTTP.DecodeError = decodeError
	client, err := httpapi.New(config.HTTP)
	if err != nil {
		return nil, err
	}
	return &Client{
		http: client, credentialID: config.CredentialID, signer: config.Signer, shared: newShared(config.Now),
		creates: config.Creates,
		account: account.Account{API: weburl.Lasting(config.HTTP.BaseURL), Organization: organization(config.HTTP.BearerToken)},
	}, nil
}

// Unusable returns a client for an incomplete configuration. Every call fails with the reason.
func Unusable(reason error) *Client {
	return &Client{unusable: reason, shared: newShared(nil)}
}

// CanChange reports that the client can sign changes, or may be able to once its configuration is known.
func (c *Client) CanChange() bool { return c.signer != nil || c.unusable != nil }

func (c *Client) do(ctx context.Context, request httpapi.Request) (*httpapi.Response, error) {
	if c.unusable != nil {
		return nil, c.unusable
	}
	response, err := c.http.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	if response.Status == http.StatusAccepted {
		return nil, fmt.Errorf("%s %s: 202 Accepted: %w", request.Method, httpapi.EscapedPath(request.Path...), ErrPendingApproval)
	}
	return response, nil
}

// get sends a GET request and decodes the answer.
func get[T any](ctx context.Context, c *Client, query url.Values, path ...string) (out T, err error) {
	request := httpapi.Request{Method: http.MethodGet, Path: path, Query: query}
	response, err := c.do(ctx, request)
	if err != nil {
		return out, err
	}
	return decode[T](request, response)
}

// decode decodes an answer. A failure says nothing about what the API did.
func decode[T any](request httpapi.Request, response *httpapi.Response) (T, error) {
	var out T
	if err := json.Unmarshal(response.Body, &out); err != nil {
		return out, httpapi.Unreadable(request, response, err)
	}
	return out, nil
}
