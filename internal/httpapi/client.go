// Package httpapi is the HTTP client that all vendor clients share. It sends JSON requests, retries them where that is safe,
// respects the vendor's rate limits, logs without secrets, and turns refusals into errors.
package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// maxAnswer limits the size of an answer. The largest legitimate one, a page of 200 items, is far smaller.
const maxAnswer = 16 << 20

// Config configures the calls to a vendor's API.
type Config struct {
	// BaseURL is the base URL of the API. Its path, if any, is prepended to every request's path.
	BaseURL string
	// BearerToken authenticates every request.
	BearerToken string
	// UserAgent names the calling program.
	UserAgent string
	// MaxRetries is how often a request is sent again after its first attempt.
	MaxRetries int
	// RetryWait is the pause before the first retry; it doubles with each further one. Zero means half a second.
	RetryWait time.Duration
	// RequestTimeout limits one attempt. Zero means only the limit of the context.
	RequestTimeout time.Duration
	// Logger receives every call. Nil means no logging.
	Logger Logger
	// LoggedFields names the JSON fields whose values may be logged. The values of all other fields are hidden, so that a
	// secret in an unexpected field stays secret.
	LoggedFields []string
	// DecodeError extracts the code and the message from the body of a refusal. It returns false if the body does not have
	// the vendor's shape, such as an HTML page of a proxy.
	DecodeError func(body []byte) (code, message string, ok bool)
	// Creates records the creates in progress, for the run after one that was killed. Nil records nothing.
	Creates *intent.Log
	// Transport sends the requests. Nil means the network.
	Transport http.RoundTripper
}

// Client calls one vendor's API. It is safe for concurrent use.
type Client struct {
	config  Config
	base    *url.URL
	reads   *retryablehttp.Client
	changes *retryablehttp.Client
	limit   *gate
	hide    *strings.Replacer
}

// Request is one call of the API.
type Request struct {
	Method string
	// Path holds the elements of the path. Each is escaped. Elements that escaping cannot protect ("", "." and "..") are
	// refused, so an id can never lead to another path.
	Path  []string
	Query url.Values
	// Header is sent in addition to the headers of every request.
	Header http.Header
	// Body is sent unchanged. Nil means no body.
	Body []byte
	// Repeatable says that the request is idempotent. Every GET is.
	Repeatable bool
}

// Response is a 2xx answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// New returns a client. It makes no call.
func New(config Config) (*Client, error) {
	base, err := url.Parse(config.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("%q is not an absolute URL", weburl.Hide(config.BaseURL))
	}
	if config.RetryWait == 0 {
		config.RetryWait = 500 * time.Millisecond
	}
	c := &Client{
		config: config,
		base:   base,
		limit:  newGate(),
		hide:   strings.NewReplacer(orNothing(config.BearerToken), "(hidden)"),
	}
	httpClient := &http.Client{
		Transport: c.chain(),
		// A redirected change would become a GET whose answer looks like success, and the token could go to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.reads = c.retrying(httpClient, retryablehttp.DefaultRetryPolicy)
	c.changes = c.retrying(httpClient, retryChange)
	return c, nil
}

// chain returns the chain of transports, outermost first: watch each attempt, log it, apply the rate limit.
func (c *Client) chain() http.RoundTripper {
	buffered := &buffering{next: c.config.Transport, hide: c.hide, timeout: c.config.RequestTimeout}
	if buffered.next == nil {
		pool := cleanhttp.DefaultPooledTransport()
		pool.MaxIdleConnsPerHost = pool.MaxIdleConns // there is only one host, and Terraform's -parallelism is unknown here
		buffered.next = pool
	}
	return &watching{next: &logging{next: &limiting{next: buffered, gate: c.limit}, config: &c.config, hide: c.hide}}
}

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

// Do sends a request and returns its 2xx answer. Every other outcome is an *Error.
func (c *Client) Do(ctx context.Context, request Request) (*Response, error) {
	failed := &Error{Method: request.Method, Path: EscapedPath(request.Path...)}
	ctx, attempt := watch(ctx)
	prepared, err := c.prepare(ctx, request)
	if err == nil {
		err = c.limit.wait(ctx)
	}
	if err != nil {
		failed.NotSent, failed.Cause = true, err
		return nil, failed
	}
	sender := c.changes
	if request.Repeatable || request.Method == http.MethodGet {
		sender = c.reads
	}
	response, err := sender.Do(prepared)
	failed.Lost = attempt.lost.Load()
	if err != nil {
		failed.NotSent, failed.Cause = !attempt.sent.Load(), withoutURL(err)
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
	for name, values := range request.Header {
		out.Header[name] = values
	}
	out.Header.Set("Authorization", "Bearer "+c.config.BearerToken)
	out.Header.Set("Accept", "application/json")
	out.Header.Set("Content-Type", "application/json")
	out.Header.Set("User-Agent", c.config.UserAgent)
	return out, nil
}

func (c *Client) read(response *http.Response, failed *Error) (*Response, error) {
	failed.Status = response.StatusCode
	failed.RequestID = c.hide.Replace(requestID(response.Header))
	body, _ := io.ReadAll(response.Body) // in memory already, so it cannot fail
	if response.StatusCode < 200 || response.StatusCode > 299 {
		c.explain(failed, response, body)
		return nil, failed
	}
	return &Response{Status: response.StatusCode, Header: response.Header, Body: body}, nil
}

// ErrNoAnswer reports an attempt that took longer than Config.RequestTimeout. It does not report the end of a context.
var ErrNoAnswer = errors.New("no answer within the time limit of one attempt")

// buffering reads each answer completely, so that a connection cut in the middle is an error that the retries see. It therefore
// knows when an attempt ends, and limits its time.
type buffering struct {
	next    http.RoundTripper
	hide    *strings.Replacer
	timeout time.Duration
}

// RoundTrip implements http.RoundTripper.
func (b *buffering) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if b.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, b.timeout, ErrNoAnswer)
		defer cancel()
	}
	response, err := b.roundTrip(request.WithContext(ctx))
	if errors.Is(err, context.DeadlineExceeded) && !isOver(ctx) {
		return nil, errors.New(err.Error()) // a network timeout, such as that of a dial
	}
	if err != nil && errors.Is(context.Cause(ctx), ErrNoAnswer) {
		return nil, fmt.Errorf("%w (%s)", ErrNoAnswer, b.timeout)
	}
	return response, err
}

