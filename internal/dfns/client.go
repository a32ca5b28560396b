// Package dfns is a client for the webhook part of the Dfns API.
//
// Every change is signed: it takes a challenge, a local signature, and the change itself. Where the vendor's documentation is
// silent or contradicts itself, the client accepts every variant of an answer and sends the safest request.
package dfns

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
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
	// Notes records the creates in progress, for the run after one that was killed. Nil records nothing.
	Notes *intent.Log
}

// Client calls the Dfns API as one service account or personal access token. It is safe for concurrent use.
type Client struct {
	http         *httpapi.Client
	credentialID string
	signer       Signer
	unusable     error
	expiry       time.Time // of the token, or zero
	account      account.Account

	locks    locks
	list     sharedList
	existing existing
	names    *intent.Names
	notes    *intent.Log
}

// New returns a client. It makes no call.
func New(config Config) (*Client, error) {
	config.HTTP.LoggedFields = slices.AppendSeq([]string{
		"id", "dateCreated", "dateUpdated", "deleted", "status",
		"kind", "date", "timestampSent", "deliveryFailed", "deliveryAttempt", "retryOf", "nextAttemptDate",
		"message", "userActionHttpMethod", "userActionHttpPath", "userActionServerKind",
	}, maps.Keys(Settings{}.fields()))
	config.HTTP.DecodeError = decodeError
	client, err := httpapi.New(config.HTTP)
	if err != nil {
		return nil, err
	}
	token := claimsOf(config.HTTP.BearerToken)
	return &Client{
		http: client, credentialID: config.CredentialID, signer: config.Signer, expiry: token.expiry(),
		existing: existing{creates: map[string]Settings{}},
		notes:    config.Notes, names: intent.NewNames(config.Notes),
		account: account.Account{API: weburl.StablePart(config.HTTP.BaseURL), Organization: token.Metadata.OrganizationID},
	}, nil
}

// Unusable returns a client for an incomplete configuration. Every call fails with the reason.
func Unusable(reason error) *Client {
	return &Client{unusable: reason, http: &httpapi.Client{}, names: intent.NewNames(nil)}
}

// RememberID records that a plan or a state names a webhook, so no create of this client has made it. saved says that an
// earlier run has saved that state, so its note, if any, is done.
func (c *Client) RememberID(id string, saved bool) { c.names.Add(id, saved) }

// Now is the time by the client's clock.
func (c *Client) Now() time.Time { return c.http.Now() }

// NoteProblem returns, once for each process, why a create could not be noted.
func (c *Client) NoteProblem() error { return c.notes.Problem() }

// CanChange reports that the client can sign changes, or may be able to once its configuration is known.
func (c *Client) CanChange() bool { return c.signer != nil || c.unusable != nil }

func (c *Client) do(ctx context.Context, request httpapi.Request) (*httpapi.Response, error) {
	if c.unusable != nil {
		return nil, c.unusable
	}
	response, err := c.http.Do(ctx, request)
	if Status(err) == http.StatusUnauthorized && !c.expiry.IsZero() && time.Now().After(c.expiry) {
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
