// Package dfns is a client for the webhook part of the Dfns API.
//
// Every change is signed: it costs a challenge, a signature made here, and the change itself. Where the vendor's pages
// contradict each other or say nothing, the client accepts every reading of an answer and sends the most careful one.
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

// DefaultURL is the base URL of the API for every organization that was not told another one.
const DefaultURL = "https://api.dfns.io"

// Config says which account is used and how its calls are made.
type Config struct {
	// CredentialID is the id of the Key credential whose private key the Signer holds.
	CredentialID string
	// Signer signs the challenge of every change. Nil makes a client that only reads, for which a token is enough.
	Signer Signer
	// HTTP is how calls are made. New fills in what is the vendor's.
	HTTP httpapi.Config
	// Creates is where it is noted what is being created, for a run that comes after one that was killed. Nil notes nothing.
	Creates *intent.Log
	// Now tells the time by which reads are shared. Nil means the system's clock.
	Now func() time.Time
}

// Client calls the Dfns API as one service account or personal access token. It is safe for concurrent use.
type Client struct {
	http         *httpapi.Client
	credentialID string
	signer       Signer
	unusable     error
	account      account.Account

	// turns, created and creates serve creates whose answers are lost: creates of the same content go one after the other,
	// what an answered create has made (the digest of its content by its id) is never taken for what a lost one has, and
	// what this process cannot resolve is left to the next one.
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

// Unusable returns a client whose every call fails with a reason, for a configuration that is not complete yet.
func Unusable(reason error) *Client {
	return &Client{unusable: reason, shared: newShared(nil)}
}

// CanChange reports that the client has what changes are signed with, or is to have it as soon as that is known.
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

// get makes a read and decodes its answer.
func get[T any](ctx context.Context, c *Client, query url.Values, path ...string) (out T, err error) {
	request := httpapi.Request{Method: http.MethodGet, Path: path, Query: query}
	response, err := c.do(ctx, request)
	if err != nil {
		return out, err
	}
	return decode[T](request, response)
}

// decode reads an answer. One that cannot be read says nothing about what the API did.
func decode[T any](request httpapi.Request, response *httpapi.Response) (T, error) {
	var out T
	if err := json.Unmarshal(response.Body, &out); err != nil {
		return out, httpapi.Unreadable(request, response, err)
	}
	return out, nil
}
