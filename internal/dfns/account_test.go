package dfns_test

import (
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	jwt := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for name, test := range map[string]struct{ token, organization string }{
		"in the token":    {jwt(`{"sub":"us-1","https://custom/app_metadata":{"userId":"us-1","orgId":"or-1"}}`), "or-1"},
		"padded":          {"e30." + base64.URLEncoding.EncodeToString([]byte(`{"https://custom/app_metadata":{"orgId":"or-1"}}`)) + ".c2ln", "or-1"},
		"no organization": {jwt(`{"https://custom/app_metadata":{"userId":"us-1"}}`), ""},
		"a number":        {jwt(`{"https://custom/app_metadata":{"orgId":1}}`), ""},
		"no JSON":         {jwt(`or-1`), ""},
		"no base64":       {"e30.{}.c2ln", ""},
		"opaque":          {"c4n4ry", ""},
	} {
		client := newClient(t, start(t), func(c *dfns.Config) {
			c.HTTP.BaseURL, c.HTTP.BearerToken = "https://API.dfns.io:443/prefix/", test.token
		})
		want := account.Account{API: "https://api.dfns.io/prefix", Organization: test.organization}
		if diff := cmp.Diff(want, client.Account()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
