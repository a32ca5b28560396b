package sequences_test

import (
	"net/http"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

func enfinitosVendor(env *acctest.Env, conventional bool) *vendor {
	return &vendor{
		resource: "webhook_enfinitos", reads: conventional, pauses: true,
		calls: env.EnfinitosCalls,
		attributes: func(c content) map[string]acctest.Value {
			return map[string]acctest.Value{
				"url": acctest.String(c.URL), "events": acctest.StringSet("right.issued"), "label": acctest.String(c.Text),
				"active": tftypes.NewValue(tftypes.Bool, c.On),
			}
		},
		all: func() (out []webhook) {
			for _, s := range env.Enfinitos.Subscriptions() {
				out = append(out, webhook{s.ID, s.Secret, content{s.URL, s.Label, s.Active}, s.Created})
			}
			return out
		},
		register: func(c content) string {
			return env.Enfinitos.Register(enfinitos.Subscription{URL: c.URL, Events: []string{"right.issued"}, Label: c.Text})
		},
		edit: func(id string) {
			_ = env.Enfinitos.Edit(id, func(s *enfinitos.Subscription) { s.Active = false })
		},
		remove: env.Enfinitos.Remove,
		faults: []sandbox.Fault{
			only(http.MethodGet, "/v1/webhooks/*", sandbox.Fault{Effect: sandbox.Status, Status: http.StatusNotFound}),
			only(http.MethodDelete, "/v1/webhooks/*", sandbox.Fault{Effect: sandbox.Status, Status: http.StatusNotFound}),
			only(http.MethodDelete, "/v1/webhooks/*", answered(http.StatusNoContent, "")),
			only("", "", answered(http.StatusNotFound, `{"code":404,"error":"not found"}`)),
			only("", "", sandbox.Fault{
				Effect: sandbox.Patch, Patch: []byte(`{"data":{"subscription":{"developerId":7,"lastDeliveredAt":[]}},"contractVersion":2}`),
			}),
		},
	}
}
