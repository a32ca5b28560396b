package dfns

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Error is a call that the API did not answer, refused, or answered with something that cannot be read.
type Error = httpapi.Error

// ErrPendingApproval reports a change that the API accepted but holds back until a policy's approvers agree.
var ErrPendingApproval = errors.New("a policy holds the change back until it is approved")

// NotMadeError reports a change whose answers kept getting lost and that reading showed not to be made. Nothing is left
// of it.
type NotMadeError struct {
	// Err is what happened to the last answer.
	Err error
}

// Error says what happened and that nothing was changed.
func (e *NotMadeError) Error() string {
	return e.Err.Error() + "; reading shows that the change was not made, after several attempts"
}

// Unwrap returns what happened.
func (e *NotMadeError) Unwrap() error { return e.Err }

// AmbiguousError reports a create whose answer was lost and of which it cannot be told which webhook it made, or which
// made one that could not be removed.
type AmbiguousError struct {
	// IDs are the webhooks that it may have made.
	IDs []string
	// Reason says why they were left, empty when there are several. It is text only: what an attempt to remove a webhook
	// ended in says nothing about the create.
	Reason string
}

// Error names the webhooks.
func (e *AmbiguousError) Error() string {
	text := "the webhook that was made may be " + strings.Join(e.IDs, " or ")
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// InterruptedError reports that nothing was sent, because an earlier create of the same content may have made a webhook and
// it was never known whether it has.
type InterruptedError struct {
	// Note is the file that says so, written at Written by the clock of this machine. Without it nobody would know.
	Note    string
	Written time.Time
	// IDs are the webhooks that it may have made, none when Err says why that cannot be told.
	IDs []string
	Err error
}

// Error says when that was and names the webhooks.
func (e *InterruptedError) Error() string {
	text := fmt.Sprintf("what became of an earlier create of this webhook, sent on %s, is not known (noted in %s); ",
		e.Written.UTC().Format(time.RFC3339), e.Note)
	if e.Err != nil {
		return text + "whether it made one cannot be told: " + e.Err.Error()
	}
	return text + "it may have made " + strings.Join(e.IDs, " or ")
}

// Unwrap returns why it cannot be told.
func (e *InterruptedError) Unwrap() error { return e.Err }

// IsNotFound reports that the API has no such object. A 404 of the signing flow says nothing about the object.
func IsNotFound(err error) bool {
	return !isSettled(err) && httpapi.IsNotFound(err)
}

// OutcomeUnknown reports that a change was sent and that it cannot be told from here whether it was made.
func OutcomeUnknown(err error) bool {
	return !isSettled(err) && httpapi.OutcomeUnknown(err)
}

// IsNoAnswer reports that no attempt was answered in the time that one has.
func IsNoAnswer(err error) bool { return errors.Is(err, httpapi.ErrNoAnswer) }

// IsInvalidID reports an id that is none, so that nothing was sent.
func IsInvalidID(err error) bool { return errors.Is(err, httpapi.ErrPath) }

// Status returns the status the API refused a call with, and 0 for every other error.
func Status(err error) int { return httpapi.Status(err) }

// isSettled reports an error after which it is certain that the change itself was not made.
func isSettled(err error) bool {
	var signing *SigningError
	var not *NotMadeError
	var interrupted *InterruptedError
	return errors.As(err, &signing) || errors.As(err, &not) || errors.As(err, &interrupted)
}

func isAmbiguous(err error) bool {
	_, ok := errors.AsType[*AmbiguousError](err)
	return ok
}

// decodeError reads the vendor's error shape, {"error": {"id", "message"}}, and the top-level message that some of the
// official SDKs read instead.
func decodeError(body []byte) (code, message string, ok bool) {
	var in struct {
		Error *struct {
			Message string `json:"message"`
		} `json:"error"`
		Message string `json:"message"`
	}
	switch {
	case json.Unmarshal(body, &in) != nil:
		return "", "", false
	case in.Error != nil && in.Error.Message != "":
		return "", in.Error.Message, true
	}
	return "", in.Message, in.Message != ""
}
