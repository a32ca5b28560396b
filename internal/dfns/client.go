// Package dfns is a client for the webhook part of the Dfns API.
//
// Every change is signed: it takes a challenge, a local signature, and the change itself. Where the vendor's documentation is
// silent or contradicts itself, the client accepts every variant of an answer and sends the safest request.
package dfns

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
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
}

// Client calls the Dfns API as one service account or personal access token. It is safe for concurrent use.
type Client struct {
	*httpapi.Client

	credentialID string
	signer       Signer
	expiry       time.Time // of the token, or zero
	locks        locks
	list         sharedList
	existing     existing
}

// New returns a client. It makes no call.
func New(config Config) (*Client, error) {
	config.HTTP.LoggedFields = append(httpapi.FieldNames[Webhook](),
		"deleted", "kind", "date", "timestampSent", "deliveryFailed", "deliveryAttempt", "retryOf", "nextAttemptDate",
		"message", "userActionHttpMethod", "userActionHttpPath", "userActionServerKind")
	config.HTTP.DecodeError = decodeError
	token := claimsOf(config.HTTP.BearerToken)
	config.HTTP.Organization = token.Metadata.OrganizationID
	client, err := httpapi.New(config.HTTP)
	if err != nil {
		return nil, err
	}
	return &Client{
		Client: client, credentialID: config.CredentialID, signer: config.Signer, expiry: token.expiry(),
		existing: existing{creates: map[string]Settings{}},
	}, nil
}

// Unusable returns a client for an incomplete configuration. Every call fails with the reason.
func Unusable(reason error) *Client { return &Client{Client: httpapi.Unusable(reason)} }

// CanChange reports that the client can sign changes, or may be able to once its configuration is known.
func (c *Client) CanChange() bool { return c.signer != nil || !c.IsUsable() }

func (c *Client) do(ctx context.Context, request httpapi.Request) (*httpapi.Response, error) {
	response, err := c.Do(ctx, request)
	if httpapi.Status(err) == http.StatusUnauthorized && !c.expiry.IsZero() && time.Now().After(c.expiry) {
		err = &ExpiredError{Err: err, At: c.expiry}
	}
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
	return httpapi.Decode[T](request, response)
}
