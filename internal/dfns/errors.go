package dfns

import (
	"encoding/json"
	"errors"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Error is a call that the API did not answer, refused, or answered with something that cannot be read.
type Error = httpapi.Error

// ErrPendingApproval reports a change that the API accepted but holds back until a policy's approvers agree.
var ErrPendingApproval = errors.New("a policy holds the change back until it is approved")

// IsNotFound reports that the API has no such object. A 404 of the signing flow says nothing about the object.
func IsNotFound(err error) bool {
	return !isSigning(err) && httpapi.IsNotFound(err)
}

// OutcomeUnknown reports that a change was sent and that it cannot be told from here whether it was made.
func OutcomeUnknown(err error) bool {
	return !isSigning(err) && httpapi.OutcomeUnknown(err)
}

// Status returns the status the API refused a call with, and 0 for every other error.
func Status(err error) int { return httpapi.Status(err) }

func isSigning(err error) bool {
	var signing *SigningError
	return errors.As(err, &signing)
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
