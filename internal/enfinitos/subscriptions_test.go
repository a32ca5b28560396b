package enfinitos_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

func TestCreateSubscription(t *testing.T) {
	t.Parallel()
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, profile)
			got, err := at(t, s).CreateSubscription(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			held := s.Enfinitos.Subscriptions()[0]
			want := &enfinitos.CreatedSubscription{
				Subscription: enfinitos.Subscription{
					ID: held.ID, DeveloperID: got.Subscription.DeveloperID, URL: example.URL, Events: example.Events,
					Label: "ledger", Active: some(true), CreatedAt: nowText,
				},
				SigningSecret: enfinitos.Secret(held.Secret),
			}
			if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(got.Subscription.DeveloperID, "dev_") {
				t.Errorf("(-want +got):\n%s", diff)
			}
			calls := []string{`POST /v1/webhooks {"url":"https://h.example/a?b=c\u0026d=\u003ce\u003e","events":["right.issued"],"label":"ledger"}`}
			if diff := cmp.Diff(calls, journal(s)); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// oddlyCreated has another JSON type in every field that nobody needs.
const oddlyCreated = `{"subscription":{"createdAt":1790000000,"label":{},"active":"true","events":"*","url":7,"developerId":null,
	"lastDeliveredAt":false,"secretLastRotatedAt":[],"subscriptionId":"whs_1"},"signingSecret":"whsec_1"}`

// created is the least that an answer to a create must hold to be believed.
const created = `{"subscription":{"subscriptionId":"whs_1"},"signingSecret":"whsec_1"}`

func TestAnswersToACreate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		handler http.HandlerFunc
		secret  string // what is told on success
		failed  bool
		unknown bool // whether the outcome is
	}{
		"200":                   {says(200, envelope(created)), "whsec_1", false, false},
		"201":                   {says(201, envelope(created)), "whsec_1", false, false},
		"202":                   {says(202, envelope(created)), "whsec_1", false, false},
		"white space":           {says(201, "\n "+envelope(created)+"\n"), "whsec_1", false, false},
		"without secret":        {says(201, envelope(`{"subscription":{"subscriptionId":"whs_1"}}`)), "", false, false},
		"secret null":           {says(201, envelope(`{"subscription":{"subscriptionId":"whs_1"},"signingSecret":null}`)), "", false, false},
		"secret masked":         {says(201, envelope(`{"subscription":{"subscriptionId":"whs_1"},"signingSecret":"whsec_****"}`)), "", false, false},
		"without id":            {says(201, envelope(`{"subscription":{"url":"u"},"signingSecret":"whsec_1"}`)), "", true, true},
		"id null":               {says(201, envelope(`{"subscription":{"subscriptionId":null}}`)), "", true, true},
		"id of another type":    {says(201, envelope(`{"subscription":{"subscriptionId":7}}`)), "", true, true},
		"odd types":             {says(201, envelope(oddlyCreated)), "whsec_1", false, false},
		"secret of a type":      {says(201, envelope(`{"subscription":{"subscriptionId":"whs_1"},"signingSecret":{"value":"whsec_1"}}`)), "", false, false},
		"subscription null":     {says(201, envelope(`{"subscription":null,"signingSecret":"whsec_1"}`)), "", true, true},
		"without subscription":  {says(201, envelope(`{"signingSecret":"whsec_1"}`)), "", true, true},
		"data null":             {says(201, envelope(`null`)), "", true, true},
		"data of another type":  {says(201, envelope(`[]`)), "", true, true},
		"without data":          {says(201, `{"ok":true,"contractVersion":"v1.0"}`), "", true, true},
		"without envelope":      {says(201, created), "", true, true},
		"ok null":               {says(201, `{"ok":null,"data":`+created+`}`), "", true, true},
		"ok in quotes":          {says(201, `{"ok":"true","data":`+created+`}`), "whsec_1", false, false},
		"ok of another type":    {says(201, `{"ok":{},"data":`+created+`}`), "", true, true},
		"nothing":               {says(201, `{}`), "", true, true},
		"null":                  {says(200, `null`), "", true, true},
		"empty":                 {says(200, ""), "", true, true},
		"204":                   {says(204, ""), "", true, true},
		"HTML":                  {says(200, "<html>Sign in</html>"), "", true, true},
		"truncated":             {says(201, envelope(created)[:40]), "", true, true},
		"cut":                   {cuts(""), "", true, true},
		"cut in the middle":     {cuts(envelope(created)[:40]), "", true, true},
		"500":                   {refuses(500), "", true, true},
		"501":                   {refuses(501), "", true, true},
		"502 HTML":              {says(502, "<html>"), "", true, true},
		"503":                   {says(503, ""), "", true, true},
		"not ok":                {says(200, refusal), "", true, true},
		"not ok, with the data": {says(201, `{"ok":false,"data":`+created+`}`), "", true, true},
		"redirect":              {says(302, ""), "", true, true},
		"400":                   {refuses(400), "", true, false},
		"401":                   {refuses(401), "", true, false},
		"403":                   {refuses(403), "", true, false},
		"404":                   {refuses(404), "", true, false},
		"404 HTML":              {says(404, "<html>"), "", true, true},
		"403 of a firewall":     {says(403, `{"message":"Forbidden"}`), "", true, true},
		"409":                   {refuses(409), "", true, false},
		"422":                   {refuses(422), "", true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{"POST /v1/webhooks": test.handler})
			got, err := a.client(t).CreateSubscription(t.Context(), request)
			if (err != nil) != test.failed || outcomeUnknown(err) != test.unknown {
				t.Errorf("OutcomeUnknown is %t for %v", outcomeUnknown(err), err)
			}
			if !test.failed && (got.Subscription.ID != "whs_1" || string(got.SigningSecret) != test.secret) {
				t.Errorf("it is %+v", got)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "POST /v1/webhooks: ") {
				t.Errorf("the error is %v", err)
			}
			if diff := cmp.Diff([]string{"POST /v1/webhooks"}, a.made()); diff != "" {
				t.Errorf("a create is sent once (-want +got):\n%s", diff)
			}
		})
	}
}

