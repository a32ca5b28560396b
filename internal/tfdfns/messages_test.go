package tfdfns

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/golden"
	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// TestMessages keeps every error text for review: what a person reads must be true for the outcome that the error proves.
func TestMessages(t *testing.T) {
	t.Parallel()
	var webhook, created webhookModel
	webhook.ID, webhook.URL = types.StringValue("wh-1"), types.StringValue("https://hooks.example.com/secret/path?x=1")
	created.URL = webhook.URL
	call := func(status int, change ...func(*dfns.Error)) error {
		out := &dfns.Error{Method: "POST", Path: "/webhooks", Status: status, Recognized: true, Message: "the API's words"}
		for _, c := range change {
			c(out)
		}
		return out
	}
	foreign := func(e *dfns.Error) {
		e.Recognized, e.Message = false, "an HTML page, so a proxy may have answered instead of the API"
	}
	says := func(text string) func(*dfns.Error) { return func(e *dfns.Error) { e.Message = text } }
	because := func(cause error) func(*dfns.Error) { return func(e *dfns.Error) { e.Message, e.Cause = "", cause } }
	unsent := func(e *dfns.Error) { e.NotSent, e.Message = true, "" }
	change := func(outcome httpapi.Outcome, err error, ids ...string) error {
		return &httpapi.ChangeError{Outcome: outcome, Err: err, IDs: ids}
	}
	cut := call(0, because(errors.New("EOF")))
	note := &intent.Note{
		Path: ".terraform/webhook/default/note.json", Sent: time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC),
		Create: intent.Create{Object: "Dfns webhook https://hooks.example.com"},
	}
	unfinished := func(reason intent.Reason, ids ...string) error {
		return change(httpapi.NotMade, &intent.UnfinishedError{Note: note, Reason: reason, IDs: ids, Err: call(500)})
	}
	signing := func(challenged bool, err error) error {
		return change(httpapi.NotMade, &dfns.SigningError{Err: err, Challenged: challenged})
	}
	operations := []struct {
		operation string
		errs      []error
	}{
		{"create", []error{
			change(httpapi.Unknown, cut, "wh-2", "wh-3"), change(httpapi.Unknown, cut), change(httpapi.Made, cut, "wh-2"), change(httpapi.NotMade, cut),
			change(httpapi.NotMade, call(400)), change(httpapi.NotMade, call(403)), change(httpapi.NotMade, call(403, says("user action signature is missing or invalid"))),
			change(httpapi.NotMade, call(403, foreign)), change(httpapi.NotMade, call(429)), change(httpapi.NotMade, call(0, unsent, because(context.DeadlineExceeded))),
			change(httpapi.NotMade, call(0, unsent, because(context.Canceled))), change(httpapi.Unknown, fmt.Errorf("POST /webhooks: 202 Accepted: %w", dfns.ErrPendingApproval)),
			unfinished(intent.InProgress), unfinished(intent.Exists, "wh-2"), unfinished(intent.MayExist, "wh-2", "wh-3"), unfinished(intent.Pending),
			unfinished(intent.Unlisted), unfinished(intent.Unclear),
			signing(false, dfns.ErrUnsigned), signing(false, &dfns.CredentialError{ID: "cr-1", Allowed: []string{"cr-2"}}), signing(true, call(400)), signing(true, call(401)),
			change(httpapi.NotMade, fmt.Errorf("listing the webhooks before the create failed: %w", call(500))),
		}},
		{"read", []error{
			call(401), call(403), call(403, foreign), call(404), call(404, foreign), call(429), call(500), call(301, foreign), cut,
			call(200, because(errors.New("the answer cannot be read: it is not a webhook"))), &dfns.ContradictionError{Err: call(404)},
			call(0, because(httpapi.ErrNoAnswer)), call(402), httpapi.CheckPath("webhooks", ".."),
			&dfns.ExpiredError{Err: call(401), At: note.Sent},
		}},
		{"update", []error{change(httpapi.Unknown, cut), change(httpapi.NotMade, cut), &httpapi.NotFoundError{Err: call(404)}}},
		{"delete", []error{change(httpapi.Unknown, cut), change(httpapi.NotMade, call(200, because(errors.New("the answer cannot be read: it does not say that the webhook was deleted"))))}},
		{"ping", []error{change(httpapi.Unknown, cut)}},
	}
	var out strings.Builder
	show := func(d diag.Diagnostic) {
		fmt.Fprintf(&out, "%s: %s\n%s\n\n----\n", d.Severity(), d.Summary(), d.Detail())
	}
	for _, of := range operations {
		for _, err := range of.errs {
			named := webhook
			if of.operation == "create" {
				named = created
			}
			show(failed(of.operation, named, err))
		}
	}
	for _, recovery := range []dfns.Recovery{{Resent: true}, {Confirmed: true}, {Removed: "wh-2"}} {
		show(recovered("update", webhook, recovery)[0])
	}
	if strings.Contains(out.String(), "secret/path") {
		t.Error("a message contains the path of a url")
	}
	golden.File(t, "messages.txt", out.String())
}
