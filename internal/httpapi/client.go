// Package httpapi is what the clients of all vendors share. It sends JSON requests, retries them where that is safe, respects the
// vendor's rate limits, logs without secrets, turns refusals into errors, and keeps notes of creates.
package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// Config configures the calls to a vendor's API.
type Config struct {
	// BaseURL is the base URL of the API. Its path, if any, is prepended to every request's path.
	BaseURL string
	// BearerToken authenticates every request. No text that this client returns or logs contains it.
	BearerToken string
	// Organization is the organization of the token, empty if the token does not contain it.
	Organization string
	// UserAgent names the calling program.
	UserAgent string
	// MaxRetries is how often a request is sent again after its first attempt. Answers with 429 do not count.
	MaxRetries int
	// RetryWait is the pause before the first retry; it doubles with each further one. Zero means half a second.
	RetryWait time.Duration
	// RequestTimeout limits one attempt. Zero means 30 seconds.
	RequestTimeout time.Duration
	// SettleTime is how long after a change the reads of the API may not show it. Zero means SettleTime.
	SettleTime time.Duration
	// Logger receives every call. Nil means no logging.
	Logger Logger
	// LoggedFields names the JSON fields whose values may be logged. The values of all other fields are hidden, so that a
	// secret in an unexpected field stays secret.
	LoggedFields []string
	// DecodeError extracts the code and the message from the body of a refusal. It returns false if the body does not have
	// the vendor's own shape, such as an HTML page of a proxy or the JSON of a gateway.
	DecodeError func(body []byte) (code, message string, ok bool)
	// Transport sends the requests. Nil means the network.
	Transport http.RoundTripper
	// Now is the clock for times that a person sees. Nil means time.Now.
	Now func() time.Time
	// Notes records the creates in progress, for the run after one that was killed. Nil records nothing.
	Notes *intent.Log
}

// Client calls one vendor's API. The client of each vendor embeds it. It is safe for concurrent use.
type Client struct {
	config   Config
	unusable error
	account  account.Account
	base     *url.URL
	sender   *retryablehttp.Client
	gate     gate
	hide     *strings.Replacer
	names    *intent.Names
	said     sync.Map // topics
}

// Unusable returns a client for an incomplete configuration. Every call fails with the reason.
func Unusable(reason error) *Client {
	return &Client{unusable: reason, names: intent.NewNames(nil)}
}

// IsUsable reports that the configuration is complete.
func (c *Client) IsUsable() bool { return c.unusable == nil }

// Account is the account that this client calls. A 404 proves nothing about another account.
func (c *Client) Account() account.Account { return c.account }

// Now is the time by the client's clock.
func (c *Client) Now() time.Time {
	if c.config.Now == nil {
		return time.Now()
	}
	return c.config.Now()
}

// FirstTime returns true once for each topic, for messages that a person needs only once.
func (c *Client) FirstTime(topic string) bool {
	_, before := c.said.LoadOrStore(topic, true)
	return !before
}

// Request is one call of the API.
type Request struct {
	Method string
	// Path holds the elements of the path. Each is escaped. Elements that escaping cannot protect ("", "." and "..") are
	// refused, so an id can never lead to another path.
	Path  []string
	Query url.Values
	// Header is sent in addition to the headers of every request. A Content-Type replaces that of JSON.
	Header http.Header
	// Body is sent unchanged. Nil means no body. The log shows nothing of a body that is not JSON but its size.
	Body []byte
	// Idempotent says that the request is idempotent. Every GET is.
	Idempotent bool
	// Change says that the request changes something at the API. Once it is sent, it gets its answer even if the caller gives up.
	Change bool
}

func (r Request) idempotent() bool { return r.Idempotent || r.Method == http.MethodGet }

// Response is a 2xx answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	host string
}

