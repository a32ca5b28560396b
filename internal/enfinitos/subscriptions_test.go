package enfinitos_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// The life of a subscription costs the calls that it needs, and its end ends the note on it.
func TestLifeOfASubscription(t *testing.T) {
	t.Parallel()
	for conventional, want := range map[bool]enfinitos.Removal{false: enfinitos.Paused, true: enfinitos.Deleted} {
		dir := t.TempDir()
		s, client := start(t, conventional, noted(dir))
		made, err := client.CreateSubscription(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		held := s.Enfinitos.Subscriptions()[0]
		subscription := enfinitos.Subscription{
			ID: held.ID, DeveloperID: made.Subscription.DeveloperID, Settings: request, Active: some(true), CreatedAt: held.Created.UTC().Format(time.RFC3339),
		}
		if diff := cmp.Diff(&enfinitos.CreatedSubscription{Subscription: subscription, SigningSecret: enfinitos.Secret(held.Secret)}, made); diff != "" {
			t.Errorf("created (-want +got):\n%s", diff)
		}
		for _, active := range []bool{false, false, true} {
			got, err := client.SetActive(t.Context(), held.ID, "", active)
			subscription.Active = some(active)
			if diff := cmp.Diff(&subscription, got); diff != "" || err != nil || delivers(s, held.ID) != active {
				t.Errorf("set to %t: %v (-want +got):\n%s", active, err, diff)
			}
		}
		removal, err := client.Remove(t.Context(), held.ID, "")
		if err != nil || removal != want || delivers(s, held.ID) || len(notes(t, dir)) != len(s.Enfinitos.Subscriptions()) {
			t.Errorf("the removal ends in %d, %v, with the notes %q", removal, err, notes(t, dir))
		}
		calls := `POST /v1/webhooks {"url":"https://h.example/a?b=c\u0026d=\u003ce\u003e","events":["right.issued"],"label":"ledger"}
POST /v1/webhooks/ID/active {"active":false}
POST /v1/webhooks/ID/active {"active":false}
POST /v1/webhooks/ID/active {"active":true}
DELETE /v1/webhooks/ID`
		if !conventional {
			calls += "\nPOST /v1/webhooks/ID/active {\"active\":false}"
		}
		if diff := cmp.Diff(strings.ReplaceAll(calls, "ID", held.ID), journal(s)); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	}
}

func TestLogOfASubscription(t *testing.T) {
	t.Parallel()
	log := &recorder{}
	_, client := start(t, false, log.attach)
	if err := run(t.Context(), client, "create", ""); err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{`"label":"ledger"`, `"url":"https://h.example"`, `"createdAt":"2`, `"signingSecret":"(hidden)"`} {
		if !strings.Contains(log.String(), shown) || strings.Contains(log.String(), "a?b") {
			t.Errorf("the log does not show %s, or shows the path of the url:\n%s", shown, log)
		}
	}
}

// oddlyCreated has another JSON type in every field that nobody needs.
const oddlyCreated = `{"subscription":{"createdAt":1790000000,"label":{},"active":"true","events":"*","url":7,"developerId":null,
	"lastDeliveredAt":false,"secretLastRotatedAt":[],"subscriptionId":"whs_1"},"signingSecret":"whsec_1"}`

// created is the least that an answer to a create must hold to be believed.
const created = `{"subscription":{"subscriptionId":"whs_1"},"signingSecret":"whsec_1"}`

func TestAnswersToACreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		secret  string // what the client returns on success
		failed  bool   // then the outcome is unknown
	}{
		"201":                   {says(201, envelope(created)), "whsec_1", false},
		"secret masked":         {says(201, envelope(`{"subscription":{"subscriptionId":"whs_1"},"signingSecret":"whsec_****"}`)), "", false},
		"secret of a type":      {says(201, envelope(`{"subscription":{"subscriptionId":"whs_1"},"signingSecret":{"value":"whsec_1"}}`)), "", false},
		"odd types":             {says(201, envelope(oddlyCreated)), "whsec_1", false},
		"without id":            {says(201, envelope(`{"subscription":{"url":"u"},"signingSecret":"whsec_1"}`)), "", true},
		"id of another type":    {says(201, envelope(`{"subscription":{"subscriptionId":7}}`)), "", true},
		"without subscription":  {says(201, envelope(`{"signingSecret":"whsec_1"}`)), "", true},
		"without data":          {says(201, `{"ok":true,"contractVersion":"v1.0"}`), "", true},
		"ok of another type":    {says(201, `{"ok":{},"data":`+created+`}`), "", true},
		"cut":                   {cuts(""), "", true},
		"not ok, with the data": {says(201, `{"ok":false,"data":`+created+`}`), "", true},
	} {
		a := serve(t, map[string]http.HandlerFunc{routes["create"]: test.handler})
		got, err := a.client(t).CreateSubscription(t.Context(), request)
		if test.failed != (err != nil && outcomeUnknown(err) && strings.HasPrefix(err.Error(), "POST /v1/webhooks: ")) {
			t.Errorf("%s: it ends in %v", name, err)
		}
		if !test.failed && err == nil && (got.Subscription.ID != "whs_1" || string(got.SigningSecret) != test.secret) {
			t.Errorf("%s: it is %+v", name, got)
		}
		if len(a.Made()) != 1 {
			t.Errorf("%s: a create is sent once, not as %q", name, a.Made())
		}
	}
}

