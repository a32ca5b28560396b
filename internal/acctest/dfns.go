package acctest

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// AtDfns is a Dfns organization.
var AtDfns = Vendor{
	name: "Dfns", credentials: []string{"DFNS_AUTH_TOKEN", "DFNS_CRED_ID", "DFNS_PRIVATE_KEY"},
	staging:    "api.dfns.ninja",
	defaultURL: func(map[string]string) string { return dfns.DefaultURL },
	list: func(t testing.TB, env *Env) (all []candidate, err error) {
		for webhook, err := range env.DfnsClient(t).ListWebhooks(t.Context(), 0) {
			if err != nil {
				return nil, err
			}
			all = append(all, candidate{webhook.ID, webhook.URL, webhook.Description, webhook.DateCreated})
		}
		return all, nil
	},
	remove: func(t testing.TB, env *Env, id string) error {
		err := env.DfnsClient(t).DeleteWebhook(t.Context(), id, "")
		if httpapi.IsNotFound(err) {
			return nil
		}
		return err
	},
}

// DfnsClient returns a client for the sandbox or the account, for changes outside Terraform.
func (e *Env) DfnsClient(t testing.TB) *dfns.Client {
	t.Helper()
	env := e.Env()
	signer, err := dfns.ParsePrivateKey(env["DFNS_PRIVATE_KEY"])
	if err != nil {
		t.Fatal(err)
	}
	client, err := dfns.New(dfns.Config{
		CredentialID: env["DFNS_CRED_ID"], Signer: signer, HTTP: calls(env["DFNS_API_URL"], env["DFNS_AUTH_TOKEN"]),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
