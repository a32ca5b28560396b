package tfenfinitos

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// webhookData is what the resource and the data source have in common.
type webhookData struct {
	tfwebhook.DataModel
	DeveloperID         types.String `tfsdk:"developer_id"`
	Label               types.String `tfsdk:"label"`
	Active              types.Bool   `tfsdk:"active"`
	CreatedAt           types.String `tfsdk:"created_at"`
	SecretLastRotatedAt types.String `tfsdk:"secret_last_rotated_at"`
}

// webhookModel is a subscription in the state of the resource.
type webhookModel struct {
	webhookData
	tfwebhook.ResourceModel
}

// Name implements tfwebhook.Model. It hides the parts of the url that may hold a credential.
func (m *webhookData) Name() string {
	id := cmp.Or(m.ID.ValueString(), "(new)")
	return fmt.Sprintf("%s %q %s", id, m.Label.ValueString(), weburl.Hide(m.URL.ValueString()))
}

// settings are what a create sends.
func (m *webhookData) settings() enfinitos.Settings {
	return enfinitos.Settings{URL: m.URL.ValueString(), Events: tfwebhook.SortedKinds(m.Events), Label: m.Label.ValueString()}
}

// refreshAssigned copies only the values that the API assigns. After a change the others stay as planned: if the API has normalized
// one of them, the next plan shows it. Storing it now would make Terraform fail this apply and blame the provider.
func (m *webhookData) refreshAssigned(api *enfinitos.Subscription) {
	m.ID = types.StringValue(api.ID)
	m.DeveloperID = tfwebhook.Keep(m.DeveloperID, api.DeveloperID)
	m.CreatedAt = tfwebhook.Keep(m.CreatedAt, api.CreatedAt)
	m.SecretLastRotatedAt = tfwebhook.StringOrNull(api.SecretLastRotatedAt)
}

// refresh copies everything from an answer. What that omits stays.
func (m *webhookData) refresh(api *enfinitos.Subscription) {
	m.refreshAssigned(api)
	m.Refresh(api.URL, api.Events)
	m.Label = tfwebhook.Keep(m.Label, api.Label)
	if api.Active.Value != nil {
		m.Active = types.BoolPointerValue(api.Active.Value)
	}
}

// differences returns the settings in which another model differs, and lines of a configuration that say how. Because the API cannot
// change these settings, a plan that differs replaces the subscription.
func (m *webhookData) differences(other *webhookData) (differing path.Paths, lines []string) {
	compare := func(attribute string, line []string) {
		if line != nil {
			differing, lines = append(differing, path.Root(attribute)), append(lines, line...)
		}
	}
	compare("url", tfwebhook.DifferentURL(m.URL, other.URL.ValueString()))
	compare("events", tfwebhook.DifferentEvents(m.Events, tfwebhook.SortedKinds(other.Events)))
	compare("label", tfwebhook.DifferentText("label", m.Label, other.Label.ValueString()))
	return differing, lines
}
