package dfns_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

var example = state.Webhook{URL: "https://h.example/a?b=c&d=<e>", Events: []string{"wallet.created"}, Status: "Enabled"}

func TestCreateWebhook(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   dfns.CreateWebhookRequest
		body string
		want dfns.Webhook
	}{
		"least": {
			dfns.CreateWebhookRequest{URL: "https://h.example/", Events: []string{"*"}},
			`{"url":"https://h.example/","events":["*"]}`,
			dfns.Webhook{URL: "https://h.example/", Events: []string{"*"}, Status: "Enabled"},
		},
		"everything": {
			dfns.CreateWebhookRequest{
				URL: "https://h.example/a?b=c&d=<e>", Events: []string{"wallet.created", "key.created"}, Status: dfns.StatusDisabled,
				Description: "für \"Ledger\"\n",
			},
			`{"url":"https://h.example/a?b=c\u0026d=\u003ce\u003e","events":["wallet.created","key.created"],` +
				`"status":"Disabled","description":"für \"Ledger\"\n"}`,
			dfns.Webhook{
				URL: "https://h.example/a?b=c&d=<e>", Events: []string{"wallet.created", "key.created"}, Status: "Disabled",
				Description: "für \"Ledger\"\n",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			got, err := newClient(t, s).CreateWebhook(t.Context(), test.in)
			if err != nil {
				t.Fatal(err)
			}
			held := s.Dfns.Webhooks()[0]
			test.want.ID, test.want.Secret = held.ID, dfns.Secret(held.Secret)
			test.want.DateCreated, test.want.DateUpdated = nowText, nowText
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			calls := s.DfnsCalls.Journal()
			if last := calls[len(calls)-1]; last.Body != test.body {
				t.Errorf("the body is\n%s, want\n%s", last.Body, test.body)
			}
		})
	}
}

func TestGetWebhook(t *testing.T) {
	t.Parallel()
	s := start(t)
	id := s.Dfns.Register(state.Webhook{URL: "https://h.example", Events: []string{"*"}, Status: "Disabled", Description: "d"})
	got, err := newClient(t, s).GetWebhook(t.Context(), id)
	want := &dfns.Webhook{
		ID: id, URL: "https://h.example", Events: []string{"*"}, Status: dfns.StatusDisabled, Description: "d",
		DateCreated: nowText, DateUpdated: nowText,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{"GET /webhooks/" + id}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestUpdateWebhook(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	tests := map[string]struct {
		in   dfns.UpdateWebhookRequest
		body string
		want func(*dfns.Webhook)
	}{
		"url":         {dfns.UpdateWebhookRequest{URL: text("https://new.example")}, `{"url":"https://new.example"}`, func(w *dfns.Webhook) { w.URL = "https://new.example" }},
		"events":      {dfns.UpdateWebhookRequest{Events: []string{"*"}}, `{"events":["*"]}`, func(w *dfns.Webhook) { w.Events = []string{"*"} }},
		"status":      {dfns.UpdateWebhookRequest{Status: text("Disabled")}, `{"status":"Disabled"}`, func(w *dfns.Webhook) { w.Status = "Disabled" }},
		"description": {dfns.UpdateWebhookRequest{Description: text("new")}, `{"description":"new"}`, func(w *dfns.Webhook) { w.Description = "new" }},
		"cleared":     {dfns.UpdateWebhookRequest{Description: text("")}, `{"description":""}`, func(w *dfns.Webhook) { w.Description = "" }},
		"nothing":     {dfns.UpdateWebhookRequest{}, `{}`, func(*dfns.Webhook) {}},
	}
	for name, test := range tests {
		for _, told := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, secret told %t", name, told), func(t *testing.T) {
				t.Parallel()
				s := start(t, func(c *sandbox.Config) { c.DfnsSecretOnUpdate = told })
				before := example
				before.Description = "old"
				id := s.Dfns.Register(before)
				got, err := newClient(t, s).UpdateWebhook(t.Context(), &dfns.Webhook{ID: id}, test.in)
				want := &dfns.Webhook{
					ID: id, URL: before.URL, Events: before.Events, Status: before.Status, Description: "old",
					DateCreated: nowText, DateUpdated: nowText,
				}
				if told {
					want.Secret = dfns.Secret(s.Dfns.Webhooks()[0].Secret)
				}
				test.want(want)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
				if body := s.DfnsCalls.Journal()[2].Body; body != test.body {
					t.Errorf("the body is %s, want %s", body, test.body)
				}
				if test.in.Empty() != (name == "nothing") {
					t.Errorf("Empty is %t", test.in.Empty())
				}
			})
		}
	}
}

