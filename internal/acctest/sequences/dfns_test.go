package sequences_test

import (
	"net/http"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

func dfnsVendor(env *acctest.Env) *vendor {
	return &vendor{
		Vendor: conformance.Dfns, env: env, reads: true,
		byHand: conformance.Values{"description": acctest.String("by hand")},
		all: func() (out []webhook) {
			for _, w := range env.Dfns.Webhooks() {
				out = append(out, webhook{w.ID, w.Secret, content{w.URL, w.Description, w.Status == "Enabled"}, w.Created})
			}
			return out
		},
		faults: []sandbox.Fault{
			only(http.MethodGet, "/webhooks/*", sandbox.Fault{Effect: sandbox.Status, Status: http.StatusNotFound, Message: "Webhook not found"}),
			only(http.MethodDelete, "/webhooks/*", answered(http.StatusOK, `{"deleted":false}`)),
			only(http.MethodPost, "/webhooks", answered(http.StatusAccepted, `{"id":"ap-1"}`)),
			only("", "", sandbox.Fault{Effect: sandbox.Patch, Patch: []byte(`{"dateCreated":7,"dateUpdated":{"at":null}}`)}),
		},
	}
}
