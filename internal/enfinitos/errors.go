package enfinitos

import (
	"errors"
	"net/http"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Error is a call that got no answer, a refusal, or an answer that cannot be read.
type Error = httpapi.Error

// The outcomes of a change that did not succeed.
const (
	NotMade = httpapi.NotMade
	Unknown = httpapi.Unknown
)

// OutcomeOf returns what an error proves about the change that it ended.
func OutcomeOf(err error) httpapi.Outcome {
	outcome, _ := httpapi.OutcomeOf(err)
	return outcome
}

// Unreachable says what is in the way of a call that was not answered, and what to do. For every other error it returns "".
func Unreachable(err error) string { return httpapi.Unreachable(err) }

// IsNotFound reports that it is proved that the API has no such subscription.
func IsNotFound(err error) bool { return httpapi.IsNotFound(err) }

// IsNoAnswer reports that the API did not answer within the time limit of an attempt.
func IsNoAnswer(err error) bool { return errors.Is(err, httpapi.ErrNoAnswer) }

// IsInvalidID reports an id that cannot be part of a path, so that nothing was sent.
func IsInvalidID(err error) bool { return errors.Is(err, httpapi.ErrPath) }

// IsCut reports the end of a list that has more pages than may be read.
func IsCut(err error) bool {
	_, ok := errors.AsType[httpapi.MorePagesError](err)
	return ok
}

// Status returns the status with which the API refused a call, or 0 for every other error.
func Status(err error) int { return httpapi.Status(err) }

// routeMissing reports the answer to a call that the API does not have. A deleted object may cause the same answer.
func routeMissing(err error) bool {
	switch Status(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// gone returns a *httpapi.NotFoundError for a 404 in the vendor's envelope from a documented call, and every other error unchanged.
func gone(err error) error {
	refused, ok := errors.AsType[*httpapi.Error](err)
	if ok && refused.Status == http.StatusNotFound && refused.Recognized {
		return &httpapi.NotFoundError{Err: err}
	}
	return err
}