// isOver reports whether a context has ended. At the deadline, other timers may fire before the context does.
func isOver(ctx context.Context) bool {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		<-ctx.Done()
	}
	return ctx.Err() != nil
}

func (b *buffering) roundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, withoutSecret(err, b.hide)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer failed: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
	}
	response.Body = buffered{bytes.NewReader(body)}
	return response, nil
}

// buffered is the body of an answer that has been read.
type buffered struct{ *bytes.Reader }

// Close implements io.Closer.
func (buffered) Close() error { return nil }

// explain copies the code and the message of a refusal into an error.
func (c *Client) explain(failed *Error, response *http.Response, body []byte) {
	failed.Code, failed.Message, failed.Recognized = c.config.DecodeError(body)
	if !failed.Recognized && failed.Message == "" {
		// Hide the secret before the text is cut: half a secret would not be recognized.
		failed.Message = describe(response.Header.Get("Content-Type"), []byte(c.hide.Replace(string(body))))
	}
	if response.StatusCode < http.StatusBadRequest && response.Header.Get("Location") != "" {
		failed.Message = "the provider does not follow redirects; check the base URL"
	}
	failed.Code, failed.Message = c.hide.Replace(failed.Code), c.hide.Replace(failed.Message)
}

// Unreadable returns the error for a 2xx answer without the required content.
func Unreadable(request Request, response *Response, cause error) error {
	if isPage(response.Header.Get("Content-Type"), bytes.TrimSpace(response.Body)) {
		cause = errors.New("it is " + page)
	}
	return &Error{
		Method: request.Method, Path: EscapedPath(request.Path...), Status: response.Status,
		Cause: fmt.Errorf("the answer cannot be read: %w", cause),
	}
}

const page = "an HTML page, so a proxy may have answered instead of the API"

func isPage(contentType string, text []byte) bool {
	return strings.Contains(contentType, "html") || bytes.HasPrefix(text, []byte("<"))
}

// describe describes a body that cannot be decoded.
func describe(contentType string, body []byte) string {
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
		return "an empty body"
	case isPage(contentType, text):
		return page
	case len(text) > 200:
		return string(bytes.ToValidUTF8(text[:200], nil)) + " …"
	}
	return string(bytes.ToValidUTF8(text, nil))
}

// requestID returns the id by which the vendor's support can find a call. Its header is not documented.
func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "X-Amzn-Requestid", "X-Amz-Apigw-Id", "Cf-Ray"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// withoutURL removes the URL that net/http and retryablehttp add to a cause: Error already names the path.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// withoutSecret returns an error without the secret in its text. net/http quotes what a server sends instead of HTTP.
func withoutSecret(err error, hide *strings.Replacer) error {
	if text := hide.Replace(err.Error()); text != err.Error() {
		return &hiddenError{text: text, cause: err}
	}
	return err
}

type hiddenError struct {
	text  string
	cause error
}

// Error implements error.
func (e *hiddenError) Error() string { return e.text }

// Unwrap returns the original error, for errors.Is.
func (e *hiddenError) Unwrap() error { return e.cause }

// orNothing prevents an empty secret from matching between any two characters.
func orNothing(secret string) string {
	if secret == "" {
		return "\x00"
	}
	return secret
}
