package enfinitos

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Error is a call that got no answer, a refusal, or an answer that cannot be read.
type Error = httpapi.Error

// InterruptedError reports that no create was sent, because the outcome of the same create in an earlier run is unknown. It is
// returned once: no call of the API can settle it, so a person must.
type InterruptedError struct {
	// Note is the file that recorded the earlier create, written at Written by the clock of this machine.
	Note    string
	Written time.Time
}

// Error says when the earlier create was sent.
func (e *InterruptedError) Error() string {
	return fmt.Sprintf("the outcome of an earlier create of this subscription, sent at %s, is unknown (it was recorded in %s)",
		e.Written.UTC().Format(time.RFC3339), e.Note)
}

// IsNotFound reports that the API itself answered 404. For an undocumented call that proves nothing: use Find.
func IsNotFound(err error) bool { return httpapi.IsNotFound(err) }

// OutcomeUnknown reports that a change was sent and may or may not have been made.
func OutcomeUnknown(err error) bool { return httpapi.OutcomeUnknown(err) }

// IsNoAnswer reports that the API did not answer within the time limit of an attempt.
func IsNoAnswer(err error) bool { return errors.Is(err, httpapi.ErrNoAnswer) }

// IsInvalidID reports an id that cannot be part of a path, so that nothing was sent.
func IsInvalidID(err error) bool { return errors.Is(err, httpapi.ErrPath) }

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
