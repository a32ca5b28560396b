package dfns

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Error is a call that got no answer, a refusal, or an answer that cannot be read.
type Error = httpapi.Error

// ErrPendingApproval reports a change that the API has accepted but not made: a policy requires approval first.
var ErrPendingApproval = errors.New("the change waits for the approval that a policy requires")

// NotMadeError reports a change whose answers were lost again and again. A read showed that it was not made.
type NotMadeError struct {
	// Err says what happened to the last answer.
	Err error
}

// Error says what happened and that nothing was changed.
func (e *NotMadeError) Error() string {
	return e.Err.Error() + "; a read shows that the change was not made, after several attempts"
}

// Unwrap returns what happened.
func (e *NotMadeError) Unwrap() error { return e.Err }

// AmbiguousError reports a create whose answer was lost. It is unclear which webhook the create has made, or that webhook
// could not be deleted.
type AmbiguousError struct {
	// IDs are the webhooks that the create may have made.
	IDs []string
	// Reason says why a single candidate was not deleted. It is text and not an error, because a failed deletion says nothing
	// about the create.
	Reason string
}

// Error names the webhooks.
func (e *AmbiguousError) Error() string {
	text := "the create may have made webhook " + strings.Join(e.IDs, " or ")
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// InterruptedError reports that no create was sent, because the outcome of an earlier create of the same content is unknown.
type InterruptedError struct {
	// Note is the file that records the earlier create, written at Written by the clock of this machine.
	Note    string
	Written time.Time
	// IDs are the webhooks that the earlier create may have made. They are empty when Err says why they are unknown.
	IDs []string
	Err error
}

// Error says when the earlier create was sent and names the webhooks.
func (e *InterruptedError) Error() string {
	text := fmt.Sprintf("the outcome of an earlier create of this webhook, sent at %s, is unknown (recorded in %s); ",
		e.Written.UTC().Format(time.RFC3339), e.Note)
	if e.Err != nil {
		return text + "looking for its result failed: " + e.Err.Error()
	}
	return text + "it may have made " + strings.Join(e.IDs, " or ")
}

// Unwrap returns why the outcome is unknown.
func (e *InterruptedError) Unwrap() error { return e.Err }

// IsNotFound reports that the API has no such object. A 404 of the signing flow says nothing about the object.
func IsNotFound(err error) bool {
	return !isSettled(err) && httpapi.IsNotFound(err)
}

// OutcomeUnknown reports that a change was sent and may or may not have been made.
func OutcomeUnknown(err error) bool {
	return !isSettled(err) && httpapi.OutcomeUnknown(err)
}

// IsNoAnswer reports that the API did not answer within the time limit of an attempt.
func IsNoAnswer(err error) bool { return errors.Is(err, httpapi.ErrNoAnswer) }

// IsInvalidID reports an id that cannot be part of a path, so that nothing was sent.
func IsInvalidID(err error) bool { return errors.Is(err, httpapi.ErrPath) }

// Status returns the status with which the API refused a call, or 0 for every other error.
func Status(err error) int { return httpapi.Status(err) }

// isSettled reports an error that proves that the change itself was not made.
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
