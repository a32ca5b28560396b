package dfns

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Error is a call that got no answer, a refusal, or an answer that cannot be read.
type Error = httpapi.Error

// ErrPendingApproval reports a change that the API has accepted but not made: a policy requires approval first.
var ErrPendingApproval = errors.New("the change waits for the approval that a policy requires")

// ContradictionError reports a webhook that the API says not to have, and that it lists.
type ContradictionError struct {
	// Err is the 404.
	Err error
}

// Error says what contradicts what.
func (e *ContradictionError) Error() string {
	return e.Err.Error() + "; but a list that was read after that contains the webhook"
}

// Unwrap returns the 404.
func (e *ContradictionError) Unwrap() error { return e.Err }

// ExpiredError is a 401 to a token that, by its own claim, has expired.
type ExpiredError struct {
	// Err is the 401.
	Err error
	// At is when the token expired.
	At time.Time
}

// Error says what the API said.
func (e *ExpiredError) Error() string { return e.Err.Error() }

// Unwrap returns the 401.
func (e *ExpiredError) Unwrap() error { return e.Err }

// The outcomes of a change that did not succeed.
const (
	NotMade = httpapi.NotMade
	Unknown = httpapi.Unknown
	Made    = httpapi.Made
)

// OutcomeOf returns what an error proves about the change that it ended, and the ids of what the change has or may have made.
func OutcomeOf(err error) (httpapi.Outcome, []string) { return httpapi.OutcomeOf(err) }

// Unreachable says what is in the way of a call that was not answered, and what to do. For every other error it returns "".
func Unreachable(err error) string { return httpapi.Unreachable(err) }

// IsNotFound reports that it is proved that the API has no such object.
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

// isOwn404 reports a 404 in the vendor's own shape.
func isOwn404(err error) bool {
	refused, ok := errors.AsType[*httpapi.Error](err)
	return ok && refused.Status == http.StatusNotFound && refused.Recognized
}

// decodeError reads the vendor's error shape, {"error": {"id", "message"}}. Some of the official SDKs read a top-level message
// instead, but so do gateways write: it is shown, and does not prove that the API itself has answered.
func decodeError(body []byte) (code, message string, ok bool) {
	var in struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &in) != nil {
		return "", "", false
	}
	return "", cmp.Or(in.Error.Message, in.Message), in.Error.Message != ""
}
