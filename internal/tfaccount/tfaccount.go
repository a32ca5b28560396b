// Package tfaccount remembers in which account an object was last seen. Only there does a 404 mean that it is gone.
package tfaccount

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
)

// seenIn is the key of the account in the private state.
const seenIn = "seen_in"

// Writer is the private state of an answer.
type Writer interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// Reader is the private state of a request.
type Reader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// Seen notes that the object was just seen in an account.
func Seen(ctx context.Context, private Writer, in account.Account) diag.Diagnostics {
	text, _ := json.Marshal(in) // strings only
	return private.SetKey(ctx, seenIn, text)
}

// WasSeen reports that the object was seen before, by a run that has saved what it saw.
func WasSeen(ctx context.Context, private Reader) bool {
	text, _ := private.GetKey(ctx, seenIn)
	return len(text) > 0
}

// Gone returns why the 404 of an account does not mean that the object is gone: it was last seen in another one. What
// was never noted, by an older version or before an import, proves nothing either way.
func Gone(ctx context.Context, private Reader, object string, now account.Account) diag.Diagnostics {
	text, diags := private.GetKey(ctx, seenIn)
	var last account.Account
	if json.Unmarshal(text, &last) != nil || !now.IsAnother(last) {
		return diags
	}
	diags.AddError("Webhook of Another Account", fmt.Sprintf(
		"The API has no webhook %s. But that was last seen in another account, so it is not taken for gone, and the state was "+
			"left as it was.\n\nLast seen in: %s\nConfigured now: %s\n\nUse the credentials and the base URL of the first. If the "+
			"webhook really is gone, or lives elsewhere on purpose, have Terraform forget it: terraform state rm ADDRESS.",
		object, last, now))
	return diags
}
