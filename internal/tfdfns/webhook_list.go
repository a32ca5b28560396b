package tfdfns

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// The resource lists its own kind: type name, client, identity and model are the same.
var _ list.ListResourceWithConfigure = (*webhookResource)(nil)

// NewWebhookListResource returns the list type webhook_dfns.
func NewWebhookListResource() list.ListResource { return &webhookResource{} }

// ListResourceConfigSchema implements list.ListResource.
func (r *webhookResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the webhooks of the Dfns organization that match the filters. Signing secrets cannot be read, so a webhook " +
			"imported from the list has none in its state. Each page of 200 takes one API call. The token needs the permission " +
			"`Webhooks:Read`.",
		Attributes: map[string]schema.Attribute{
			"url": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only webhooks that deliver to this url.",
				Validators:          []validator.String{tfwebhook.HTTPS()},
			},
			"status": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only webhooks of this status, `Enabled` or `Disabled`.",
				Validators:          []validator.String{stringvalidator.OneOf(dfns.StatusEnabled, dfns.StatusDisabled)},
			},
		},
	}
}

// List implements list.ListResource.
func (r *webhookResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var filter webhookFilter
	if diags := req.Config.Get(ctx, &filter); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		ctx, cancel := context.WithTimeout(ctx, tfwebhook.DefaultTimeout)
		defer cancel()
		var pushed int64
		for webhook, err := range r.client.ListWebhooks(ctx, pageSize(filter, req.Limit)) {
			if err != nil {
				// Pushed as a result: a stream that is running cannot be replaced.
				push(list.ListResult{Diagnostics: diag.Diagnostics{lookupFailed("read", "the webhooks of the organization", err)}})
				return
			}
			if !filter.selects(webhook) {
				continue
			}
			pushed++
			if !push(r.result(ctx, req, webhook)) || pushed == req.Limit {
				return
			}
		}
	}
}

// pageSize asks the API for no more than Terraform wants. With a filter it is not known how many items that takes.
func pageSize(filter webhookFilter, limit int64) int {
	if !filter.isEmpty() {
		return dfns.MaxPage
	}
	return int(min(limit, dfns.MaxPage))
}

func (r *webhookResource) result(ctx context.Context, req list.ListRequest, webhook *dfns.Webhook) list.ListResult {
	result := req.NewListResult(ctx)
	model := webhookModel{SecretSettings: tfwebhook.NoSecretSettings()}
	// The empty result knows how a resource without timeouts looks.
	result.Diagnostics.Append(result.Resource.GetAttribute(ctx, path.Root("timeouts"), &model.Timeouts)...)
	model.refresh(webhook)
	result.DisplayName = displayName(webhook)
	result.Diagnostics.Append(result.Identity.Set(ctx, model.identity())...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return result
}

// displayName identifies a webhook to a person. The id makes it unique, and it is the same in every run.
func displayName(webhook *dfns.Webhook) string {
	return fmt.Sprintf("%s (%s)", cmp.Or(webhook.Description, weburl.Hide(webhook.URL)), webhook.ID)
}