func TestDeleteWebhook(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	id, other := s.Dfns.Register(example), s.Dfns.Register(example)
	if err := client.DeleteWebhook(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	if left := s.Dfns.Webhooks(); len(left) != 1 || left[0].ID != other {
		t.Errorf("the sandbox holds %+v", left)
	}
	if diff := cmp.Diff(signed("DELETE /webhooks/"+id), journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if err := client.DeleteWebhook(t.Context(), id, ""); !dfns.IsNotFound(err) {
		t.Errorf("the second delete: %v, want that it is not found", err)
	}
}

func TestPingWebhook(t *testing.T) {
	t.Parallel()
	s := start(t)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(receiver.Close)
	id := s.Dfns.Register(state.Webhook{URL: receiver.URL, Events: []string{"*"}, Status: "Enabled"})
	got, err := newClient(t, s).PingWebhook(t.Context(), id)
	if diff := cmp.Diff(dfns.PingResult{Status: "200"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(signed("POST /webhooks/"+id+"/ping"), journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestPingOfADeadReceiver(t *testing.T) {
	t.Parallel()
	a := serve(t, map[string]http.HandlerFunc{"POST /webhooks/wh-1/ping": says(200, `{"status":"ECONNREFUSED","error":"nobody"}`)})
	got, err := a.client(t).PingWebhook(t.Context(), "wh-1")
	if diff := cmp.Diff(dfns.PingResult{Status: "ECONNREFUSED", Error: "nobody"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestListWebhooks(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	var ids []string
	for range 250 {
		ids = append(ids, s.Dfns.Register(example))
	}
	const second = "GET /webhooks?limit=200&paginationToken=MjAw"
	tests := map[string]struct {
		size, take int
		calls      []string
	}{
		"all":                        {200, 250, []string{"GET /webhooks?limit=200", second}},
		"zero is the most":           {0, 250, []string{"GET /webhooks?limit=200", second}},
		"less is the most":           {-1, 250, []string{"GET /webhooks?limit=200", second}},
		"too many is the most":       {201, 250, []string{"GET /webhooks?limit=200", second}},
		"first only":                 {200, 1, []string{"GET /webhooks?limit=200"}},
		"the page's last":            {200, 200, []string{"GET /webhooks?limit=200"}},
		"the next page's first":      {200, 201, []string{"GET /webhooks?limit=200", second}},
		"small pages, first only":    {1, 1, []string{"GET /webhooks?limit=1"}},
		"pages of an exact multiple": {125, 250, []string{"GET /webhooks?limit=125", "GET /webhooks?limit=125&paginationToken=MTI1"}},
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

func TestListEndsWithAnError(t *testing.T) {
	t.Parallel()
	s := start(t)
	for range 3 {
		s.Dfns.Register(example)
	}
	fault(t, s, sandbox.Fault{Path: "/webhooks", Skip: 1, Effect: sandbox.Status, Status: 403})
	items, errors := 0, 0
	for webhook, err := range newClient(t, s).ListWebhooks(t.Context(), 2) {
		switch {
		case err == nil && errors == 0:
			items++
		case dfns.Status(err) == 403 && webhook == nil:
			errors++
		default:
			t.Errorf("the sequence has %v, %v", webhook, err)
		}
	}
	if items != 2 || errors != 1 {
		t.Errorf("there are %d webhooks and %d errors", items, errors)
	}
}

// The signed path is the one without the prefix, so the sandbox would refuse any other.
func TestBaseURLWithPrefix(t *testing.T) {
	t.Parallel()
	s := start(t)
	target, err := url.Parse(s.DfnsURL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(http.StripPrefix("/proxy/v1", httputil.NewSingleHostReverseProxy(target)))
	t.Cleanup(proxy.Close)
	for _, prefix := range []string{"/proxy/v1", "/proxy/v1/"} {
		client := newClient(t, s, func(c *dfns.Config) { c.HTTP.BaseURL = proxy.URL + prefix })
		created, err := client.CreateWebhook(t.Context(), dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"*"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.DeleteWebhook(t.Context(), created.ID, ""); err != nil {
			t.Fatal(err)
		}
		calls := slices.DeleteFunc(s.DfnsCalls.Journal(), func(call sandbox.Call) bool { return call.Method == "GET" })
		if path := fields(t, calls[0].Body)["userActionHttpPath"]; path != "/webhooks" {
			t.Errorf("the create was signed for %s", path)
		}
		if path := fields(t, calls[3].Body)["userActionHttpPath"]; path != "/webhooks/"+created.ID {
			t.Errorf("the delete was signed for %s", path)
		}
		s.DfnsCalls.ForgetCalls()
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			created, err := client.CreateWebhook(t.Context(), dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"*"}})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := client.GetWebhook(t.Context(), created.ID); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := len(s.Dfns.Webhooks()); got != 10 {
		t.Errorf("there are %d webhooks", got)
	}
}
