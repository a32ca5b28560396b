package httpapi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// Notes are the notes of creates.
func (c *Client) Notes() *intent.Log { return c.config.Notes }

// NoteProblem returns, once for each process, why a create could not be noted.
func (c *Client) NoteProblem() error { return c.Notes().Problem() }

// RememberID records that a plan or a state names an object, so no create of this client has made it. saved says that an earlier run
// has saved that state, so its note, if any, is done.
func (c *Client) RememberID(id string, saved bool) { c.names.Add(id, saved) }

// IsNamed reports that a plan, a state or an answer has named an object.
func (c *Client) IsNamed(id string) bool { return c.names.Has(id) }

// HasOwner reports that an answer or a saved state has named an object, not only an import.
func (c *Client) HasOwner(id string) bool { return c.names.HasOwner(id) }

// Creation is a create at an API that has no way to find what a create without an answer has made.
type Creation[T any] struct {
	Request Request
	// Note stays on disk until a saved state names the object, or until it is proved that the create has made none.
	Note intent.Create
	// Exists reports whether the API still has the object of the note of an earlier create. An error leaves it open.
	Exists func(ctx context.Context, note *intent.Note) (bool, error)
	// Read returns what the answer contains, and its id.
	Read func(response *Response) (made *T, id string, err error)
}

// Create makes an object, or returns an error of which OutcomeOf says what it proves. An intent.UnfinishedError means that an earlier
// create of the same content may have made the object, and that none was sent.
func Create[T any](ctx context.Context, c *Client, in Creation[T]) (*T, error) {
	if err := c.Notes().Check(ctx, in.Note.Digest, intent.Lookup{Exists: in.Exists}); err != nil {
		return nil, &ChangeError{Outcome: NotMade, Err: err}
	}
	note := c.Notes().Begin(in.Note)
	made, err := send(ctx, c, in, note)
	if err == nil {
		return made, nil
	}
	outcome, _ := OutcomeOf(err)
	if outcome == NotMade {
		note.Remove()
	}
	note.Unlock()
	return nil, &ChangeError{Outcome: outcome, Err: err}
}

func send[T any](ctx context.Context, c *Client, in Creation[T], note *intent.Note) (*T, error) {
	response, err := c.Do(ctx, in.Request)
	if err != nil {
		return nil, err
	}
	made, id, err := in.Read(response)
	if err != nil {
		return nil, err
	}
	if err := c.Accept(id, in.Note, note); err != nil {
		return nil, Unreadable(in.Request, response, err)
	}
	return made, nil
}

// Accept records the id in the answer to a create. It returns an error if the create cannot have made an object with this id.
func (c *Client) Accept(id string, create intent.Create, note *intent.Note) error {
	switch {
	case id == "":
		return errors.New("it contains no id")
	case c.names.Answered(id) || slices.Contains(create.Others, id):
		return fmt.Errorf("it is about %s, which existed before", id)
	}
	note.Answered(id)
	return nil
}
