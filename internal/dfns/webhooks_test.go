package dfns_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// A webhook from its create to its delete: what is sent, what comes back, and what the API holds.
func TestLifeCycle(t *testing.T) {
	t.Parallel()
	for _, secretOnUpdate := range []bool{false, true} {
		s := start(t, func(c *sandbox.Config) { c.DfnsSecretOnUpdate = secretOnUpdate })
		client := newClient(t, s)
		other := s.Dfns.Register(held())
		want := dfns.Webhook{DateCreated: nowText, DateUpdated: nowText, Settings: dfns.Settings{
			URL: "https://h.example/a?b=c&d=<e>", Events: []string{"wallet.created", "key.created"}, Status: dfns.StatusDisabled,
			Description: "für \"Ledger\"\n",
		}}
		check := func(what string, err error, got *dfns.Webhook, body string) {
			t.Helper()
			calls := s.DfnsCalls.Journal()
			if diff := cmp.Diff(&want, got); diff != "" || err != nil || calls[len(calls)-1].Body != body {
				t.Errorf("%s: %v, sent %s (-want +got):\n%s", what, err, calls[len(calls)-1].Body, diff)
			}
			s.DfnsCalls.ForgetCalls()
		}
		webhook, err := client.CreateWebhook(t.Context(), want.Settings)
		if all := s.Dfns.Webhooks(); len(all) == 2 {
			want.ID, want.Secret = all[1].ID, dfns.Secret(all[1].Secret)
		}
		check("create", err, webhook, `{"description":"für \"Ledger\"\n","events":["wallet.created","key.created"],"status":"Disabled",`+
			`"url":"https://h.example/a?b=c\u0026d=\u003ce\u003e"}`)
		secret := want.Secret
		want.Secret = ""
		webhook, err = client.GetWebhook(t.Context(), want.ID)
		sameCalls(t, s, get)
		if diff := cmp.Diff(&want, webhook); diff != "" || err != nil {
			t.Errorf("get: %v (-want +got):\n%s", err, diff)
		}
		if secretOnUpdate {
			want.Secret = secret
		}
		for _, body := range []string{
			`{"url":"https://new.example"}`, `{"events":["*"]}`, `{"events":["key.created","wallet.created"]}`, `{"status":"Enabled"}`,
			`{"description":"new"}`, `{"description":""}`, `{"events":["*"],"status":"Disabled"}`, `{}`,
		} {
			from := want
			want.Events = slices.Clone(want.Events)
			_ = json.Unmarshal([]byte(body), &want)
			webhook, err = client.UpdateWebhook(t.Context(), &from, want.Settings)
			check("update", err, webhook, body)
		}
		same := want.Settings
		same.URL, same.Events = "HTTPS://New.Example:443/", []string{"*", "*"}
		webhook, err = client.UpdateWebhook(t.Context(), &want, same)
		check("update to another form", err, webhook, "{}")
		if err := client.DeleteWebhook(t.Context(), want.ID, ""); err != nil {
			t.Error(err)
		}
		sameCalls(t, s, challenge, answer, "DELETE /webhooks/ID")
		if all := s.Dfns.Webhooks(); len(all) != 1 || all[0].ID != other {
			t.Errorf("the API holds %+v", all)
		}
	}
}

func TestListWebhooks(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	ids := register(s, 250)
	const second = "GET /webhooks?limit=200&paginationToken=MjAw"
	for name, test := range map[string]struct {
		size, take int
		calls      []string
	}{
		"all":                   {200, 250, []string{listing, second}},
		"zero is the most":      {0, 250, []string{listing, second}},
		"too many is the most":  {201, 250, []string{listing, second}},
		"first only":            {200, 1, []string{listing}},
		"the next page's first": {200, 201, []string{listing, second}},
	} {
		var got []string
		for webhook, err := range client.ListWebhooks(t.Context(), test.size) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got = append(got, webhook.ID)
			if len(got) == test.take && test.take < 250 {
				break
			}
		}
		if !slices.Equal(got, ids[:test.take]) {
			t.Errorf("%s: there are %d webhooks, or not the right ones", name, len(got))
		}
		sameCalls(t, s, test.calls...)
	}
}
