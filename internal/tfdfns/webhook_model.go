package tfdfns

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
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
	tfwebhook.SecretSettings
	Secret          types.String   `tfsdk:"secret"`
	SecretEncrypted types.String   `tfsdk:"secret_encrypted"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`
}

// webhookIdentity identifies a webhook.
type webhookIdentity struct {
	ID types.String `tfsdk:"id"`
}

func (m *webhookModel) identity() webhookIdentity {
	return webhookIdentity{ID: m.ID}
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
	m.assigned(api)
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

// assigned copies only the values that the API assigns. After a change the others stay as planned: if the API has normalized
// one of them, the next plan shows it. Storing it now would make Terraform fail this apply and blame the provider.
func (m *webhookData) assigned(api *dfns.Webhook) {
	m.ID = types.StringValue(api.ID)
	m.DateCreated = tfwebhook.StringOrNull(api.DateCreated)
	m.DateUpdated = tfwebhook.StringOrNull(api.DateUpdated)
}

// lastAnswer returns the webhook as the state knows it.
func (m *webhookModel) lastAnswer() *dfns.Webhook {
	return &dfns.Webhook{
		ID: m.ID.ValueString(), URL: m.URL.ValueString(), Events: tfwebhook.SortedKinds(m.Events), Status: m.Status.ValueString(),
		Description: m.Description.ValueString(), DateCreated: m.DateCreated.ValueString(), DateUpdated: m.DateUpdated.ValueString(),
	}
}

// differences lists the attributes that an answer shows with other values than planned, one per line. An answer may omit them.
func (m *webhookData) differences(api *dfns.Webhook) (lines []string) {
	if !weburl.Same(m.URL.ValueString(), api.URL) {
		lines = append(lines, fmt.Sprintf("url: %s became %s (the path is not shown)", weburl.Hide(m.URL.ValueString()), weburl.Hide(api.URL)))
	}
	if len(api.Events) > 0 && !m.Events.Equal(tfwebhook.EventSet(api.Events)) {
		lines = append(lines, fmt.Sprintf("events: %q became %q", tfwebhook.SortedKinds(m.Events), tfwebhook.SortedKinds(tfwebhook.EventSet(api.Events))))
	}
	if api.Status != "" && m.Status.ValueString() != api.Status {
		lines = append(lines, fmt.Sprintf("status: %q became %q", m.Status.ValueString(), api.Status))
	}
	if api.Description != "" && m.Description.ValueString() != api.Description {
		lines = append(lines, fmt.Sprintf("description: %q became %q", m.Description.ValueString(), api.Description))
	}
	return lines
}

// settle copies what the API assigns and stores the secret as planned: after a create the one in its answer, and otherwise the one
// in the prior state. prior is nil after a create.
func (m *webhookModel) settle(api *dfns.Webhook, prior *webhookModel) error {
	m.assigned(api)
	if prior != nil {
		m.DateCreated = prior.DateCreated // as planned: an answer may omit it or format it differently
	}
	return m.secret().Settle(string(api.Secret), prior.secret())
}

// secret points at the attributes that hold the secret. A nil model, of a webhook that does not exist yet, has none.
func (m *webhookModel) secret() tfwebhook.StoredSecret {
	if m == nil {
		return tfwebhook.StoredSecret{}
	}
	return tfwebhook.StoredSecret{SecretSettings: &m.SecretSettings, Clear: &m.Secret, Encrypted: &m.SecretEncrypted}
}
