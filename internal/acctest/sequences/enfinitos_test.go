package sequences_test

import (
	"net/http"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

func enfinitosVendor(env *acctest.Env, conventional bool) *vendor {
	return &vendor{
		Vendor: conformance.Enfinitos, env: env, reads: conventional, pauses: true,
		byHand: conformance.Enfinitos.Off,
		all: func() (out []webhook) {
			for _, s := range env.Enfinitos.Subscriptions() {
				out = append(out, webhook{s.ID, s.Secret, content{s.URL, s.Label, s.Active}, s.Created})
			}
			return out
		},
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