// The subscription of a create whose answer is lost exists, and nothing may say otherwise.
func TestLostAnswerToACreate(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{sandbox.DropAfter, sandbox.Truncate, sandbox.StatusAfter} {
		s := start(t, documented)
		fault(t, s, sandbox.Fault{Method: "POST", Path: "/v1/webhooks", Effect: effect, Status: 503})
		_, err := at(t, s).CreateSubscription(t.Context(), request)
		if !outcomeUnknown(err) || len(s.Enfinitos.Subscriptions()) != 1 {
			t.Errorf("%s: %d subscriptions and %v", effect, len(s.Enfinitos.Subscriptions()), err)
		}
	}
}

// A call that was refused unread was not made, so it is made again, whatever it changes.
func TestRateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		t.Run(operation.name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{operation.route: inTurn(refuses(429), says(429, ""), refuses(422))})
			err := operation.run(t.Context(), a.client(t))
			if enfinitos.Status(err) != 422 || len(a.made()) != 3 {
				t.Errorf("it ends in %v after %q", err, a.made())
			}
		})
	}
}

func TestCreateAfterRateLimit(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	fault(t, s, sandbox.Fault{Method: "POST", Effect: sandbox.Status, Status: 429, Times: 3})
	if _, err := at(t, s).CreateSubscription(t.Context(), request); err != nil {
		t.Error(err)
	}
	if calls := journal(s); len(calls) != 4 || len(s.Enfinitos.Subscriptions()) != 1 {
		t.Errorf("%d subscriptions after %q", len(s.Enfinitos.Subscriptions()), calls)
	}
	fault(t, s, sandbox.Fault{Method: "POST", Effect: sandbox.Status, Status: 429, RetryAfter: "60"})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := at(t, s).CreateSubscription(ctx, request)
	if !errors.Is(err, context.DeadlineExceeded) || outcomeUnknown(err) || len(s.Enfinitos.Subscriptions()) != 1 {
		t.Errorf("a rate limit without end: %v", err)
	}
}

// Nobody listens, so nothing was done, and trying again is safe.
func TestConnectionRefused(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		log := &recorder{}
		client := newClient(t, "http://127.0.0.1:1", key, log.attach) // a port that is reserved and out of use
		err := operation.run(t.Context(), client)
		if !errors.Is(err, syscall.ECONNREFUSED) || outcomeUnknown(err) || enfinitos.IsNotFound(err) {
			t.Errorf("%s: it ends in %v", operation.name, err)
		}
		if attempts := strings.Count(log.text(), "debug: API call"); attempts != 4 {
			t.Errorf("%s: there were %d attempts, want 4:\n%s", operation.name, attempts, log.text())
		}
	}
}

