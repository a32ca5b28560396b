package tfdfns

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfevents"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfsecret"
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

// webhookModel is a webhook in the state of the resource.
type webhookModel struct {
	webhookData
	tfsecret.Settings
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
		Events:      tfevents.Sorted(m.Events),
		Status:      m.Status.ValueString(),
		Description: m.Description.ValueString(),
	}
}

// isKnown reports whether createRequest describes the planned webhook. A single unknown event does no harm: in the request
// it is a kind that equals no other.
func (m *webhookModel) isKnown() bool {
	return !m.URL.IsUnknown() && !m.Events.IsUnknown() && !m.Status.IsUnknown() && !m.Description.IsUnknown()
}

// updateRequest contains only what differs from the prior state: an update must not overwrite what Terraform does not change.
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

// refresh copies everything from an answer.
func (m *webhookData) refresh(api *dfns.Webhook) {
	m.assigned(api)
	if !weburl.Same(m.URL.ValueString(), api.URL) {
		m.URL = types.StringValue(api.URL)
	}
	switch {
	case len(api.Events) > 0:
		m.Events = tfevents.Set(api.Events)
	case m.Events.IsNull():
		m.Events = types.SetNull(types.StringType) // that of a new model is null too, but of no type
	}
	if api.Status != "" {
		m.Status = types.StringValue(api.Status)
	}
	if m.Description.ValueString() != api.Description {
		m.Description = tfvalue.StringOrNull(api.Description)
	}
}

// assigned copies only the values that the API assigns. After a change the others stay as planned: if the API has normalized
// one of them, the next plan shows it. Storing it now would make Terraform fail this apply and blame the provider.
func (m *webhookData) assigned(api *dfns.Webhook) {
	m.ID = types.StringValue(api.ID)
	m.DateCreated = tfvalue.StringOrNull(api.DateCreated)
	m.DateUpdated = tfvalue.StringOrNull(api.DateUpdated)
}

// lastAnswer returns the values that the API assigned earlier.
func (m *webhookModel) lastAnswer() *dfns.Webhook {
	return &dfns.Webhook{
		ID: m.ID.ValueString(), DateCreated: m.DateCreated.ValueString(), DateUpdated: m.DateUpdated.ValueString(),
	}
}

// refresh copies everything from an answer, including the secret if it is there.
func (m *webhookModel) refresh(api *dfns.Webhook) error {
	m.webhookData.refresh(api)
	return m.secret().Learn(string(api.Secret))
}

// settle copies what the API assigns and stores the secret as planned: the one in the answer, or else the one in the prior
// state. prior is nil after a create.
func (m *webhookModel) settle(api *dfns.Webhook, prior *webhookModel) error {
	m.assigned(api)
	if prior != nil {
		m.DateCreated = prior.DateCreated // as planned: an answer may omit it or format it differently
	}
	return m.secret().Settle(string(api.Secret), prior.secret())
}

// content identifies webhooks that differ only in id and secret.
func (m *webhookModel) content() string {
	return fmt.Sprintf("%q", m.createRequest())
}

// secret points at the attributes that hold the secret. A nil model, of a webhook that does not exist yet, has none.
func (m *webhookModel) secret() tfsecret.Stored {
	if m == nil {
		return tfsecret.Stored{}
	}
	return tfsecret.Stored{Settings: &m.Settings, Clear: &m.Secret, Encrypted: &m.SecretEncrypted}
}
