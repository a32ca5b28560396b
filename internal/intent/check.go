package intent

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Lookup asks a vendor about the create of a note.
type Lookup struct {
	// Exists reports whether the vendor still has the object with the note's id, which is at least as old as the note. An error leaves
	// it open.
	Exists func(ctx context.Context, note *Note) (bool, error)
	// Candidates returns the objects that a create without an answer may have made. Nil means that the vendor lists no objects.
	Candidates func(ctx context.Context, note *Note) ([]string, error)
}

// Reason says why an earlier create stops the next one of the same content.
type Reason int

// The reasons.
const (
	// InProgress means that another process is making it now.
	InProgress Reason = iota
	// Exists means that it has made an object, which still exists.
	Exists
	// MayExist means that it may have made one of the objects named.
	MayExist
	// Pending means that it waits for approval.
	Pending
	// Unlisted means that the vendor lists no objects, so only a person can look. It stops only one create.
	Unlisted
	// Unclear means that looking for its result failed.
	Unclear
)

// UnfinishedError reports that no create was sent, because an earlier one of the same content is not finished.
type UnfinishedError struct {
	Note   *Note
	Reason Reason
	// IDs are the objects that the earlier create has made or may have made.
	IDs []string
	// Err says why looking failed.
	Err error
}

// Error says what is known of the earlier create.
func (e *UnfinishedError) Error() string {
	ids := strings.Join(e.IDs, ", ")
	said := map[Reason]string{
		InProgress: "is in progress in another process",
		Exists:     "made " + ids + ", which still exists, and no state that this run was given names it",
		MayExist:   "was not answered and may have made " + ids,
		Pending:    "waits for the approval that a policy requires",
		Unlisted:   "was not answered, so it is unknown whether it made anything",
		Unclear:    fmt.Sprintf("is not finished, and looking for its result failed: %v", e.Err),
	}
	return fmt.Sprintf("an earlier create of %s, last sent at %s, %s", e.Note.Object, e.Note.Sent.UTC().Format(time.RFC3339), said[e.Reason])
}

// Unwrap returns why looking failed.
func (e *UnfinishedError) Unwrap() error { return e.Err }

// Check fails if an earlier create of the same content may have made an object that no state names. A note that proves to be done
// goes. Creates of this process stop nothing unless their outcome is unknown: Terraform is about to save what they make.
func (l *Log) Check(ctx context.Context, digest string, api Lookup) error {
	for _, note := range l.read() {
		own := note.Run == l.run && (note.ID != "" || note.held)
		if note.Digest != digest || own {
			continue
		}
		unfinished := note.check(ctx, api)
		if unfinished == nil || unfinished.Reason == Unlisted {
			note.Remove()
		}
		if unfinished != nil {
			return unfinished
		}
	}
	return nil
}

// check returns why the create of a note stops the next one, or nil if it does not.
func (n *Note) check(ctx context.Context, api Lookup) *UnfinishedError {
	var ids []string
	var err error
	reason := MayExist
	switch {
	case n.held:
		return &UnfinishedError{Note: n, Reason: InProgress}
	case n.ID != "":
		reason = Exists
		var exists bool
		if exists, err = api.Exists(ctx, n); exists {
			ids = []string{n.ID}
		}
	case n.Pending:
		return &UnfinishedError{Note: n, Reason: Pending}
	case api.Candidates == nil:
		return &UnfinishedError{Note: n, Reason: Unlisted}
	default:
		ids, err = api.Candidates(ctx, n)
	}
	switch {
	case err != nil:
		return &UnfinishedError{Note: n, Reason: Unclear, Err: err}
	case len(ids) > 0:
		return &UnfinishedError{Note: n, Reason: reason, IDs: ids}
	}
	return nil
}
