package enfinitos_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
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
					ID: held.ID, DeveloperID: got.Subscription.DeveloperID, Settings: request, Active: some(true), CreatedAt: nowText,
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
		"201":                   {says(201, envelope(created)), "whsec_1", false, false},
		"secret masked":         {says(201, envelope(`{"subscription":{"subscriptionId":"whs_1"},"signingSecret":"whsec_****"}`)), "", false, false},
		"without id":            {says(201, envelope(`{"subscription":{"url":"u"},"signingSecret":"whsec_1"}`)), "", true, true},
		"id of another type":    {says(201, envelope(`{"subscription":{"subscriptionId":7}}`)), "", true, true},
		"odd types":             {says(201, envelope(oddlyCreated)), "whsec_1", false, false},
		"secret of a type":      {says(201, envelope(`{"subscription":{"subscriptionId":"whs_1"},"signingSecret":{"value":"whsec_1"}}`)), "", false, false},
		"without subscription":  {says(201, envelope(`{"signingSecret":"whsec_1"}`)), "", true, true},
		"without data":          {says(201, `{"ok":true,"contractVersion":"v1.0"}`), "", true, true},
		"ok of another type":    {says(201, `{"ok":{},"data":`+created+`}`), "", true, true},
		"cut":                   {cuts(""), "", true, true},
		"not ok, with the data": {says(201, `{"ok":false,"data":`+created+`}`), "", true, true},
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

// A call whose answer was lost is sent again where that cannot do anything twice, and otherwise by nobody but its caller.
func TestSentAgainWhereIdempotent(t *testing.T) {
	t.Parallel()
	repeated := map[string]bool{"set active": true, "find": true, "remove": true, "list": true}
	for _, operation := range operations {
		for name, lost := range map[string]http.HandlerFunc{"500": refuses(500), "cut": cuts(envelope("{}")[:8]), "HTML": says(502, "<html>")} {
			a := serve(t, map[string]http.HandlerFunc{operation.route: inTurn(lost, refuses(422))})
			err := operation.run(t.Context(), a.client(t))
			if again := len(a.made()) == 2; again != repeated[operation.name] || !again && !outcomeUnknown(err) {
				t.Errorf("%s, %s: it ends in %v after %q", operation.name, name, err, a.made())
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
		"nulls": {
			`{"subscriptionId":"whs_1","developerId":null,"url":null,"events":null,"label":null,"active":null,"createdAt":null,
			"lastDeliveredAt":null,"secretLastRotatedAt":null}`, enfinitos.Subscription{},
		},
		"everything": {
			`{"subscriptionId":"whs_1","developerId":"dev_1","url":"https://h.example","events":["*","new.kind"],"label":"l",
			"active":false,"createdAt":"2026-01-01T00:00:00Z","lastDeliveredAt":"2026-01-02T00:00:00Z","secretLastRotatedAt":"2026-01-03T00:00:00Z"}`,
			enfinitos.Subscription{
				DeveloperID: "dev_1", Active: some(false),
				Settings:  enfinitos.Settings{URL: "https://h.example", Events: []string{"*", "new.kind"}, Label: "l"},
				CreatedAt: "2026-01-01T00:00:00Z", LastDeliveredAt: "2026-01-02T00:00:00Z", SecretLastRotatedAt: "2026-01-03T00:00:00Z",
			},
		},
		"odd types": {
			`{"developerId":[],"createdAt":1790000000,"label":{},"active":"true","lastDeliveredAt":false,"subscriptionId":"whs_1",
			"events":["right.issued",7],"secretLastRotatedAt":{},"url":7}`,
			enfinitos.Subscription{Active: some(true), Settings: enfinitos.Settings{Events: []string{"right.issued", ""}}},
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
func TestIDsAreEscaped(t *testing.T) {
	t.Parallel()
	for route, call := range about {
		for id, calls := range map[string][]string{"..": nil, "a/b?c": {fmt.Sprintf(route, "a%2Fb%3Fc")}} {
			a := serve(t, map[string]http.HandlerFunc{"/": refuses(400)})
			err := call(t.Context(), a.client(t), id)
			if diff := cmp.Diff(calls, a.made()); diff != "" || err == nil || enfinitos.IsNotFound(err) || outcomeUnknown(err) {
				t.Errorf("%s of %q: %v (-want +got):\n%s", route, id, err, diff)
			}
		}
	}
}
