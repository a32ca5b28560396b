package tfdfns

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
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

// webhookModel is a webhook in the state of the resource.
type webhookModel struct {
	webhookData
	tfwebhook.ResourceModel
}

// Identity implements tfwebhook.Model.
func (m *webhookData) Identity() tfwebhook.Identity { return tfwebhook.Identity{ID: m.ID} }

// data returns the part that the data sources have too, empty for a webhook that does not exist yet.
func (m *webhookModel) data() *webhookData {
	if m == nil {
		return &webhookData{}
	}
	return &m.webhookData
}

// Name implements tfwebhook.Model. It hides the parts of the url that may hold a credential.
func (m *webhookData) Name() string {
	url := weburl.Hide(m.URL.ValueString())
	if id := m.ID.ValueString(); id != "" {
		return id + " " + url
	}
	return url + " (new)"
}

func (m *webhookModel) createRequest() dfns.CreateWebhookRequest {
	return dfns.CreateWebhookRequest{
		URL:         m.URL.ValueString(),
		Events:      tfwebhook.SortedKinds(m.Events),
		Status:      m.Status.ValueString(),
		Description: m.Description.ValueString(),
	}
}

// updateRequest contains only what differs from the prior state: an update must not overwrite what Terraform does not change.
func (m *webhookModel) updateRequest(prior *webhookModel) dfns.UpdateWebhookRequest {
	var out dfns.UpdateWebhookRequest
	if !weburl.Same(m.URL.ValueString(), prior.URL.ValueString()) {
		out.URL = m.URL.ValueStringPointer()
	}
	if !m.Events.Equal(prior.Events) {
		out.Events = tfwebhook.SortedKinds(m.Events)
	}
	if !m.Status.Equal(prior.Status) {
		out.Status = m.Status.ValueStringPointer()
	}
	if description := m.Description.ValueString(); description != prior.Description.ValueString() {
		out.Description = &description
	}
	return out
}

// refresh copies everything from an answer.
func (m *webhookData) refresh(api *dfns.Webhook) {
	m.refreshAssigned(api)
	if !weburl.Same(m.URL.ValueString(), api.URL) {
		m.URL = types.StringValue(api.URL)
	}
	switch {
	case len(api.Events) > 0:
		m.Events = tfwebhook.EventSet(api.Events)
	case m.Events.IsNull():
		m.Events = types.SetNull(types.StringType) // that of a new model is null too, but of no type
	}
	if api.Status != "" {
		m.Status = types.StringValue(api.Status)
	}
	if m.Description.ValueString() != api.Description {
		m.Description = tfwebhook.StringOrNull(api.Description)
	}
}

// refreshAssigned copies only the values that the API assigns. After a change the others stay as planned: if the API has normalized
// one of them, the next plan shows it. Storing it now would make Terraform fail this apply and blame the provider.
func (m *webhookData) refreshAssigned(api *dfns.Webhook) {
	m.ID = types.StringValue(api.ID)
	m.DateCreated = tfwebhook.StringOrNull(api.DateCreated)
	m.DateUpdated = tfwebhook.StringOrNull(api.DateUpdated)
}

// lastAnswer returns the webhook as the state knows it.
func (m *webhookModel) lastAnswer() *dfns.Webhook {
	return &dfns.Webhook{
		ID: m.ID.ValueString(), URL: m.URL.ValueString(), Events: tfwebhook.SortedKinds(m.Events), Status: m.Status.ValueString(),
		Description: m.Description.ValueString(), DateCreated: tfwebhook.Created(m.DateCreated, m.URL), DateUpdated: m.DateUpdated.ValueString(),
	}
}

// differences lists what an answer shows with other values than planned, as lines of a configuration. An answer may omit them.
func (m *webhookData) differences(api *dfns.Webhook) []string {
	lines := tfwebhook.DifferentURL(m.URL, api.URL)
	if len(api.Events) > 0 {
		lines = append(lines, tfwebhook.DifferentEvents(m.Events, api.Events)...)
	}
	if api.Status != "" {
		lines = append(lines, tfwebhook.DifferentText("status", m.Status, api.Status)...)
	}
	if api.Description != "" {
		lines = append(lines, tfwebhook.DifferentText("description", m.Description, api.Description)...)
	}
	return lines
}
