package enfinitos

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Error is a call that the API did not answer, refused, or answered with something that cannot be read.
type Error = httpapi.Error

// InterruptedError reports that nothing was sent, because an earlier run ended before it knew what became of the same create.
// It is told once: the API has no call that could settle it, so it is for a person to do.
type InterruptedError struct {
	// Note is the file that said so, written at Written by the clock of this machine.
	Note    string
	Written time.Time
}

// Error says when that was.
func (e *InterruptedError) Error() string {
	return fmt.Sprintf("what became of an earlier create of this subscription, sent on %s, is not known (noted in %s)",
		e.Written.UTC().Format(time.RFC3339), e.Note)
}

// IsNotFound reports that the API itself answered 404. Of a call that is not documented that proves nothing: use Find.
func IsNotFound(err error) bool { return httpapi.IsNotFound(err) }

// OutcomeUnknown reports that a change was sent and that it cannot be told from here whether it was made.
func OutcomeUnknown(err error) bool { return httpapi.OutcomeUnknown(err) }

// IsNoAnswer reports that no attempt was answered in the time that one has.
func IsNoAnswer(err error) bool { return errors.Is(err, httpapi.ErrNoAnswer) }

// IsInvalidID reports an id that is none, so that nothing was sent.
func IsInvalidID(err error) bool { return errors.Is(err, httpapi.ErrPath) }

// Status returns the status the API refused a call with, and 0 for every other error.
func Status(err error) int { return httpapi.Status(err) }

// routeMissing reports an answer that a call gets when the API does not have it, and may get when the object is gone.
func routeMissing(err error) bool {
	switch Status(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}
