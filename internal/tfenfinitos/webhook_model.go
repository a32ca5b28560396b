package tfenfinitos

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// webhookData is what the resource and the data source have in common.
type webhookData struct {
	ID                  types.String `tfsdk:"id"`
	DeveloperID         types.String `tfsdk:"developer_id"`
	URL                 types.String `tfsdk:"url"`
	Events              types.Set    `tfsdk:"events"`
	Label               types.String `tfsdk:"label"`
	Active              types.Bool   `tfsdk:"active"`
	CreatedAt           types.String `tfsdk:"created_at"`
	SecretLastRotatedAt types.String `tfsdk:"secret_last_rotated_at"`
}

// webhookModel is a subscription in the state of the resource.
type webhookModel struct {
	webhookData
	tfwebhook.SecretSettings
	Secret          types.String   `tfsdk:"secret"`
	SecretEncrypted types.String   `tfsdk:"secret_encrypted"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`
}

// secret points at the attributes that hold the secret. A nil model, of a subscription that does not exist yet, has none.
func (m *webhookModel) secret() tfwebhook.StoredSecret {
	if m == nil {
		return tfwebhook.StoredSecret{}
	}
	return tfwebhook.StoredSecret{SecretSettings: &m.SecretSettings, Clear: &m.Secret, Encrypted: &m.SecretEncrypted}
}

// webhookIdentity identifies a subscription.
type webhookIdentity struct {
	ID types.String `tfsdk:"id"`
}

func (m *webhookModel) identity() webhookIdentity {
	return webhookIdentity{ID: m.ID}
}

func (m *webhookModel) createRequest() enfinitos.CreateSubscriptionRequest {
	return enfinitos.CreateSubscriptionRequest{
		URL:    m.URL.ValueString(),
		Events: tfwebhook.SortedKinds(m.Events),
		Label:  m.Label.ValueString(),
	}
}

// replaces reports whether a change needs a new subscription, which has a new secret.
func (m *webhookModel) replaces(prior *webhookModel) bool {
	return !weburl.Same(m.URL.ValueString(), prior.URL.ValueString()) || !m.Events.Equal(prior.Events) || !m.Label.Equal(prior.Label)
}

// unchanged keeps the values that a change of active does not affect, but that the plan left unknown.
func (m *webhookModel) unchanged(prior *webhookModel) error {
	m.SecretLastRotatedAt = prior.SecretLastRotatedAt
	return m.secret().Settle("", prior.secret())
}

// created copies the answer to a create, the only one that contains the secret.
func (m *webhookModel) created(api *enfinitos.CreatedSubscription) error {
	m.assigned(&api.Subscription)
	return m.secret().Settle(string(api.SigningSecret), tfwebhook.StoredSecret{})
}

// assigned copies only the values that the API assigns. After a change the others stay as planned: if the API has normalized
// one of them, the next plan shows it. Storing it now would make Terraform fail this apply and blame the provider.
func (m *webhookData) assigned(api *enfinitos.Subscription) {
	m.ID = types.StringValue(api.ID)
	m.DeveloperID = tfwebhook.Keep(m.DeveloperID, api.DeveloperID)
	m.CreatedAt = tfwebhook.Keep(m.CreatedAt, api.CreatedAt)
	m.SecretLastRotatedAt = tfwebhook.StringOrNull(api.SecretLastRotatedAt)
}

// differences lists the attributes that a read will show with other values than configured, one per line.
func (m *webhookData) differences(api *enfinitos.Subscription) (lines []string) {
	read := *m
	read.refresh(api)
	if !read.URL.Equal(m.URL) {
		lines = append(lines, fmt.Sprintf("url: %s became %s (the path is not shown)",
			weburl.Hide(m.URL.ValueString()), weburl.Hide(read.URL.ValueString())))
	}
	if !read.Events.Equal(m.Events) {
		lines = append(lines, fmt.Sprintf("events: %s became %s", quoted(m.Events), quoted(read.Events)))
	}
	if !read.Label.Equal(m.Label) {
		lines = append(lines, fmt.Sprintf("label: %q became %q", m.Label.ValueString(), read.Label.ValueString()))
	}
	return lines
}

func quoted(kinds types.Set) string {
	return `"` + strings.Join(tfwebhook.SortedKinds(kinds), `", "`) + `"`
}

// refresh copies everything from an answer.
func (m *webhookData) refresh(api *enfinitos.Subscription) {
	m.assigned(api)
	if !weburl.Same(m.URL.ValueString(), api.URL) && api.URL != "" {
		m.URL = types.StringValue(api.URL)
	}
	if len(api.Events) > 0 {
		m.Events = tfwebhook.EventSet(api.Events)
	}
	if api.Label != "" {
		m.Label = types.StringValue(api.Label)
	}
	if api.Active.Value != nil {
		m.Active = types.BoolPointerValue(api.Active.Value)
	}
}
