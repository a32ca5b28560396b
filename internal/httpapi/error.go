package httpapi

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Error is a call without a readable 2xx answer.
type Error struct {
	Method string
	Path   string
	// Host is the host that was called. Proxy is the host of the proxy on the way, empty if there is none.
	Host, Proxy string
	// Status is that of the answer, 0 if there was none.
	Status int
	// Code and Message are the vendor's. If the body did not have the vendor's shape, Message describes it.
	Code    string
	Message string
	// Recognized says that the body had the vendor's own shape, so the API itself has answered.
	Recognized bool
	// RequestID is the id by which the vendor can find the call, if the answer had one.
	RequestID string
	// NotSent says that the last attempt was not sent.
	NotSent bool
	// Lost says that an attempt, not necessarily the last one, was sent and got no answer or a 5xx, so the API may have
	// carried it out.
	Lost bool
	// Cause says why there is no answer, or why it could not be read.
	Cause error
}

// Error says which call failed and what the API said, without any secret.
func (e *Error) Error() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s: ", e.Method, e.Path)
	switch {
	case e.Status == 0 && e.NotSent && e.Lost:
		out.WriteString("an earlier attempt failed after it was sent, and the last one was not sent")
	case e.Status == 0 && e.NotSent:
		out.WriteString("the request was not sent")
	case e.Status == 0 && errors.Is(e.Cause, errUnread):
		out.WriteString("no usable answer")
	case e.Status == 0:
		out.WriteString("no answer")
	default:
		out.WriteString(strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))))
	}
	for _, detail := range []string{e.Code, e.Message} {
		if detail != "" {
			out.WriteString(": " + detail)
		}
	}
	if e.Cause != nil {
		fmt.Fprintf(&out, ": %v", e.Cause)
	}
	switch {
	case e.RequestID != "":
		fmt.Fprintf(&out, " (%s, request id %s)", e.Host, e.RequestID)
	case e.Host != "":
		fmt.Fprintf(&out, " (%s)", e.Host)
	}
	return out.String()
}

// Unwrap returns the cause, so that errors.Is finds a cancelled context.
func (e *Error) Unwrap() error { return e.Cause }

// Status returns the status with which the API refused a call, or 0 for every other error.
func Status(err error) int {
	if e, ok := errors.AsType[*Error](err); ok && e.Cause == nil {
		return e.Status
	}
	return 0
}

// explain copies the code and the message of a refusal into an error.
func (c *Client) explain(failed *Error, response *http.Response, body []byte) {
	failed.Code, failed.Message, failed.Recognized = c.config.DecodeError(body)
	if !failed.Recognized && failed.Message == "" {
		// Hide the secret before the text is cut: half a secret would not be recognized.
		failed.Message = describe(response.Header.Get("Content-Type"), []byte(c.Hide(string(body))))
	}
	if response.StatusCode < http.StatusBadRequest && response.Header.Get("Location") != "" {
		failed.Message = "the provider does not follow redirects; check the base URL"
	}
	failed.Code, failed.Message = c.Hide(failed.Code), c.Hide(failed.Message)
}

// Unreadable returns the error for a 2xx answer without the required content.
func Unreadable(request Request, response *Response, cause error) error {
	if isPage(response.Header.Get("Content-Type"), bytes.TrimSpace(response.Body)) {
		cause = errors.New("it is " + page)
	}
	return &Error{
		Method: request.Method, Path: EscapedPath(request.Path...), Host: response.host, Status: response.Status,
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
	return cmp.Or(header.Get("X-Request-Id"), header.Get("Request-Id"), header.Get("X-Amzn-Requestid"), header.Get("X-Amz-Apigw-Id"),
		header.Get("Cf-Ray"))
}

// withoutURL removes the URL that net/http and retryablehttp add to a cause: Error already names the path.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
