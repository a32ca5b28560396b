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

// Error is a call that did not end in a 2xx answer that could be read.
type Error struct {
	Method string
	Path   string
	// Status is the answer's, 0 when there was none.
	Status int
	// Code and Message are the vendor's own. Where the body was not in the vendor's shape, Message describes it.
	Code    string
	Message string
	// Recognized says that the body was in the vendor's shape, so the API itself has answered.
	Recognized bool
	// RequestID is the id by which the vendor can find the call, where it sent one.
	RequestID string
	// NotSent says that the request never left.
	NotSent bool
	// Lost says that an attempt, not necessarily the last one, left and was not answered, so it may have been carried out.
	Lost bool
	// Cause is why there is no answer, or why it could not be read.
	Cause error
}

// Error says which call failed and what the API said, without any secret.
func (e *Error) Error() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s: ", e.Method, e.Path)
	switch {
	case e.Status == 0 && e.NotSent && e.Lost:
		out.WriteString("no answer to an attempt, and the last one was not sent")
	case e.Status == 0 && e.NotSent:
		out.WriteString("the request was not sent")
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
	if e.RequestID != "" {
		fmt.Fprintf(&out, " (request id %s)", e.RequestID)
	}
	return out.String()
}

// Unwrap returns the cause, so that errors.Is finds a cancelled context.
func (e *Error) Unwrap() error { return e.Cause }

// Status returns the status the API refused a call with, and 0 for every other error.
func Status(err error) int {
	if e, ok := errors.AsType[*Error](err); ok && e.Cause == nil {
		return e.Status
	}
	return 0
}

// IsNotFound reports a 404 in the vendor's own shape. A 404 that a proxy or a wrong base URL answers is not one.
func IsNotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusNotFound && e.Recognized
}

// OutcomeUnknown reports that a request left, in whichever attempt, and that nothing trustworthy came back, so it may have
// been carried out.
func OutcomeUnknown(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Lost || !e.NotSent && (e.Cause != nil || e.Status >= http.StatusInternalServerError))
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
