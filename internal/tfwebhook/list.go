package tfwebhook

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Listed is a webhook in a list.
type Listed struct {
	// Model is the state that an import of the webhook would have.
	Model Model
	// DisplayName identifies the webhook to a person.
	DisplayName string
}

// ListResults returns the results of a list, at most as many as Terraform wants.
func ListResults(
	ctx context.Context, req list.ListRequest, webhooks func(context.Context) iter.Seq2[Listed, error], failed func(error) diag.Diagnostic,
) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		ctx, cancel := context.WithTimeout(ctx, DefaultTimeout)
		defer cancel()
		var pushed int64
		for webhook, err := range webhooks(ctx) {
			if err != nil {
				// Pushed as a result: a stream that is running cannot be replaced.
				push(list.ListResult{Diagnostics: diag.Diagnostics{failed(err)}})
				return
			}
			pushed++
			if !push(listResult(ctx, req, webhook)) || pushed == req.Limit {
				return
			}
		}
	}
}

func listResult(ctx context.Context, req list.ListRequest, webhook Listed) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = webhook.DisplayName
	result.Diagnostics.Append(result.Identity.Set(ctx, webhook.Model.Identity())...)
	if req.IncludeResource {
		model := webhook.Model.Common()
		model.SecretRecipients = types.SetNull(types.StringType)
		// The empty result knows how a resource without timeouts looks.
		result.Diagnostics.Append(result.Resource.GetAttribute(ctx, path.Root("timeouts"), &model.Timeouts)...)
		result.Diagnostics.Append(result.Resource.Set(ctx, webhook.Model)...)
	}
	return result
}
