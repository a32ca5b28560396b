package enfinitos_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

var (
	subscriptionID = regexp.MustCompile(`^whs_[a-z0-9]{20}$`)
	developerID    = regexp.MustCompile(`^dev_[a-z0-9]{16}$`)
	signingSecret  = regexp.MustCompile(`^whsec_[a-z0-9]{40}$`)
)

func TestCreate(t *testing.T) {
	t.Parallel()
	a := start(t)
	data := a.send("POST /v1/webhooks", minimal).ok(201)
	got := data["subscription"].(map[string]any)
	sandboxtest.Same(t, got, described(got, nil))
	sandboxtest.Same(t, len(data), 2)
	for value, shape := range map[any]*regexp.Regexp{
		got["subscriptionId"]: subscriptionID, got["developerId"]: developerID, data["signingSecret"]: signingSecret,
	} {
		if text, _ := value.(string); !shape.MatchString(text) {
			t.Errorf("%v is not in the shape of %s", value, shape)
		}
	}
	sandboxtest.Same(t, a.held(), enfinitos.Subscription{
		ID: got["subscriptionId"].(string), URL: "https://hooks.example.com/in", Events: []string{"right.issued"}, Label: "ledger",
		Active: true, Secret: data["signingSecret"].(string), Created: epoch,
	})
}

func TestRefusedCreates(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ fields, words string }{
		"unknown key":     {`"colour":"red"`, `"colour"`},
		"active":          {`"active":true`, `"active"`},
		"wrong-case key":  {`"URL":"https://a.example.com"`, `"URL"`},
		"url null":        {`"url":null`, "url"},
		"url type":        {`"url":1`, "url"},
		"url empty":       {`"url":""`, "url"},
		"url relative":    {`"url":"/in"`, "url"},
		"url host":        {`"url":"https:///in"`, "url"},
		"url port only":   {`"url":"https://:443/in"`, "url"},
		"url http":        {`"url":"http://hooks.example.com"`, "url"},
		"url http, alike": {`"url":"http://localhost.example.com"`, "url"},
		"url http, LAN":   {`"url":"http://192.168.0.1"`, "url"},
		"url ftp":         {`"url":"ftp://127.0.0.1"`, "url"},
		"url no URL":      {`"url":"https://a b"`, "url"},
		"events null":     {`"events":null`, "events"},
		"events type":     {`"events":"*"`, "events"},
		"events empty":    {`"events":[]`, "events"},
		"event null":      {`"events":[null]`, "events"},
		"event type":      {`"events":[1]`, "events"},
		"event empty":     {`"events":["right.issued",""]`, "events"},
		"event shape":     {`"events":["right"]`, "events"},
		"event pattern":   {`"events":["right.*"]`, "events"},
		"event case":      {`"events":["Right.Issued"]`, "events"},
		"event unknown":   {`"events":["*","right.issue"]`, `"right.issue", which is not an event kind; the nearest is right.issued`},
		"label null":      {`"label":null`, "label"},
		"label type":      {`"label":7`, "label"},
		"label empty":     {`"label":""`, "label"},
		"label too long":  {`"label":"` + strings.Repeat("a", 61) + `"`, "label"},
		"label in runes":  {`"label":"` + strings.Repeat("🙂", 61) + `"`, "label"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			a.send("POST /v1/webhooks", over(t, test.fields)).refused(400, test.words)
			sandboxtest.Same(t, len(a.server.Subscriptions()), 0)
		})
	}
}

func TestAcceptedCreates(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, fields := range []string{
		`"url":"https://hooks.example.com:8443/in?a=b"`,
		`"url":"http://127.0.0.1:8080/in"`,
		`"url":"http://127.1.2.3"`,
		`"url":"http://[::1]:8080"`,
		`"url":"http://localhost"`,
		`"events":["*"]`,
		`"events":["proof_pack.sealed","key.issued"]`,
		`"label":"a"`,
		`"label":"` + strings.Repeat("a", 60) + `"`,
		`"label":"` + strings.Repeat("🙂", 60) + `"`,
	} {
		got := a.send("POST /v1/webhooks", over(t, fields)).subscription(201)
		sandboxtest.Same(t, got, described(got, sandboxtest.Decode[map[string]any](t, "{"+fields+"}")))
	}
}

