// Package tfwebhook is what the webhook resources of all vendors have in common: urls and event kinds in a configuration, the signing
// secret, the account in which a webhook was last seen, timeouts, imports, and the ephemeral resource webhook_secret.
package tfwebhook

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// unfinished says what to do about an earlier create that stops this one. For every other error it returns "".
func unfinished(err error) string {
	e, ok := errors.AsType[*intent.UnfinishedError](err)
	if !ok {
		return ""
	}
	remove := "rm " + e.Note.Path
	switch e.Reason {
	case intent.InProgress:
		return "Wait until the other run has ended, and apply again."
	case intent.Exists:
		return "No create was sent, because it would make a second webhook. Another configuration may own the webhook named above: in that " +
			"case run " + remove + " and apply again. Otherwise a run was killed before it saved the webhook: import it, or delete it at " +
			"the vendor, and apply again. The secret of an imported webhook is unknown."
	case intent.MayExist:
		return "No create was sent, because it could make a second webhook. Another configuration may own what is named above: if it owns " +
			"all of it, run " + remove + " and apply again. Otherwise the earlier create has made it, and its signing secret is lost: " +
			"delete it at the vendor, or import it, and apply again."
	case intent.Pending:
		return "No create was sent, because it would request a second webhook. Once the first one is approved, import what it has made. If it " +
			"was refused, or to request another one, run " + remove + " and apply again."
	case intent.Unlisted:
		return "No create was sent, because it could make a second webhook. Look at the vendor for what was created at that time. If nobody " +
			"uses it, its signing secret is lost: delete or pause it there. The next apply creates another one."
	case intent.Unclear:
		return "No create was sent, and the note of the earlier one stays. Apply again. If you know that the earlier one has made nothing, run " +
			remove + " first."
	}
	return ""
}

// NotNoted warns, once for each process, that creates are not noted on disk.
func NotNoted(problem error) (diags diag.Diagnostics) {
	if problem != nil {
		diags.AddWarning("Creates Are Not Noted", fmt.Sprintf("The provider notes every create in Terraform's data directory (.terraform), so "+
			"that a run that is killed leaves no webhook that nobody knows of. That failed: %s. The create itself went on. Until the "+
			"directory can be written, compare the webhooks at the vendor with the state after a run was killed.", problem))
	}
	return diags
}
