package dfns

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Signer signs the client data of a Dfns user action challenge.
type Signer interface {
	// Sign returns the signature of message in the vendor's format for the kind of key: raw for Ed25519, ASN.1 DER for
	// ECDSA, PKCS#1 v1.5 for RSA, the latter two over SHA-256.
	Sign(ctx context.Context, message []byte) ([]byte, error)
}

// CredentialError reports that the API does not allow the configured credential to sign. Nothing was signed.
type CredentialError struct {
	// ID is the configured credential.
	ID string
	// Allowed are the ids of the Key credentials that may sign for the bearer of the token.
	Allowed []string
}

// Error names the configured credential and those that the API allows.
func (e *CredentialError) Error() string {
	if len(e.Allowed) == 0 {
		return fmt.Sprintf("the API allows no Key credential to sign for this token; credential_id is %q", e.ID)
	}
	return fmt.Sprintf("the API does not allow credential %q to sign for this token; it allows %s",
		e.ID, strings.Join(e.Allowed, ", "))
}

// ErrUnsigned reports a change by a client that can only read. No call was made.
var ErrUnsigned = errors.New("no credential and no key are configured")

// SigningError reports that a change could not be signed. The change itself was never sent.
type SigningError struct {
	// Err is what went wrong in the signing flow.
	Err error
	// Challenged says that the API had issued a challenge, so it refused the signature. Before that point it refuses the
	// token or the change.
	Challenged bool
}

// Error says what went wrong.
func (e *SigningError) Error() string { return "the change could not be signed: " + e.Err.Error() }

// Unwrap returns what went wrong.
func (e *SigningError) Unwrap() error { return e.Err }

type challenge struct {
	Challenge        string `json:"challenge"`
	Identifier       string `json:"challengeIdentifier"`
	AllowCredentials struct {
		Key []struct {
			ID string `json:"id"`
		} `json:"key"`
	} `json:"allowCredentials"`
}

type assertion struct {
	CredentialID string `json:"credId"`
	ClientData   string `json:"clientData"`
	Signature    string `json:"signature"`
}

// signChallenge gets the token that allows exactly one call: this method, path and body, once, within 15 minutes.
//
// https://docs.dfns.co/api-reference/auth/signing-flows
func (c *Client) signChallenge(ctx context.Context, offered challenge) (token string, err error) {
	if err := c.checkCredential(offered); err != nil {
		return "", err
	}
	// The shortest client data that every official SDK agrees on. The bytes that are signed are the bytes that are sent.
	clientData, _ := json.Marshal(map[string]string{"type": "key.get", "challenge": offered.Challenge}) // strings only
	signature, err := c.signer.Sign(ctx, clientData)
	if err != nil {
		return "", fmt.Errorf("signing with credential %s failed: %w", c.credentialID, err)
	}
	return c.completeAction(ctx, offered.Identifier, assertion{
		CredentialID: c.credentialID,
		ClientData:   base64.RawURLEncoding.EncodeToString(clientData),
		Signature:    base64.RawURLEncoding.EncodeToString(signature),
	})
}

// initAction requests a challenge. An unused challenge does no harm, so the call may be repeated.
func (c *Client) initAction(ctx context.Context, request httpapi.Request) (challenge, error) {
	if err := httpapi.CheckPath(request.Path...); err != nil {
		return challenge{}, err
	}
	body, _ := json.Marshal(map[string]string{ // strings only
		"userActionPayload":    string(request.Body),
		"userActionHttpMethod": request.Method,
		"userActionHttpPath":   httpapi.EscapedPath(request.Path...),
		"userActionServerKind": "Api",
	})
	return post(ctx, c, httpapi.Request{
		Method: http.MethodPost, Path: []string{"auth", "action", "init"}, Body: body, Idempotent: true,
	}, func(answer challenge) bool { return answer.Challenge != "" && answer.Identifier != "" })
}

func (c *Client) checkCredential(offered challenge) error {
	var allowed []string
	for _, key := range offered.AllowCredentials.Key {
		allowed = append(allowed, key.ID)
	}
	if !slices.Contains(allowed, c.credentialID) {
		return &CredentialError{ID: c.credentialID, Allowed: allowed}
	}
	return nil
}

// completeAction exchanges a signed challenge for the token of one change. It is not idempotent: a challenge works once.
func (c *Client) completeAction(ctx context.Context, identifier string, signed assertion) (token string, err error) {
	body, _ := json.Marshal(map[string]any{ // strings only
		"challengeIdentifier": identifier,
		"firstFactor":         map[string]any{"kind": "Key", "credentialAssertion": signed},
	})
	type tokenAnswer struct {
		UserAction string `json:"userAction"`
	}
	answer, err := post(ctx, c, httpapi.Request{
		Method: http.MethodPost, Path: []string{"auth", "action"}, Body: body,
	}, func(answer tokenAnswer) bool { return answer.UserAction != "" })
	return answer.UserAction, err
}

// post makes a call of the signing flow itself and decodes its answer, which must be complete.
func post[T any](
	ctx context.Context, c *Client, request httpapi.Request, complete func(T) bool,
) (out T, err error) {
	response, err := c.do(ctx, request)
	if err != nil {
		return out, err
	}
	out, err = httpapi.Decode[T](request, response)
	if err == nil && !complete(out) {
		err = httpapi.Unreadable(request, response, errors.New("a field is missing"))
	}
	return out, err
}
