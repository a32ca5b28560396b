package dfns_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
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
		sameCalls(t, s, signed("DELETE /webhooks/ID")...)
		if all := s.Dfns.Webhooks(); len(all) != 1 || all[0].ID != other {
			t.Errorf("the API holds %+v", all)
		}
	}
}

// A create asks for the usual status and sends nothing else that is not set.
func TestCreateOmitsWhatIsNotSet(t *testing.T) {
	t.Parallel()
	s := start(t)
	webhook, err := newClient(t, s).CreateWebhook(t.Context(), dfns.Settings{URL: "https://h.example/", Events: []string{"*"}})
	calls := s.DfnsCalls.Journal()
	if body := calls[len(calls)-1].Body; err != nil || body != `{"events":["*"],"status":"Enabled","url":"https://h.example/"}` {
		t.Errorf("it sends %s and returns %+v, %v", body, webhook, err)
	}
}

func TestListWebhooks(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	ids := register(s, 250)
	const second = "GET /webhooks?limit=200&paginationToken=MjAw"
	tests := map[string]struct {
		size, take int
		calls      []string
	}{
		"all":                   {200, 250, []string{"GET /webhooks?limit=200", second}},
		"zero is the most":      {0, 250, []string{"GET /webhooks?limit=200", second}},
		"too many is the most":  {201, 250, []string{"GET /webhooks?limit=200", second}},
		"first only":            {200, 1, []string{"GET /webhooks?limit=200"}},
		"the next page's first": {200, 201, []string{"GET /webhooks?limit=200", second}},
	}
	for name, test := range tests {
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
		if diff := cmp.Diff(test.calls, journal(s)); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", name, diff)
		}
	}
}

// The signed path is the one without the prefix, so the sandbox would refuse any other.
func TestBaseURLWithPrefix(t *testing.T) {
	t.Parallel()
	s := start(t)
	proxy := httptest.NewServer(http.StripPrefix("/proxy/v1", httputil.NewSingleHostReverseProxy(must(url.Parse(s.DfnsURL)))))
	t.Cleanup(proxy.Close)
	for _, prefix := range []string{"/proxy/v1", "/proxy/v1/"} {
		client := newClient(t, s, func(c *dfns.Config) { c.HTTP.BaseURL = proxy.URL + prefix })
		created, err := client.CreateWebhook(t.Context(), wanted)
		if err == nil {
			err = client.DeleteWebhook(t.Context(), created.ID, "")
		}
		if err != nil {
			t.Errorf("%s: %v", prefix, err)
		}
	}
}
