package tfdfns

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

type webhooksModel struct {
	webhookFilter
	Webhooks []webhookData `tfsdk:"webhooks"`
}

// webhookFilter selects webhooks. The API has no filters, so the provider applies it.
type webhookFilter struct {
	URL    types.String `tfsdk:"url"`
	Status types.String `tfsdk:"status"`
}

func (f webhookFilter) selects(webhook *dfns.Webhook) bool {
	return (f.URL.IsNull() || weburl.Same(f.URL.ValueString(), webhook.URL)) &&
		(f.Status.IsNull() || f.Status.ValueString() == webhook.Status)
}

// isEmpty reports that the filter selects every webhook.
func (f webhookFilter) isEmpty() bool { return f.URL.IsNull() && f.Status.IsNull() }

// NewWebhooksDataSource returns the data source webhook_dfns_webhooks, which lists the webhooks of the organization.
func NewWebhooksDataSource() datasource.DataSource {
	return tfwebhook.NewDataSource("webhook_dfns_webhooks", clientFrom, webhooksSchema, readWebhooks)
}

func webhooksSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the webhooks of the Dfns organization that match the filters, oldest first. " +
			"Each page of 200 takes one API call. The token needs the permission `Webhooks:Read`.",
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
			"webhooks": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The webhooks. Their signing secrets cannot be read.",
				NestedObject:        schema.NestedAttributeObject{Attributes: webhookAttributes()},
			},
		},
	}
}

func readWebhooks(ctx context.Context, client *dfns.Client, data *webhooksModel) diag.Diagnostics {
	data.Webhooks = []webhookData{}
	for webhook, err := range client.ListWebhooks(ctx, dfns.MaxPage) {
		if err != nil {
			return diag.Diagnostics{advice.LookupFailed("read", "the webhooks of the organization", err)}
		}
		if data.selects(webhook) {
			var model webhookData
			model.refresh(webhook)
			data.Webhooks = append(data.Webhooks, model)
		}
	}
	// The vendor documents no order, so the order of the API is not passed on.
	slices.SortFunc(data.Webhooks, func(a, b webhookData) int {
		return cmp.Or(
			cmp.Compare(a.DateCreated.ValueString(), b.DateCreated.ValueString()),
			cmp.Compare(a.ID.ValueString(), b.ID.ValueString()))
	})
	return nil
}