func TestAnswersToSetActive(t *testing.T) {
	t.Parallel()
	for name, pause := range pauses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{routes["pause"]: pause.handler})
			got, err := a.client(t, once).SetActive(t.Context(), "whs_1", "", false)
			switch {
			case pause.kind == alive && (err != nil || got.ID != "whs_1" || *got.Active.Value):
				t.Errorf("it is %+v, %v", got, err)
			case pause.kind != alive && (err == nil || httpapi.IsNotFound(err) != (pause.kind == gone)):
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
	repeated := map[string]bool{"pause": true, "find": true, "remove": true, "list": true}
	for operation, route := range routes {
		for name, lost := range map[string]http.HandlerFunc{"500": refuses(500), "cut": cuts(envelope("{}")[:8]), "HTML": says(502, "<html>")} {
			a := serve(t, map[string]http.HandlerFunc{route: inTurn(lost, refuses(422))})
			err := run(t.Context(), a.client(t), operation, "whs_1")
			if again := len(a.Made()) == 2; again != repeated[operation] || !again && !outcomeUnknown(err) {
				t.Errorf("%s, %s: it ends in %v after %q", operation, name, err, a.Made())
			}
		}
	}
}

// Every field is read, and what is odd or missing stays empty.
func TestSubscriptionInAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]enfinitos.Subscription{
		`{"subscriptionId":"whs_1","developerId":"dev_1","url":"https://h.example","events":["*","new.kind"],"label":"l",
		"active":false,"createdAt":"2026-01-01T00:00:00Z","lastDeliveredAt":"2026-01-02T00:00:00Z","secretLastRotatedAt":"2026-01-03T00:00:00Z"}`: {
			ID: "whs_1", DeveloperID: "dev_1", Active: some(false),
			Settings:  enfinitos.Settings{URL: "https://h.example", Events: []string{"*", "new.kind"}, Label: "l"},
			CreatedAt: "2026-01-01T00:00:00Z", LastDeliveredAt: "2026-01-02T00:00:00Z", SecretLastRotatedAt: "2026-01-03T00:00:00Z",
		},
		`{"developerId":[],"createdAt":1790000000,"label":{},"active":"true","lastDeliveredAt":null,"subscriptionId":"whs_1",
		"events":["right.issued",7],"secretLastRotatedAt":{},"url":7}`: {
			ID: "whs_1", Active: some(true), Settings: enfinitos.Settings{Events: []string{"right.issued", ""}},
		},
	} {
		for _, answer := range []string{`{"subscription":` + body + `,"more":1}`, body} {
			a := serve(t, map[string]http.HandlerFunc{routes["find"]: holds(answer)})
			found, presence, err := a.client(t).Find(t.Context(), "whs_1", "")
			if diff := cmp.Diff(&want, found); diff != "" || err != nil || presence != enfinitos.Readable {
				t.Errorf("%d, %v (-want +got):\n%s", presence, err, diff)
			}
		}
	}
}

// A strange id must not make a call about something else.
func TestIDsAreEscaped(t *testing.T) {
	t.Parallel()
	const escaped = "a%2Fb%3Fc"
	for operation, route := range routes {
		if !strings.Contains(route, "whs_1") {
			continue
		}
		for id, calls := range map[string]string{"": "", ".": "", "..": "", "a/b?c": strings.NewReplacer("whs_1", escaped, "dlv_1", escaped).Replace(route)} {
			a := serve(t, map[string]http.HandlerFunc{"/": refuses(400)})
			err := run(t.Context(), a.client(t), operation, id)
			made := strings.TrimSuffix(strings.Join(a.Made(), "\n"), "?limit=50")
			if made != calls || err == nil || httpapi.IsNotFound(err) || outcomeUnknown(err) {
				t.Errorf("%s of %q: %q, %v", operation, id, made, err)
			}
		}
	}
}
