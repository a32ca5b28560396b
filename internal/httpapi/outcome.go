package httpapi

import (
	"errors"
	"net/http"
	"strings"
)

// Outcome says what is proved about a change that did not succeed.
type Outcome int

// The outcomes of a change.
const (
	// NotMade means that the API has not made the change, and will not.
	NotMade Outcome = iota
	// Unknown means that nothing proves whether the API has made the change.
	Unknown
	// Made means that the API has made the change, although it could not be completed.
	Made
)

// String returns the outcome as a test or a log shows it.
func (o Outcome) String() string { return [...]string{"not made", "unknown", "made"}[o] }

// ChangeError is a change that did not succeed. What is said about it is made from its fields, so that no text can claim more than
// is proved.
type ChangeError struct {
	Outcome Outcome
	// IDs are the objects that the change has made, or may have made if the outcome is unknown.
	IDs []string
	// Err says what went wrong.
	Err error
}

// Error says what went wrong and what is proved about it.
func (e *ChangeError) Error() string {
	ids := strings.Join(e.IDs, ", ")
	switch {
	case e.Outcome == NotMade:
		return e.Err.Error() + "; the change was not made"
	case e.Outcome == Made:
		return e.Err.Error() + "; the change was made: " + ids
	case len(e.IDs) > 0:
		return e.Err.Error() + "; it is unknown whether the change was made; it may have made " + ids
	}
	return e.Err.Error() + "; it is unknown whether the change was made"
}

// Unwrap returns what went wrong.
func (e *ChangeError) Unwrap() error { return e.Err }

// OutcomeOf returns what an error proves about the change that it ended, and the objects that the change has or may have made. A
// single call proves that nothing was made if it was not sent, or if it was refused in the vendor's own shape.
func OutcomeOf(err error) (Outcome, []string) {
	if change, ok := errors.AsType[*ChangeError](err); ok {
		return change.Outcome, change.IDs
	}
	if call, ok := errors.AsType[*Error](err); ok && call.outcomeUnknown() {
		return Unknown, nil
	}
	return NotMade, nil
}

// outcomeUnknown reports that the API may have carried out the call.
func (e *Error) outcomeUnknown() bool {
	refused := e.Cause == nil && e.Status >= http.StatusMultipleChoices && e.Status < http.StatusInternalServerError &&
		(e.Recognized || e.Status == http.StatusTooManyRequests)
	return e.Lost || !e.NotSent && !refused
}