// New returns a client. It makes no call.
func New(config Config) (*Client, error) {
	base, err := url.Parse(config.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("%q is not an absolute URL", weburl.Hide(config.BaseURL))
	}
	config.RetryWait = cmp.Or(config.RetryWait, 500*time.Millisecond)
	config.RequestTimeout = cmp.Or(config.RequestTimeout, 30*time.Second)
	config.SettleTime = cmp.Or(config.SettleTime, SettleTime)
	if config.Transport == nil {
		config.Transport = newPool()
	}
	c := &Client{
		config:  config,
		account: account.Account{API: weburl.StablePart(config.BaseURL), Organization: config.Organization},
		base:    base,
		names:   intent.NewNames(config.Notes),
		gate:    gate{turn: make(chan struct{}, 1)},
		hide:    strings.NewReplacer(cmp.Or(config.BearerToken, "\x00"), "(hidden)"), // an empty token would match between any two characters
	}
	c.sender = c.retrying(&http.Client{
		Transport: &transport{c},
		// A redirected change would become a GET whose answer looks like success, and the token could go to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	return c, nil
}

// newPool returns a pool of connections to the one host of an API. It speaks HTTP/1.1: over HTTP/2, net/http sends a change again by
// itself after a REFUSED_STREAM.
func newPool() *http.Transport {
	pool := cleanhttp.DefaultPooledTransport()
	pool.ForceAttemptHTTP2 = false
	pool.OnProxyConnectResponse = checkProxy
	pool.MaxIdleConnsPerHost = pool.MaxIdleConns // Terraform's -parallelism is unknown here
	return pool
}

// Hide returns a text of the API without the token, which the text may quote.
func (c *Client) Hide(text string) string { return c.hide.Replace(text) }

// EscapedPath returns the escaped path of a request without the base URL's own path.
func EscapedPath(elements ...string) string {
	var path strings.Builder
	for _, element := range elements {
		path.WriteString("/" + url.PathEscape(element))
	}
	return path.String()
}

// ErrPath reports a path with an element that escaping cannot protect. The call is not made.
var ErrPath = errors.New("cannot be part of a path")

// CheckPath returns an ErrPath if Do would refuse the path.
func CheckPath(elements ...string) error {
	for _, element := range elements {
		if element == "" || element == "." || element == ".." {
			return fmt.Errorf("%q %w", element, ErrPath)
		}
	}
	return nil
}

// Do sends a request and returns its 2xx answer. Every other outcome is an *Error, or why the client cannot be used.
func (c *Client) Do(ctx context.Context, request Request) (*Response, error) {
	if c.unusable != nil {
		return nil, c.unusable
	}
	failed := &Error{Method: request.Method, Path: EscapedPath(request.Path...), Host: c.base.Host}
	state := &attempts{request: request}
	ctx = context.WithValue(ctx, attemptsKey{}, state)
	prepared, err := c.prepare(ctx, request)
	if err == nil {
		err = c.gate.wait(ctx)
	}
	if err != nil {
		failed.NotSent, failed.Cause = true, err
		return nil, failed
	}
	response, err := c.sender.Do(prepared)
	failed.Lost = state.lost.Load()
	if err != nil {
		if response != nil { // a retry was not possible
			failed.Status = response.StatusCode
		}
		failed.NotSent, failed.Cause, failed.Proxy = !state.sent.Load(), withoutURL(err), proxyOf(prepared.Request)
		return nil, failed
	}
	defer func() { _ = response.Body.Close() }()
	return c.read(response, failed)
}

func (c *Client) prepare(ctx context.Context, request Request) (*retryablehttp.Request, error) {
	if err := CheckPath(request.Path...); err != nil {
		return nil, err
	}
	target := *c.base
	target.RawPath = strings.TrimSuffix(c.base.EscapedPath(), "/") + EscapedPath(request.Path...)
	target.Path, _ = url.PathUnescape(target.RawPath)
	target.RawQuery = request.Query.Encode()
	var body any
	if request.Body != nil {
		body = request.Body
	}
	out, err := retryablehttp.NewRequestWithContext(ctx, request.Method, target.String(), body)
	if err != nil {
		return nil, err
	}
	out.Header.Set("Accept", "application/json")
	out.Header.Set("Content-Type", "application/json")
	maps.Copy(out.Header, request.Header)
	out.Header.Set("Authorization", "Bearer "+c.config.BearerToken)
	out.Header.Set("User-Agent", c.config.UserAgent)
	return out, nil
}

func (c *Client) read(response *http.Response, failed *Error) (*Response, error) {
	failed.Status, failed.RequestID = response.StatusCode, c.Hide(requestID(response.Header))
	body, _ := io.ReadAll(response.Body) // in memory already, so it cannot fail
	if response.StatusCode < 200 || response.StatusCode > 299 {
		c.explain(failed, response, body)
		return nil, failed
	}
	return &Response{Status: response.StatusCode, Header: response.Header, Body: body, host: c.base.Host}, nil
}
