package tfwebhook_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// What was never known is null, and what an answer omits stays.
func TestRefresh(t *testing.T) {
	t.Parallel()
	var model tfwebhook.DataModel
	for _, events := range []types.Set{types.SetNull(types.StringType), set("a.b")} {
		model.Refresh("https://hooks.example.com", tfwebhook.SortedKinds(events))
		model.Refresh("", nil)
		if !model.Events.Equal(events) || model.Name() != "https://hooks.example.com (new)" {
			t.Errorf("got %s, %s, want %s", model.Name(), model.Events, events)
		}
	}
}

// Before the provider is configured there is no client, and with other data that is a bug.
func TestClients(t *testing.T) {
	t.Parallel()
	r := tfwebhook.Resource[*noClient]{ClientFrom: tfwebhook.ClientOf[*noClient]("v")}
	for data, want := range map[any]string{nil: "", "other": "Unexpected Provider Data"} {
		var resp resource.ConfigureResponse
		r.Configure(t.Context(), resource.ConfigureRequest{ProviderData: data}, &resp)
		if got := resp.Diagnostics; got.ErrorsCount() != min(1, len(want)) || len(got) == 1 && got[0].Summary() != want || r.Client != nil {
			t.Errorf("%v: %v", data, got)
		}
		if r.BeginPlan(t.Context(), resource.ModifyPlanRequest{}, nil, nil, nil) {
			t.Error("without a client it plans")
		}
	}
}

// noClient is a type of clients.
type noClient struct{ tfwebhook.Client }
