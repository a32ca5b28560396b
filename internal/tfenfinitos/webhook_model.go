package tfenfinitos

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
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
	tfwebhook.ResourceModel
}

// Identity implements tfwebhook.Model.
func (m *webhookData) Identity() tfwebhook.Identity { return tfwebhook.Identity{ID: m.ID} }

// Name implements tfwebhook.Model. It hides the parts of the url that may hold a credential.
func (m *webhookData) Name() string {
	id := cmp.Or(m.ID.ValueString(), "(new)")
	return fmt.Sprintf("%s %q %s", id, m.Label.ValueString(), weburl.Hide(m.URL.ValueString()))
}

func (m *webhookModel) createRequest() enfinitos.CreateSubscriptionRequest {
	return enfinitos.CreateSubscriptionRequest{
		URL:    m.URL.ValueString(),
		Events: tfwebhook.SortedKinds(m.Events),
		Label:  m.Label.ValueString(),
	}
}

// replacing returns the attributes whose change needs a new subscription, because the API cannot change them.
func (m *webhookModel) replacing(prior *webhookModel) (out path.Paths) {
	if !weburl.Same(m.URL.ValueString(), prior.URL.ValueString()) {
		out = append(out, path.Root("url"))
	}
	if !m.Events.Equal(prior.Events) {
		out = append(out, path.Root("events"))
	}
	if !m.Label.Equal(prior.Label) {
		out = append(out, path.Root("label"))
	}
	return out
}

// refreshAssigned copies only the values that the API assigns. After a change the others stay as planned: if the API has normalized
// one of them, the next plan shows it. Storing it now would make Terraform fail this apply and blame the provider.
func (m *webhookData) refreshAssigned(api *enfinitos.Subscription) {
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
	m.refreshAssigned(api)
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
