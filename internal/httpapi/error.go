package httpapi

import (
	"errors"
	"fmt"
	"net/http"
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
