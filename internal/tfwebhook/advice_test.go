package tfwebhook_test

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

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/golden"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// acme is the advice of a vendor that has nothing of its own.
var acme = tfwebhook.Advice{
	Object:     tfwebhook.Object{Vendor: "Acme", Noun: "hook"},
	URLSetting: "base_url (ACME_URL)", AuthSetting: "key (ACME_KEY)", Site: "the account",
	Forbidden: "The key lacks %s.", Permissions: map[string]string{"create": "hooks:write", "read": "hooks:read"},
}

// refused is a call that the API itself has refused, unless the changes say otherwise.
func refused(status int, changes ...func(*httpapi.Error)) error {
	out := &httpapi.Error{Method: "POST", Path: "/hooks", Host: "acme.example", Status: status, Recognized: true, Message: "its words"}
	for _, change := range changes {
		change(out)
	}
	return out
}

func foreign(e *httpapi.Error) { e.Recognized, e.Message = false, "an empty body" }

func lost(e *httpapi.Error) { e.Lost = true }

func because(cause error) func(*httpapi.Error) {
	return func(e *httpapi.Error) { e.Recognized, e.Message, e.Cause = false, "", cause }
}

func unsent(cause error) error {
	return refused(0, because(cause), func(e *httpapi.Error) { e.NotSent = true })
}

func ended(outcome httpapi.Outcome, err error, ids ...string) error {
	return &httpapi.ChangeError{Outcome: outcome, Err: err, IDs: ids}
}

func unfinished(reason intent.Reason, ids ...string) error {
	return ended(httpapi.NotMade, &intent.UnfinishedError{Reason: reason, IDs: ids, Err: refused(500), Note: &intent.Note{
		Path: ".terraform/webhook/default/note.json", Sent: time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC),
		Create: intent.Create{Object: "Acme hook https://hooks.example.com"},
	}})
}

// TestAdvice keeps what is said about the errors of every vendor for review: what a person reads must be true for the outcome that the
// error proves.
func TestAdvice(t *testing.T) {
	t.Parallel()
	cut := refused(0, because(errors.New("EOF")))
	unreadable := refused(200, because(errors.New("the answer cannot be read: it is {}")))
	var out strings.Builder
	show := func(d diag.Diagnostic) {
		fmt.Fprintf(&out, "%s: %s\n%s\n\n----\n", d.Severity(), d.Summary(), d.Detail())
	}
	for _, of := range []struct {
		operation string
		errs      []error
	}{
		{"create", []error{
			ended(httpapi.Unknown, cut, "h_2"), ended(httpapi.Unknown, cut), ended(httpapi.Made, cut, "h_2"), ended(httpapi.NotMade, cut),
			ended(httpapi.Unknown, refused(404, foreign)), ended(httpapi.Unknown, refused(502, foreign)), ended(httpapi.Unknown, unreadable),
			refused(403), refused(404), refused(422), refused(429, foreign), unsent(context.DeadlineExceeded), unsent(context.Canceled),
			unfinished(intent.InProgress), unfinished(intent.Exists, "h_2"), unfinished(intent.MayExist, "h_2", "h_3"),
			unfinished(intent.Pending), unfinished(intent.Unlisted), unfinished(intent.Unclear),
		}},
		{"read", []error{
			refused(401), refused(403), refused(403, foreign), refused(404, foreign), refused(429), refused(499, foreign), refused(500),
			refused(500, foreign), refused(301, foreign), refused(200), cut, unreadable, refused(0, because(httpapi.ErrNoAnswer)),
			unsent(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), httpapi.ErrPath, errors.New("key is not known yet"),
		}},
		{"update", []error{&httpapi.NotFoundError{Err: refused(404)}, ended(httpapi.Unknown, cut), ended(httpapi.Unknown, refused(404, foreign))}},
		{"delete", []error{ended(httpapi.Unknown, cut)}},
	} {
		for _, err := range of.errs {
			show(acme.Failed(of.operation, "h_1", err))
		}
	}
	show(acme.LookupFailed("read", "hook h_1", refused(404)))
	show(acme.LookupFailed("read events", "hook h_1", refused(404, lost)))
	show(acme.LookupFailed("read", "hook h_1", refused(404, foreign)))
	show(acme.ActionFailed("ping", "Acme hook", "hook h_1", refused(404)))
	show(acme.ActionFailed("ping", "Acme hook", "hook h_1", refused(404, lost)))
	show(acme.ActionFailed("ping", "Acme hook", "hook h_1", unsent(context.DeadlineExceeded)))
	show(acme.LookupFailed("read", "hook h_1", unsent(context.DeadlineExceeded)))
	show(acme.Object.StoredOtherwise("create", "h_1", "it is said again", []string{"  a", "  b"})[0])
	golden.File(t, "messages.txt", out.String())
}

// What only one vendor has to say replaces what is said about its error, or about an unknown outcome, and nothing that is proved.
func TestOwnAdvice(t *testing.T) {
	t.Parallel()
	own := acme
	own.Own = func(operation string, outcome httpapi.Outcome, _ error) string {
		return fmt.Sprintf("%s, %s: ask Acme.", operation, outcome)
	}
	for _, test := range []struct {
		operation string
		err       error
		want      string
	}{
		{"read", refused(500, lost), "\n\nread, not made: ask Acme."},
		{"create", unsent(context.Canceled), "\n\ncreate, not made: ask Acme."},
		{"create", refused(500), "\n\ncreate, unknown: ask Acme."},
		{"create", refused(404, foreign), "what is between this machine and the API. create, unknown: ask Acme."},
		{"create", ended(httpapi.Made, refused(500), "h_2"), "The hook named above exists"},
		{"create", unfinished(intent.InProgress), "\n\nWait until the other run has ended, and apply again."},
	} {
		if got := own.Failed(test.operation, "h_1", test.err).Detail(); !strings.Contains(got, test.want) {
			t.Errorf("%s: %v: it says %q, want %q", test.operation, test.err, got, test.want)
		}
	}
}
