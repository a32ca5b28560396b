package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Error is a call without a readable 2xx answer.
type Error struct {
	Method string
	Path   string
	// Status is the status of the answer, 0 if there was none.
	Status int
	// Code and Message are the vendor's. If the body did not have the vendor's shape, Message describes it.
	Code    string
	Message string
	// Recognized says that the body had the vendor's shape, so the API itself has answered.
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

// Status returns the status with which the API refused a call, or 0 for every other error.
func Status(err error) int {
	var e *Error
	if errors.As(err, &e) && e.Cause == nil {
		return e.Status
	}
	return 0
}

// IsNotFound reports a 404 in the vendor's shape. A 404 from a proxy or a wrong base URL does not count.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.Recognized
}

// OutcomeUnknown reports that an attempt was sent and got no trustworthy answer, so the API may have carried it out.
func OutcomeUnknown(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Lost || !e.NotSent && (e.Cause != nil || e.Status >= http.StatusInternalServerError)
}
