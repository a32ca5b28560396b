package tfdfns

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

var _ datasource.DataSourceWithConfigure = (*webhooksDataSource)(nil)

// webhooksDataSource lists the webhooks of the organization.
type webhooksDataSource struct {
	tfwebhook.DataSource[dfns.Client]
}

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

// NewWebhooksDataSource returns the data source webhook_dfns_webhooks.
func NewWebhooksDataSource() datasource.DataSource {
	return &webhooksDataSource{tfwebhook.DataSource[dfns.Client]{Name: "webhook_dfns_webhooks", ClientFrom: clientFrom}}
}

// Schema implements datasource.DataSource.
func (d *webhooksDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
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

// Read implements datasource.DataSource.
func (d *webhooksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data webhooksModel
	ctx, cancel := tfwebhook.Begin(ctx, req.Config, &data, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	data.Webhooks = []webhookData{}
	for webhook, err := range d.Client.ListWebhooks(ctx, dfns.MaxPage) {
		if err != nil {
			resp.Diagnostics.Append(advice.LookupFailed("read", "the webhooks of the organization", err))
			return
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
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