func TestSetActive(t *testing.T) {
	t.Parallel()
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, profile)
			id := s.Enfinitos.Register(example)
			client := at(t, s)
			for _, active := range []bool{false, false, true} {
				got, err := client.SetActive(t.Context(), id, "", active)
				if err != nil || got.ID != id || *got.Active.Value != active || got.Label != "ledger" {
					t.Errorf("set to %t it is %+v, %v", active, got, err)
				}
				if s.Enfinitos.Subscriptions()[0].Active != active {
					t.Errorf("the sandbox has not set it to %t", active)
				}
			}
			path := "POST /v1/webhooks/" + id + "/active "
			want := []string{path + `{"active":false}`, path + `{"active":false}`, path + `{"active":true}`}
			if diff := cmp.Diff(want, journal(s)); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if _, err := client.SetActive(t.Context(), "whs_none", "", true); !enfinitos.IsNotFound(err) {
				t.Errorf("of a subscription that is not there: %v", err)
			}
		})
	}
}

// Setting it twice is the same as setting it once, so it is sent again where nobody knows what became of it.
func TestSetActiveIsRepeated(t *testing.T) {
	t.Parallel()
	for _, f := range []sandbox.Fault{
		{Effect: sandbox.Status, Status: 500},
		{Effect: sandbox.StatusAfter, Status: 503},
		{Effect: sandbox.HTML},
		{Effect: sandbox.DropAfter},
		{Effect: sandbox.Truncate},
	} {
		s := start(t, documented)
		id := s.Enfinitos.Register(example)
		f.Times = 1
		fault(t, s, f)
		got, err := at(t, s).SetActive(t.Context(), id, "", false)
		if err != nil || *got.Active.Value || s.Enfinitos.Subscriptions()[0].Active || len(journal(s)) != 2 {
			t.Errorf("%s: it is %+v, %v", f.Effect, got, err)
		}
	}
}

func TestAnswersToSetActive(t *testing.T) {
	t.Parallel()
	for name, pause := range pauses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{"POST /v1/webhooks/whs_1/active": pause.handler})
			got, err := a.client(t, once).SetActive(t.Context(), "whs_1", "", false)
			switch {
			case pause.kind == alive && (err != nil || got.ID != "whs_1" || *got.Active.Value):
				t.Errorf("it is %+v, %v", got, err)
			case pause.kind != alive && (err == nil || enfinitos.IsNotFound(err) != (pause.kind == gone)):
				t.Errorf("it ends in %v", err)
			case pause.kind == doubt && !strings.HasPrefix(err.Error(), "POST /v1/webhooks/whs_1/active: "):
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// What sends or drains is done again by nobody but its caller.
func TestNotRepeated(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		if operation.name != "replay" && operation.name != "process due" {
			continue
		}
		for name, handler := range map[string]http.HandlerFunc{"500": refuses(500), "cut": cuts(""), "HTML": says(200, "<html>"), "null": holds("null"), "{}": holds("{}")} {
			a := serve(t, map[string]http.HandlerFunc{operation.route: handler})
			if err := operation.run(t.Context(), a.client(t)); !outcomeUnknown(err) || len(a.made()) != 1 {
				t.Errorf("%s, %s: it ends in %v after %d calls", operation.name, name, err, len(a.made()))
			}
		}
	}
}

