package tfwebhook

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// DataModel contains the attributes that a webhook of any vendor has, in a resource and in a data source.
type DataModel struct {
	ID     types.String `tfsdk:"id"`
	URL    types.String `tfsdk:"url"`
	Events types.Set    `tfsdk:"events"`
}

// Identity implements Model.
func (m *DataModel) Identity() Identity { return Identity{ID: m.ID} }

// Data implements Model.
func (m *DataModel) Data() *DataModel { return m }

// Name implements Model for vendors whose webhooks have no name. It hides the parts of the url that may hold a credential.
func (m *DataModel) Name() string {
	url := weburl.Hide(m.URL.ValueString())
	if id := m.ID.ValueString(); id != "" {
		return id + " " + url
	}
	return url + " (new)"
}

// IsImported reports that the webhook is being imported: then the state has only its id.
func (m *DataModel) IsImported() bool { return m.URL.IsNull() }

// Refresh copies the url and the event kinds from an answer. What that omits stays.
func (m *DataModel) Refresh(url string, events []string) {
	if url != "" && !weburl.Same(m.URL.ValueString(), url) {
		m.URL = types.StringValue(url)
	}
	switch {
	case len(events) > 0:
		m.Events = EventSet(events)
	case m.Events.IsNull():
		m.Events = types.SetNull(types.StringType) // that of a new model is null too, but of no type
	}
}
