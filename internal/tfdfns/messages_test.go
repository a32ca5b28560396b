package tfdfns

import (
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
)

// TestMessages keeps what only Dfns has to say for review: it must be true for the outcome that the error proves. TestAdvice has the rest.
func TestMessages(t *testing.T) {
	t.Parallel()
	var webhook webhookModel
	webhook.ID, webhook.URL = types.StringValue("wh-1"), types.StringValue("https://hooks.example.com/secret/path?x=1")
	call := func(status int, change ...func(*httpapi.Error)) error {
		out := &httpapi.Error{Method: "POST", Path: "/webhooks", Status: status, Recognized: true, Message: "the API's words"}
		for _, c := range change {
			c(out)
		}
		return out
	}
	foreign := func(e *httpapi.Error) { e.Recognized = false }
	says := func(text string) func(*httpapi.Error) { return func(e *httpapi.Error) { e.Message = text } }
	change := func(outcome httpapi.Outcome, err error) error {
		return &httpapi.ChangeError{Outcome: outcome, Err: err}
	}
	signing := func(challenged bool, err error) error {
		return change(httpapi.NotMade, &dfns.SigningError{Err: err, Challenged: challenged})
	}
	pending := fmt.Errorf("POST /webhooks: 202 Accepted: %w", dfns.ErrPendingApproval)
	expired := &dfns.ExpiredError{Err: call(401), At: time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC)}
	var out strings.Builder
	show := func(d diag.Diagnostic) {
		fmt.Fprintf(&out, "%s: %s\n%s\n\n----\n", d.Severity(), d.Summary(), d.Detail())
	}
	for _, of := range []struct {
		operation string
		errs      []error
	}{
		{"create", []error{
			change(httpapi.Unknown, pending), change(httpapi.Unknown, expired), call(403), call(403, says("user action signature is missing or invalid")),
			signing(false, dfns.ErrUnsigned), signing(false, &dfns.CredentialError{ID: "cr-1", Allowed: []string{"cr-2"}}), signing(true, call(400)), signing(true, call(401)),
		}},
		{"read", []error{call(401), call(402), call(402, foreign), call(403), &dfns.ContradictionError{Err: call(404)}, expired, call(403, foreign, says("user action signature"))}},
		{"update", []error{pending, change(httpapi.Unknown, errors.New("EOF"))}},
	} {
		for _, err := range of.errs {
			show(advice.Failed(of.operation, webhook.Name(), err))
		}
	}
	show(advice.ActionFailed("ping", "Dfns webhook", "webhook wh-1", change(httpapi.Unknown, errors.New("EOF"))))
	show(advice.LookupFailed("read events", "the events of webhook wh-1", call(403)))
	for _, recovery := range []dfns.Recovery{{Resent: true}, {Confirmed: true}, {Removed: "wh-2"}} {
		show(recovered("update", webhook, recovery)[0])
	}
	if strings.Contains(out.String(), "secret/path") {
		t.Error("a message contains the path of a url")
	}
	golden.File(t, "messages.txt", out.String())
}
