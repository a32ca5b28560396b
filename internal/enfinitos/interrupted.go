package enfinitos

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// note records a create that is about to be sent. The create is sent even if the note cannot be written.
func (c *Client) note(ctx context.Context, in CreateSubscriptionRequest) *intent.Note {
	note, err := c.creates.Begin(intent.Create{
		Object: "EnfinitOS subscription " + in.Label + " " + weburl.Hide(in.URL), Digest: c.digest(in),
	})
	if err != nil {
		c.http.Debug(ctx, "Create not noted", map[string]any{"error": err.Error()})
	}
	return note
}

// tellInterrupted fails once for every earlier create of the same content whose outcome is unknown.
func (c *Client) tellInterrupted(in CreateSubscriptionRequest) error {
	for _, note := range c.creates.LeftOf(c.digest(in)) {
		note.Forget()
		return &InterruptedError{Note: note.Path, Written: note.Written}
	}
	return nil
}

// digest is equal for requests that make indistinguishable subscriptions in the same account.
func (c *Client) digest(in CreateSubscriptionRequest) string {
	in.URL = weburl.Normal(in.URL)
	in.Events = slices.Sorted(slices.Values(in.Events))
	content, _ := json.Marshal(in) // strings only
	return intent.Digest(c.key, string(content))
}
