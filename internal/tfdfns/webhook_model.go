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

// webhookModel is a webhook as the resource keeps it.
type webhookModel struct {
	webhookData
	tfsecret.Settings
	Secret          types.String   `tfsdk:"secret"`
	SecretEncrypted types.String   `tfsdk:"secret_encrypted"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`
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

// assigned takes over only what the API assigns. After a change the rest stays as it was planned: where the API made
// something else of it, the next plan shows the difference, while Terraform would fail this apply and blame the provider.
func (m *webhookData) assigned(api *dfns.Webhook) {
	m.ID = types.StringValue(api.ID)
	m.DateCreated = tfvalue.StringOrNull(api.DateCreated)
	m.DateUpdated = tfvalue.StringOrNull(api.DateUpdated)
}

// lastAnswer is what the API has assigned, as it told before.
func (m *webhookModel) lastAnswer() *dfns.Webhook {
	return &dfns.Webhook{
		ID: m.ID.ValueString(), DateCreated: m.DateCreated.ValueString(), DateUpdated: m.DateUpdated.ValueString(),
	}
}

// refresh takes over everything an answer tells, the secret where it does.
func (m *webhookModel) refresh(api *dfns.Webhook) error {
	m.webhookData.refresh(api)
	return m.secret().Learn(string(api.Secret))
}

// settle takes over what the API assigns, and holds the secret as planned: the one that the answer told, or else the one
// that the prior state held. prior is nil after a create.
func (m *webhookModel) settle(api *dfns.Webhook, prior *webhookModel) error {
	m.assigned(api)
	if prior != nil {
		m.DateCreated = prior.DateCreated // as planned: an answer may leave it out or write it in another way
	}
	return m.secret().Settle(string(api.Secret), prior.secret())
}

// content is what makes a webhook, apart from its id and its secret.
func (m *webhookModel) content() string {
	return fmt.Sprintf("%q", m.createRequest())
}

// secret points at what holds the secret. Of a webhook that does not exist yet, which is nil, there is none.
func (m *webhookModel) secret() tfsecret.Stored {
	if m == nil {
		return tfsecret.Stored{}
	}
	return tfsecret.Stored{Settings: &m.Settings, Clear: &m.Secret, Encrypted: &m.SecretEncrypted}
}
