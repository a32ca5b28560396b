package sequences_test

import (
	"net/http"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

var dfnsStatus = map[bool]string{true: "Enabled", false: "Disabled"}

func dfnsVendor(env *acctest.Env) *vendor {
	return &vendor{
		resource: "webhook_dfns", repeats: true, reads: true,
		calls: env.DfnsCalls,
		attributes: func(c content) map[string]acctest.Value {
			return map[string]acctest.Value{
				"url": acctest.String(c.URL), "events": acctest.StringSet("wallet.created"),
				"status": acctest.String(dfnsStatus[c.On]), "description": acctest.String(c.Text),
			}
		},
		all: func() (out []webhook) {
			for _, w := range env.Dfns.Webhooks() {
				out = append(out, webhook{w.ID, w.Secret, content{w.URL, w.Description, w.Status == dfnsStatus[true]}, w.Created})
			}
			return out
		},
		register: func(c content) string {
			return env.Dfns.Register(dfns.Webhook{
				URL: c.URL, Events: []string{"wallet.created"}, Status: dfnsStatus[c.On], Description: c.Text,
			})
		},
		edit: func(id string) {
			_ = env.Dfns.Edit(id, func(w *dfns.Webhook) {
				w.Description = strings.TrimSuffix(w.Description+" by hand", " by hand by hand")
			})
		},
		remove: env.Dfns.Remove,
		faults: []sandbox.Fault{
			only(http.MethodGet, "/webhooks/*", sandbox.Fault{Effect: sandbox.Status, Status: http.StatusNotFound, Message: "Webhook not found"}),
			only(http.MethodDelete, "/webhooks/*", answered(http.StatusOK, `{"deleted":false}`)),
			only(http.MethodPost, "/webhooks", answered(http.StatusAccepted, `{"id":"ap-1"}`)),
			only("", "", sandbox.Fault{Effect: sandbox.Patch, Patch: []byte(`{"dateCreated":7,"dateUpdated":{"at":null}}`)}),
		},
	}
}
