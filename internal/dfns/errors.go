package dfns

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"
)

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