func TestTolerantSubscription(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want enfinitos.Subscription
	}{
		"least": {`{"subscriptionId":"whs_1"}`, enfinitos.Subscription{}},
		"nulls": {
			`{"subscriptionId":"whs_1","developerId":null,"url":null,"events":null,"label":null,"active":null,"createdAt":null,
			"lastDeliveredAt":null,"secretLastRotatedAt":null}`, enfinitos.Subscription{},
		},
		"everything": {
			`{"subscriptionId":"whs_1","developerId":"dev_1","url":"https://h.example","events":["*","new.kind"],"label":"l",
			"active":false,"createdAt":"2026-01-01T00:00:00Z","lastDeliveredAt":"2026-01-02T00:00:00Z","secretLastRotatedAt":"2026-01-03T00:00:00Z"}`,
			enfinitos.Subscription{
				DeveloperID: "dev_1", URL: "https://h.example", Events: []string{"*", "new.kind"}, Label: "l", Active: some(false),
				CreatedAt: "2026-01-01T00:00:00Z", LastDeliveredAt: "2026-01-02T00:00:00Z", SecretLastRotatedAt: "2026-01-03T00:00:00Z",
			},
		},
		"unknown fields": {`{"subscriptionId":"whs_1","id":7,"status":{"a":[1]}}`, enfinitos.Subscription{}},
		"odd types": {
			`{"developerId":[],"createdAt":1790000000,"label":{},"active":"true","lastDeliveredAt":false,"subscriptionId":"whs_1",
			"events":["right.issued",7],"secretLastRotatedAt":{},"url":7}`,
			enfinitos.Subscription{Active: some(true), Events: []string{"right.issued", ""}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.want.ID = "whs_1"
			one := holds(`{"subscription":` + test.body + `,"more":1}`)
			a := serve(t, map[string]http.HandlerFunc{
				"POST /v1/webhooks": one, "GET /v1/webhooks/whs_1": one,
			})
			client := a.client(t)
			made, err1 := client.CreateSubscription(t.Context(), request)
			found, presence, err2 := client.Find(t.Context(), "whs_1", "")
			if err := errors.Join(err1, err2); err != nil || presence != enfinitos.Readable {
				t.Fatal(presence, err)
			}
			if diff := cmp.Diff([]*enfinitos.Subscription{&test.want, &test.want}, []*enfinitos.Subscription{&made.Subscription, found}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// about are the calls that are about an id, and the first one each makes of the API.
var about = map[string]func(context.Context, *enfinitos.Client, string) error{
	"GET /v1/webhooks/%s": func(ctx context.Context, c *enfinitos.Client, id string) error {
		_, _, err := c.Find(ctx, id, "")
		return err
	},
	"DELETE /v1/webhooks/%s": func(ctx context.Context, c *enfinitos.Client, id string) error {
		_, err := c.Remove(ctx, id, "")
		return err
	},
	"POST /v1/webhooks/%s/active": func(ctx context.Context, c *enfinitos.Client, id string) error {
		_, err := c.SetActive(ctx, id, "", true)
		return err
	},
	"GET /v1/webhooks/%s/deliveries?limit=50": func(ctx context.Context, c *enfinitos.Client, id string) error {
		_, err := collect(c.ListDeliveries(ctx, id, "", 0))
		return err
	},
	"POST /v1/webhooks/%s/deliveries/dlv_1/replay": func(ctx context.Context, c *enfinitos.Client, id string) error {
		_, err := c.ReplayDelivery(ctx, id, "dlv_1")
		return err
	},
	"POST /v1/webhooks/whs_1/deliveries/%s/replay": func(ctx context.Context, c *enfinitos.Client, id string) error {
		_, err := c.ReplayDelivery(ctx, "whs_1", id)
		return err
	},
}

// A strange id must not make a call about something else.
func TestStrangeIDs(t *testing.T) {
	t.Parallel()
	for route, call := range about {
		for _, id := range []string{"", ".", ".."} {
			a := serve(t, nil)
			err := call(t.Context(), a.client(t), id)
			if err == nil || enfinitos.IsNotFound(err) || outcomeUnknown(err) || len(a.made()) != 0 {
				t.Errorf("%s of %q: it ends in %v after %q", route, id, err, a.made())
			}
		}
		for id, escaped := range map[string]string{
			"a/b": "a%2Fb", "../c": "..%2Fc", "d?e#f": "d%3Fe%23f", "%2e": "%252e", "g h": "g%20h",
		} {
			a := serve(t, map[string]http.HandlerFunc{"/": refuses(400)})
			err := call(t.Context(), a.client(t), id)
			if diff := cmp.Diff([]string{fmt.Sprintf(route, escaped)}, a.made()); diff != "" || enfinitos.Status(err) != 400 {
				t.Errorf("%s of %q: %v (-want +got):\n%s", route, id, err, diff)
			}
		}
	}
}

// Where the API answers under a prefix, every call has it.
func TestBaseURLWithPrefix(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"/proxy/v9", "/proxy/v9/"} {
		for _, operation := range operations {
			a := serve(t, nil)
			_ = operation.run(t.Context(), a.client(t, once, func(c *enfinitos.Config) { c.HTTP.BaseURL += prefix }))
			method, path, _ := strings.Cut(operation.route, " ")
			if calls := a.made(); len(calls) == 0 || !strings.HasPrefix(calls[0], method+" /proxy/v9"+path) {
				t.Errorf("%s: the calls are %q", operation.name, calls)
			}
		}
	}
}
