// Package floor manages webhooks with the fewest calls that the Dfns API allows and with nothing else: no retries, no limits,
// no checks. It is what every client of the API has to wait for.
package floor

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"golang.org/x/sync/errgroup"
)

// Concurrency is how many operations Terraform makes at a time.
const Concurrency = 10

// Client manages the webhooks that it has created.
type Client struct {
	url, token, credential string
	key                    ed25519.PrivateKey
	http                   *http.Client
	ids                    []string
}

// New returns a client for the account that the environment variables of a sandbox name.
func New(env map[string]string) (*Client, error) {
	block, _ := pem.Decode([]byte(env["DFNS_PRIVATE_KEY"]))
	if block == nil {
		return nil, errors.New("there is no private key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the private key is not Ed25519: %w", err)
	}
	return &Client{
		url: env["DFNS_API_URL"], token: env["DFNS_AUTH_TOKEN"], credential: env["DFNS_CRED_ID"], key: key,
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: Concurrency}},
	}, nil
}

// Webhook is what a webhook is made of.
type Webhook struct {
	URL         string   `json:"url"`
	Events      []string `json:"events"`
	Description string   `json:"description"`
}

// Webhooks returns what n webhooks are made of.
func Webhooks(n int) []Webhook {
	out := make([]Webhook, n)
	for i := range out {
		out[i] = Webhook{
			URL:         fmt.Sprintf("https://hooks.example.com/%d", i),
			Events:      []string{"wallet.transfer.confirmed", "wallet.transfer.failed"},
			Description: "before",
		}
	}
	return out
}

// Do makes an operation of Terraform's: apply, plan, update or destroy.
func (c *Client) Do(ctx context.Context, operation string, webhooks []Webhook) error {
	switch operation {
	case "apply":
		return c.Create(ctx, webhooks)
	case "update":
		if err := c.expect(ctx, len(webhooks)); err != nil {
			return err
		}
		return c.Describe(ctx, "after")
	case "destroy":
		if err := c.expect(ctx, len(webhooks)); err != nil {
			return err
		}
		return c.Delete(ctx)
	}
	return c.expect(ctx, len(webhooks))
}

// expect reads every webhook, as Terraform does before it changes any.
func (c *Client) expect(ctx context.Context, n int) error {
	count, err := c.List(ctx)
	if err == nil && count != n {
		err = fmt.Errorf("there are %d webhooks instead of %d", count, n)
	}
	return err
}

// Create creates webhooks.
func (c *Client) Create(ctx context.Context, webhooks []Webhook) error {
	c.ids = make([]string, len(webhooks))
	return each(ctx, len(webhooks), func(ctx context.Context, i int) error {
		var created struct{ ID string }
		err := c.change(ctx, http.MethodPost, "/webhooks", webhooks[i], &created)
		c.ids[i] = created.ID
		return err
	})
}

// List reads every webhook and returns how many there are.
func (c *Client) List(ctx context.Context) (count int, err error) {
	query := url.Values{"limit": {"200"}}
	for {
		var page struct {
			Items         []Webhook
			NextPageToken string
		}
		if err := c.call(ctx, http.MethodGet, "/webhooks?"+query.Encode(), nil, "", &page); err != nil {
			return 0, err
		}
		count += len(page.Items)
		if page.NextPageToken == "" {
			return count, nil
		}
		query.Set("paginationToken", page.NextPageToken)
	}
}

// Describe gives every webhook another description.
func (c *Client) Describe(ctx context.Context, description string) error {
	return each(ctx, len(c.ids), func(ctx context.Context, i int) error {
		return c.change(ctx, http.MethodPut, "/webhooks/"+c.ids[i], map[string]string{"description": description}, nil)
	})
}

// Delete deletes every webhook.
func (c *Client) Delete(ctx context.Context) error {
	return each(ctx, len(c.ids), func(ctx context.Context, i int) error {
		return c.change(ctx, http.MethodDelete, "/webhooks/"+c.ids[i], nil, nil)
	})
}

func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(Concurrency)
	for i := range n {
		group.Go(func() error { return do(ctx, i) })
	}
	return group.Wait()
}

// change makes a signed change: three calls.
func (c *Client) change(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		body, _ = json.Marshal(in) // strings only
	}
	var offered struct{ Challenge, ChallengeIdentifier string }
	err := c.call(ctx, http.MethodPost, "/auth/action/init", encode(map[string]string{
		"userActionPayload": string(body), "userActionHttpMethod": method, "userActionHttpPath": path, "userActionServerKind": "Api",
	}), "", &offered)
	if err != nil {
		return err
	}
	clientData := encode(map[string]string{"type": "key.get", "challenge": offered.Challenge})
	var bought struct{ UserAction string }
	err = c.call(ctx, http.MethodPost, "/auth/action", encode(map[string]any{
		"challengeIdentifier": offered.ChallengeIdentifier,
		"firstFactor": map[string]any{"kind": "Key", "credentialAssertion": map[string]string{
			"credId":     c.credential,
			"clientData": base64.RawURLEncoding.EncodeToString(clientData),
			"signature":  base64.RawURLEncoding.EncodeToString(ed25519.Sign(c.key, clientData)),
		}},
	}), "", &bought)
	if err != nil {
		return err
	}
	return c.call(ctx, method, path, body, bought.UserAction, out)
}

func (c *Client) call(ctx context.Context, method, path string, body []byte, userAction string, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	if userAction != "" {
		request.Header.Set("X-Dfns-Useraction", userAction)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(answer, out)
}

// encode encodes texts and maps of them, which cannot fail.
func encode(value any) []byte {
	out, _ := json.Marshal(value)
	return out
}
