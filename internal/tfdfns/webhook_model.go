package tfdfns

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfevents"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfvalue"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// webhookData is what the resource, the data sources and the list have in common.
type webhookData struct {
	ID          types.String `tfsdk:"id"`
	URL         types.String `tfsdk:"url"`
	Events      types.Set    `tfsdk:"events"`
	Status      types.String `tfsdk:"status"`
	Description types.String `tfsdk:"description"`
	DateCreated types.String `tfsdk:"date_created"`
	DateUpdated types.String `tfsdk:"date_updated"`
}

// webhookModel is a webhook as the resource keeps it.
type webhookModel struct {
	webhookData
	Secret   types.String   `tfsdk:"secret"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// webhookIdentity is what tells one webhook from every other.
type webhookIdentity struct {
	ID types.String `tfsdk:"id"`
}

func (m *webhookModel) identity() webhookIdentity {
	return webhookIdentity{ID: m.ID}
}

func (m *webhookModel) createRequest() dfns.CreateWebhookRequest {
	return dfns.CreateWebhookRequest{
		URL:         m.URL.ValueString(),
		Events:      tfevents.Sorted(m.Events),
		Status:      m.Status.ValueString(),
		Description: m.Description.ValueString(),
	}
}

// isKnown reports whether createRequest says what the webhook will be. A single event that is not known yet is no matter:
// the kind it becomes there equals none.
func (m *webhookModel) isKnown() bool {
	return !m.URL.IsUnknown() && !m.Events.IsUnknown() && !m.Status.IsUnknown() && !m.Description.IsUnknown()
}

// updateRequest names what differs from the prior state, and nothing else: what Terraform does not change it must not
// overwrite.
func (m *webhookModel) updateRequest(prior *webhookModel) dfns.UpdateWebhookRequest {
	var out dfns.UpdateWebhookRequest
	if !weburl.Same(m.URL.ValueString(), prior.URL.ValueString()) {
		out.URL = m.URL.ValueStringPointer()
	}
	if !m.Events.Equal(prior.Events) {
		out.Events = tfevents.Sorted(m.Events)
	}
	if !m.Status.Equal(prior.Status) {
		out.Status = m.Status.ValueStringPointer()
	}
	if description := m.Description.ValueString(); description != prior.Description.ValueString() {
		out.Description = &description
	}
	return out
}

// refresh takes over everything an answer tells.
func (m *webhookData) refresh(api *dfns.Webhook) {
	m.assigned(api)
	if !weburl.Same(m.URL.ValueString(), api.URL) {
		m.URL = types.StringValue(api.URL)
	}
	if len(api.Events) > 0 {
		m.Events = tfevents.Set(api.Events)
	}
	if api.Status != "" {
		m.Status = types.StringValue(api.Status)
	}
	if m.Description.ValueString() != api.Description {
		m.Description = tfvalue.Optional(api.Description)
	}
}

// assigned takes over only what the API assigns. After a change the rest stays as it was planned: where the API made
// something else of it, the next plan shows the difference, while Terraform would fail this apply and blame the provider.
func (m *webhookData) assigned(api *dfns.Webhook) {
	m.ID = types.StringValue(api.ID)
	m.DateCreated = tfvalue.Optional(api.DateCreated)
	m.DateUpdated = tfvalue.Optional(api.DateUpdated)
}

// refresh takes over everything an answer tells, the secret where it does.
func (m *webhookModel) refresh(api *dfns.Webhook) {
	m.webhookData.refresh(api)
	if api.Secret != "" {
		m.Secret = types.StringValue(string(api.Secret))
	}
}

// assigned takes over only what the API assigns. A secret that the plan promised stays.
func (m *webhookModel) assigned(api *dfns.Webhook) {
	m.webhookData.assigned(api)
	if m.Secret.IsUnknown() {
		m.Secret = tfvalue.Optional(string(api.Secret))
	}
}
