package tfenfinitos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/golden"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// TestMessages keeps every error text for review: what a person reads must be true for the outcome that the error proves.
func TestMessages(t *testing.T) {
	t.Parallel()
	var webhook webhookModel
	webhook.ID, webhook.Label = types.StringValue("whs_1"), types.StringValue("rights ledger")
	webhook.URL = types.StringValue("https://hooks.example.com/secret/path?x=1")
	call := func(status int, changes ...func(*enfinitos.Error)) error {
		out := &enfinitos.Error{Method: "POST", Path: "/v1/webhooks", Host: "api.enfinitos.com", Status: status, Recognized: true, Message: "the API's words"}
		for _, change := range changes {
			change(out)
		}
		return out
	}
	foreign := func(e *enfinitos.Error) { e.Recognized, e.Message = false, `{"detail":"Not Found"}` }
	because := func(cause error) func(*enfinitos.Error) {
		return func(e *enfinitos.Error) { e.Message, e.Cause = "", cause }
	}
	unsent := func(e *enfinitos.Error) { e.NotSent, e.Message = true, "" }
	change := func(outcome httpapi.Outcome, err error) error {
		return &httpapi.ChangeError{Outcome: outcome, Err: err}
	}
	cut := call(0, because(errors.New("EOF")))
	unfinished := func(reason intent.Reason, ids ...string) error {
		return change(httpapi.NotMade, &intent.UnfinishedError{Reason: reason, IDs: ids, Note: &intent.Note{
			Path: ".terraform/webhook/default/note.json", Sent: time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC),
			Create: intent.Create{Object: `EnfinitOS subscription "rights ledger" https://hooks.example.com`},
		}})
	}
	var out strings.Builder
	show := func(d diag.Diagnostic) {
		fmt.Fprintf(&out, "%s: %s\n%s\n\n----\n", d.Severity(), d.Summary(), d.Detail())
	}
	for _, of := range []struct {
		operation string
		errs      []error
	}{
		{"create", []error{
			change(httpapi.Unknown, cut), change(httpapi.Unknown, call(502, foreign)), change(httpapi.Unknown, call(404, foreign)),
			change(httpapi.Unknown, call(201, because(errors.New("the answer cannot be read: it contains no subscription")))),
			change(httpapi.NotMade, call(422)), change(httpapi.NotMade, call(401)), change(httpapi.NotMade, call(403)),
			change(httpapi.NotMade, call(404)), change(httpapi.NotMade, call(429)),
			change(httpapi.NotMade, call(0, unsent, because(context.DeadlineExceeded))), change(httpapi.NotMade, call(0, unsent, because(context.Canceled))),
			unfinished(intent.InProgress), unfinished(intent.Exists, "whs_2"), unfinished(intent.Unlisted),
		}},
		{"read", []error{
			call(401), call(403), call(403, foreign), call(404, foreign), call(429), call(500), call(301, foreign), cut, call(200),
			call(200, because(errors.New("the answer cannot be read: it lacks the field ok"))), call(0, because(httpapi.ErrNoAnswer)),
			call(0, unsent, because(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})), httpapi.ErrPath, errors.New("api_key is not known yet"),
		}},
		{"update", []error{
			cut, call(404, foreign), &httpapi.NotFoundError{Err: call(404)}, change(httpapi.Unknown, call(404, foreign)),
			change(httpapi.Unknown, call(302, foreign)), change(httpapi.Unknown, call(200)),
		}},
		{"delete", []error{cut, call(404, foreign), call(405), change(httpapi.Unknown, call(200))}},
	} {
		for _, err := range of.errs {
			show(failed(of.operation, webhook, err))
		}
	}
	for _, err := range []error{cut, change(httpapi.NotMade, call(404)), change(httpapi.Unknown, call(404, foreign)), change(httpapi.NotMade, call(403))} {
		show(actionFailed("replay EnfinitOS delivery", "Delivery dlv_1", err))
	}
	show(lookupFailed("the deliveries of subscription whs_1", call(403)))
	show(actionFailed("replay EnfinitOS delivery", "Delivery ..", httpapi.ErrPath))
	show(lookupFailed("subscription ..", httpapi.ErrPath))
	show(lookupFailed("subscription whs_1", &httpapi.NotFoundError{Err: call(404)}))
	show(notPaused(webhook, cut))
	show(pausedAndLeft(webhook))
	webhook.Secret = types.StringValue("whsec_1")
	show(rotatedOutside(webhook, &enfinitos.Subscription{SecretLastRotatedAt: "2026-10-02T12:00:00Z"})[0])
	show(object.DeletedOutside(webhook.Name()))
	show(object.WithoutSecret(webhook.Name(), nil))
	if strings.Contains(out.String(), "secret/path") {
		t.Error("a message contains the path of a url")
	}
	golden.File(t, "messages.txt", out.String())
}

// A rotation is reported to those who hold the secret that no longer signs, and to nobody else.
func TestRotationWarning(t *testing.T) {
	t.Parallel()
	const known, later = "2026-10-01T12:00:00Z", "2026-10-02T12:00:00Z"
	for name, test := range map[string]struct {
		secret, state, server string
		warns                 bool
	}{
		"rotated since":                  {"whsec_1", known, later, true},
		"rotated for the first time":     {"whsec_1", "", later, true},
		"as known":                       {"whsec_1", known, known, false},
		"the API does not tell any more": {"whsec_1", known, "", false},
		"an imported one":                {"", known, later, false},
	} {
		var state webhookModel
		state.Secret, state.SecretLastRotatedAt = tfwebhook.StringOrNull(test.secret), tfwebhook.StringOrNull(test.state)
		if got := rotatedOutside(state, &enfinitos.Subscription{SecretLastRotatedAt: test.server}); (len(got) == 1) != test.warns {
			t.Errorf("%s: it says %v", name, got)
		}
	}
}
