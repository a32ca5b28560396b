package tfdfns

import (
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// webhookData is what the resource, the data sources and the list have in common.
type webhookData struct {
	tfwebhook.DataModel
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

// settings returns what the API is asked for. What is null is empty.
func (m *webhookData) settings() dfns.Settings {
	return dfns.Settings{
		URL:         m.URL.ValueString(),
		Events:      tfwebhook.SortedKinds(m.Events),
		Status:      m.Status.ValueString(),
		Description: m.Description.ValueString(),
	}
}

// isKnown reports whether the settings are known, which in a plan they need not be yet.
func (m *webhookData) isKnown() bool {
	return tfwebhook.IsKnown(m.URL, m.Events, m.Status, m.Description)
}

// lastAnswer returns the webhook as the state knows it.
func (m *webhookData) lastAnswer() *dfns.Webhook {
	return &dfns.Webhook{ID: m.ID.ValueString(), Settings: m.settings(), DateCreated: tfwebhook.Created(m.DateCreated, m.URL)}
}

// refresh copies everything from an answer.
func (m *webhookData) refresh(api *dfns.Webhook) {
	m.refreshAssigned(api)
	m.Refresh(api.URL, api.Events)
	m.Status = tfwebhook.Keep(m.Status, api.Status)
	if m.Description.ValueString() != api.Description {
		m.Description = tfwebhook.StringOrNull(api.Description)
	}
}

// refreshAssigned copies only the values that the API assigns. After a change the others stay as planned: if the API has normalized
// one of them, the next plan shows it. Storing it now would make Terraform fail this apply and blame the provider.
func (m *webhookData) refreshAssigned(api *dfns.Webhook) {
	m.ID = types.StringValue(api.ID)
	m.DateCreated = tfwebhook.Keep(m.DateCreated, api.DateCreated)
	m.DateUpdated = tfwebhook.StringOrNull(api.DateUpdated)
}

// differences lists what an answer shows with other values than planned, as lines of a configuration. An answer may omit them.
func (m *webhookData) differences(api *dfns.Webhook) []string {
	read := *m
	read.refresh(api)
	return slices.Concat(
		tfwebhook.DifferentURL(m.URL, read.URL.ValueString()),
		tfwebhook.DifferentEvents(m.Events, tfwebhook.SortedKinds(read.Events)),
		tfwebhook.DifferentText("status", m.Status, read.Status.ValueString()),
		tfwebhook.DifferentText("description", m.Description, cmp.Or(api.Description, m.Description.ValueString())),
	)
}

// webhookAttributes returns the attributes of a webhook in a data source.
func webhookAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":           tfwebhook.Computed("The id that Dfns assigned to the webhook, `wh-…`."),
		"url":          tfwebhook.Computed("The URL that Dfns delivers events to."),
		"events":       tfwebhook.ComputedEvents("Dfns"),
		"status":       tfwebhook.Computed("`Enabled` or `Disabled`."),
		"description":  tfwebhook.Computed("What the webhook is for."),
		"date_created": tfwebhook.Computed("When the webhook was created, in ISO 8601."),
		"date_updated": tfwebhook.Computed("When the webhook was last changed, in ISO 8601."),
	}
}
