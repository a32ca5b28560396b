package tfdfns

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// The resource lists its own kind: type name, client, identity and model are the same.
var _ list.ListResourceWithConfigure = (*webhookResource)(nil)

// NewWebhookListResource returns the list type webhook_dfns.
func NewWebhookListResource() list.ListResource { return newWebhookResource() }

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
				Validators:          []validator.String{tfwebhook.HTTP()},
			},
			"status": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only webhooks of this status, `Enabled` or `Disabled`.",
				Validators:          tfwebhook.StatusFilter("Dfns", statuses),
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
	webhooks := func(ctx context.Context) iter.Seq2[tfwebhook.Listed, error] { return r.listed(ctx, filter, req.Limit) }
	stream.Results = tfwebhook.ListResults(ctx, req, webhooks, func(err error) diag.Diagnostic {
		return advice.LookupFailed("read", "the webhooks of the organization", err)
	})
}

// listed returns the webhooks that the filter selects.
func (r *webhookResource) listed(ctx context.Context, filter webhookFilter, limit int64) iter.Seq2[tfwebhook.Listed, error] {
	return func(yield func(tfwebhook.Listed, error) bool) {
		for webhook, err := range r.Client.ListWebhooks(ctx, pageSize(filter, limit)) {
			if err != nil {
				yield(tfwebhook.Listed{}, err)
				return
			}
			if !filter.selects(webhook) {
				continue
			}
			var model webhookModel
			model.refresh(webhook)
			if !yield(tfwebhook.Listed{Model: &model, DisplayName: displayName(webhook)}, nil) {
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

// displayName identifies a webhook to a person. The id makes it unique, and it is the same in every run.
func displayName(webhook *dfns.Webhook) string {
	description := strings.Join(strings.Fields(webhook.Description), " ")
	return fmt.Sprintf("%s (%s)", cmp.Or(description, weburl.Hide(webhook.URL)), webhook.ID)
}
