// Package httpapi is what the clients of every vendor share: one way to send a JSON request, to retry it where that is
// safe, to keep to the vendor's limits, to log it without its secrets, and to turn a refusal into an error.
package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// maxAnswer bounds how much of an answer is read. The largest honest one, a page of 200 items, is far below it.
const maxAnswer = 16 << 20

// Config says how a vendor's API is called.
type Config struct {
	// BaseURL is where the API lives. It may carry a path, which is put before every request's path.
	BaseURL string
	// BearerToken authenticates every request.
	BearerToken string
	// UserAgent names the program that calls.
	UserAgent string
	// MaxRetries is how often a request is sent again after its first attempt.
	MaxRetries int
	// RetryWait is the pause before the first retry; it doubles with each further one. Zero means half a second.
	RetryWait time.Duration
	// RequestTimeout bounds one attempt. Zero means no bound but the context's.
	RequestTimeout time.Duration
	// Logger receives every call. Nil means none is logged.
	Logger Logger
	// LoggedFields names the JSON fields whose values may be logged. Those of every other field are hidden, so that a
	// secret in a field nobody thought of stays secret.
	LoggedFields []string
	// DecodeError reads the code and the message of a refusal from its body. It reports false for a body that is not in
	// the vendor's shape, such as the page of a proxy.
	DecodeError func(body []byte) (code, message string, ok bool)
	// Transport sends the requests. Nil means over the network.
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
	// Path holds the elements of the path. Each is escaped, and one that no escaping keeps in its place ("", "." and "..")
	// is refused, so an id can never reach another path.
	Path  []string
	Query url.Values
	// Header is sent beside what every request carries.
	Header http.Header
	// Body is sent exactly as it is. Nil means no body.
	Body []byte
	// Repeatable says that sending the request twice does no more than sending it once. Every GET is repeatable.
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
	config.RetryWait = cmp.Or(config.RetryWait, 500*time.Millisecond)
	c := &Client{
		config: config,
		base:   base,
		limit:  newGate(),
		hide:   strings.NewReplacer(cmp.Or(config.BearerToken, "\x00"), "(hidden)"), // an empty text is found everywhere
	}
	httpClient := &http.Client{
		Transport: c.chain(),
		// A redirected change would arrive as a GET and its answer look like success, and the token could go elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.reads = c.retrying(httpClient, retryablehttp.DefaultRetryPolicy)
	c.changes = c.retrying(httpClient, retryChange)
	return c, nil
}

// Hide returns a text of the API's, which may quote the token, without it.
func (c *Client) Hide(text string) string { return c.hide.Replace(text) }

// chain puts the transports in order, outermost first: each attempt is watched, logged, measured against the limits.
func (c *Client) chain() http.RoundTripper {
	buffered := &buffering{next: c.config.Transport, hide: c.hide, timeout: c.config.RequestTimeout}
	if buffered.next == nil {
		pool := cleanhttp.DefaultPooledTransport()
		pool.MaxIdleConnsPerHost = pool.MaxIdleConns // there is one host, and Terraform's -parallelism is not known here
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

// ErrPath reports a path that is not called, because of an element that no escaping keeps in its place.
var ErrPath = errors.New("cannot be part of a path")

// CheckPath returns an ErrPath for a path that Do would refuse.
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
	maps.Copy(out.Header, request.Header)
	out.Header.Set("Authorization", "Bearer "+c.config.BearerToken)
	out.Header.Set("Accept", "application/json")
	out.Header.Set("Content-Type", "application/json")
	out.Header.Set("User-Agent", c.config.UserAgent)
	return out, nil
}

func (c *Client) read(response *http.Response, failed *Error) (*Response, error) {
	failed.Status = response.StatusCode
	failed.RequestID = c.Hide(requestID(response.Header))
	body, _ := io.ReadAll(response.Body) // in memory already, so it cannot fail
	if response.StatusCode < 200 || response.StatusCode > 299 {
		c.explain(failed, response, body)
		return nil, failed
	}
	return &Response{Status: response.StatusCode, Header: response.Header, Body: body}, nil
}

// ErrNoAnswer reports an attempt that took longer than Config.RequestTimeout. The end of a context is another matter.
var ErrNoAnswer = errors.New("no answer within the time that one attempt has")

// buffering reads each answer whole, so that a connection cut in the middle of one is an error like any other and the
// retries see it. So it also knows when an attempt is over, and bounds it.
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
		return nil, errors.New(err.Error()) // a timeout of the network's own, such as that of a dial
	}
	if err != nil && errors.Is(context.Cause(ctx), ErrNoAnswer) {
		return nil, fmt.Errorf("%w (%s)", ErrNoAnswer, b.timeout)
	}
	return response, err
}

// isOver reports whether a context has ended. At its deadline others can know before it does.
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
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// explain fills an error with what a refusal says.
func (c *Client) explain(failed *Error, response *http.Response, body []byte) {
	failed.Code, failed.Message, failed.Recognized = c.config.DecodeError(body)
	if !failed.Recognized && failed.Message == "" {
		// The secret goes before the text is shortened: half of it would not be found.
		failed.Message = describe(response.Header.Get("Content-Type"), []byte(c.Hide(string(body))))
	}
	if response.StatusCode < http.StatusBadRequest && response.Header.Get("Location") != "" {
		failed.Message = "a redirect, which is not followed; is the base URL right?"
	}
	failed.Code, failed.Message = c.Hide(failed.Code), c.Hide(failed.Message)
}

// Unreadable is the error for a 2xx answer that does not hold what it must, and why.
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

// describe says in a few words what a body is that nobody can decode.
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

// requestID finds the id by which a vendor's support can find a call. No page says which header holds it.
func requestID(header http.Header) string {
	return cmp.Or(header.Get("X-Request-Id"), header.Get("X-Amzn-Requestid"), header.Get("X-Amz-Apigw-Id"), header.Get("Cf-Ray"))
}

// withoutURL drops the URL that net/http and retryablehttp put around a cause: the error names the path itself.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// withoutSecret returns an error whose text holds no secret. net/http quotes what a server sends in place of HTTP.
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

// Unwrap returns the error as it was, for errors.Is.
func (e *hiddenError) Unwrap() error { return e.cause }
