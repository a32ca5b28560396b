package tfwebhook

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
)

// seenIn is the key in the private state of the account in which an object was last seen. Only in that account does a 404 mean that it
// is gone.
const seenIn = "seen_in"

// PrivateWriter writes the private state of a response.
type PrivateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// PrivateReader reads the private state of a request.
type PrivateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// RecordAccount records the account in which the webhook was just seen.
func (r *Resource[C]) RecordAccount(ctx context.Context, private PrivateWriter) diag.Diagnostics {
	text, _ := json.Marshal(r.Client.Account()) // strings only
	return private.SetKey(ctx, seenIn, text)
}

// HasAccount reports that an earlier run has seen the object and saved its account.
func HasAccount(ctx context.Context, private PrivateReader) bool {
	text, _ := private.GetKey(ctx, seenIn)
	return len(text) > 0
}

// CheckAccount returns an error if the webhook was last seen in another account, because a 404 then does not mean that it is gone. If no
// account was recorded, because of an older version or an import, it returns none.
func (r *Resource[C]) CheckAccount(ctx context.Context, private PrivateReader, webhook Model) diag.Diagnostics {
	text, diags := private.GetKey(ctx, seenIn)
	var last account.Account
	now := r.Client.Account()
	if json.Unmarshal(text, &last) != nil || !now.IsAnother(last) {
		return diags
	}
	diags.AddError("Webhook of Another Account", fmt.Sprintf(
		"The API has no webhook %s. However, that webhook was last seen in another account, so Terraform does not treat it as "+
			"deleted. The state was not changed.\n\nLast seen in: %s\nConfigured now: %s\n\nUse the credentials and the base URL of the "+
			"account where the webhook was last seen. If the webhook really is gone, or was moved on purpose, remove it from the "+
			"state: terraform or tofu state rm ADDRESS.",
		webhook.Name(), last, now))
	return diags
}
