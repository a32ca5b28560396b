package tfenfinitos

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/golden"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// TestMessages keeps what only EnfinitOS has to say for review: it must be true for the outcome that the error proves. TestAdvice has the
// rest.
func TestMessages(t *testing.T) {
	t.Parallel()
	var webhook webhookModel
	webhook.ID, webhook.Label = types.StringValue("whs_1"), types.StringValue("rights ledger")
	webhook.URL = types.StringValue("https://hooks.example.com/secret/path?x=1")
	call := func(status int, recognized bool) error {
		return &httpapi.Error{
			Method: "POST", Path: "/v1/webhooks", Host: "api.enfinitos.com", Status: status, Recognized: recognized, Message: "the API's words",
		}
	}
	cut := &httpapi.Error{Method: "POST", Path: "/v1/webhooks", Host: "api.enfinitos.com", Cause: errors.New("EOF")}
	var out strings.Builder
	show := func(d diag.Diagnostic) {
		fmt.Fprintf(&out, "%s: %s\n%s\n\n----\n", d.Severity(), d.Summary(), d.Detail())
	}
	for _, of := range []struct {
		operation string
		errs      []error
	}{
		{"create", []error{cut, call(404, false), call(401, true), call(403, true)}},
		{"read", []error{call(403, true), call(403, false), call(401, false), call(404, false)}},
		{"update", []error{cut, call(200, true)}}, {"delete", []error{cut, call(403, false)}},
	} {
		for _, err := range of.errs {
			show(advice.Failed(of.operation, webhook.Name(), err))
		}
	}
	for _, err := range []error{cut, call(403, true), call(404, true)} {
		show(advice.ActionFailed("replay", "EnfinitOS delivery", "delivery dlv_1", err))
	}
	show(advice.LookupFailed("read", "the deliveries of subscription whs_1", call(403, true)))
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