func TestCreateNeedsEverything(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, name := range []string{"url", "events", "label"} {
		a.send("POST /v1/webhooks", over(t, "", name)).refused(400, name)
	}
	for _, body := range []string{``, `{}`, `[]`, `null`, `"text"`, `{`, `{} {}`} {
		a.send("POST /v1/webhooks", body).refused(400, "")
	}
	sandboxtest.Same(t, len(a.server.Subscriptions()), 0)
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, other := a.create("right.issued"), a.create("right.issued")
	call := "POST /v1/webhooks/" + id + "/active"
	for _, active := range []bool{false, false, true, true} {
		data := a.send(call, sandboxtest.Encode(t, map[string]bool{"active": active})).ok()
		got := data["subscription"].(map[string]any)
		sandboxtest.Same(t, got, described(got, map[string]any{"subscriptionId": id, "active": active}))
		sandboxtest.Same(t, len(data), 1) // the secret is told once
		all := a.server.Subscriptions()
		sandboxtest.Same(t, []bool{all[0].Active, all[1].Active}, []bool{active, true})
	}
	a.send("POST /v1/webhooks/"+other+"/active", `{"active":false}`).ok()
	sandboxtest.Same(t, a.server.Subscriptions()[1].Active, false)
}

func TestRefusedPauses(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	for _, body := range []string{
		``, `{}`, `null`, `[]`, `{"active":null}`, `{"active":"false"}`, `{"active":0}`, `{"Active":false}`,
		`{"active":false,"label":"new"}`,
	} {
		a.send("POST /v1/webhooks/"+id+"/active", body).refused(400, "active")
	}
	a.send("POST /v1/webhooks/whs_none/active", `{"active":false}`).refused(404, "Subscription not found")
	sandboxtest.Same(t, a.held().Active, true)
}

func TestGet(t *testing.T) {
	t.Parallel()
	a := start(t, conventional)
	created := a.send("POST /v1/webhooks", minimal).subscription(201)
	call := "GET /v1/webhooks/" + created["subscriptionId"].(string)
	data := a.send(call, "").ok()
	sandboxtest.Same(t, data, map[string]any{"subscription": created})
	a.send("GET /v1/webhooks/whs_none", "").refused(404, "Subscription not found")
}

func TestList(t *testing.T) {
	t.Parallel()
	a := start(t, conventional)
	sandboxtest.Same(t, a.send("GET /v1/webhooks", "").ok(), map[string]any{"subscriptions": []any{}, "nextCursor": nil, "total": 0.0})
	first, second := a.send("POST /v1/webhooks", minimal).subscription(201), a.send("POST /v1/webhooks", minimal).subscription(201)
	sandboxtest.Same(t, a.send("GET /v1/webhooks", "").ok(), map[string]any{
		"subscriptions": []any{first, second}, "nextCursor": nil, "total": 2.0,
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	a := start(t, conventional)
	id, kept := a.create("*"), a.create("*")
	sandboxtest.Same(t, a.send("DELETE /v1/webhooks/"+id, "").ok(), map[string]any{"deleted": true})
	sandboxtest.Same(t, a.held().ID, kept)
	for _, call := range []string{
		"DELETE /v1/webhooks/" + id, "GET /v1/webhooks/" + id, "GET /v1/webhooks/" + id + "/deliveries",
		"POST /v1/webhooks/" + id + "/active", "POST /v1/webhooks/" + id + "/deliveries/dlv_1/replay",
	} {
		a.send(call, "").refused(404, "Subscription not found")
	}
	a.send("GET /v1/webhooks/"+kept, "").ok()
}

func TestChangesFromOutside(t *testing.T) {
	t.Parallel()
	a := start(t, conventional)
	id := a.server.Register(enfinitos.Subscription{URL: "https://hooks.example.com/in", Events: []string{"right.issued"}, Label: "ledger"})
	call := "GET /v1/webhooks/" + id
	got := a.send(call, "").subscription()
	sandboxtest.Same(t, got, described(got, map[string]any{"subscriptionId": id}))

	err := a.server.Edit(id, func(s *enfinitos.Subscription) {
		s.Label, s.Active = "new", false
		s.LastDelivered, s.SecretRotated = epoch.Add(time.Minute), epoch.Add(time.Hour)
	})
	if err != nil {
		t.Fatal(err)
	}
	sandboxtest.Same(t, a.send(call, "").subscription(), described(got, map[string]any{
		"label": "new", "active": false, "lastDeliveredAt": "2026-01-02T03:05:05Z", "secretLastRotatedAt": "2026-01-02T04:04:05Z",
	}))

	copied := a.server.Subscriptions()
	copied[0].Label, copied[0].Events[0] = "changed", "offer.proposed"
	sandboxtest.Same(t, []any{a.held().Label, a.held().Events}, []any{"new", []string{"right.issued"}})
	other := a.create("*")
	a.server.Remove(id)
	a.send(call, "").refused(404, "Subscription not found")
	sandboxtest.Same(t, a.held().ID, other)
	if a.server.Edit(id, func(*enfinitos.Subscription) {}) == nil {
		t.Error("a removed subscription was edited")
	}
}
