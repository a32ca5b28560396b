package tfdfns_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

func configured(t *testing.T, env *acctest.Env) *acctest.Protocol {
	t.Helper()
	provider := acctest.NewProtocol(t, env.Env())
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

// A webhook is read with everything but its secret.
func TestWebhookDataSource(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	result, problems := configured(t, env).Data("webhook_dfns", values{"id": acctest.String(id)})
	created := env.Dfns.Webhooks()[0].Created.UTC().Format("2006-01-02T15:04:05.000Z")
	want := map[string]any{
		"id": id, "url": "https://hooks.example.com/dfns", "events": []any{"wallet.created", "wallet.transfer.confirmed"},
		"status": "Enabled", "description": nil, "date_created": created, "date_updated": created,
	}
	if diff := cmp.Diff(want, acctest.Plain(result)); diff != "" || len(problems) != 0 {
		t.Errorf("%s (-want +got):\n%s", acctest.Text(problems), diff)
	}
}

// The error for a missing webhook names ten that exist, and no more.
func TestWebhookDataSourceErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	provider := configured(t, env)
	ask := func() string {
		return acctest.Text(provider.ReadData("webhook_dfns", values{"id": acctest.String("wh-none")}))
	}
	if got := ask(); !acctest.Says("Dfns Webhook Not Found", "Reading webhook wh-none failed", "has no webhook").MatchString(got) {
		t.Error(got)
	}
	for count := range 11 {
		existing(env)
		got := ask()
		if named := strings.Count(got, "https://"); named != min(count+1, 10) || strings.Contains(got, "\n…") != (count == 10) || !strings.Contains(got, "has:\nwh-") {
			t.Errorf("of %d webhooks it names %d: %s", count+1, named, got)
		}
	}
	inject(t, env, sandbox.Fault{Path: "/webhooks/*", Effect: "status", Status: 403})
	if got := ask(); !acctest.Says("Unable to read Dfns webhook", "Reading webhook wh-none failed", "lacks the permission Webhooks:Read").MatchString(got) {
		t.Error(got)
	}
}

// The webhooks are listed oldest first, whatever the order of the API, and those of one moment by their ids.
func TestWebhooksDataSource(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	for i := range 6 {
		env.Dfns.Register(dfns.Webhook{
			URL: fmt.Sprintf("https://hooks.example.com/%d", i%3), Events: []string{"*"}, Status: []string{"Enabled", "Disabled"}[i%2],
		})
	}
	provider := configured(t, env)
	list := func(filter values) (ids []string) {
		result, problems := provider.Data("webhook_dfns_webhooks", filter)
		if len(problems) != 0 {
			t.Error(acctest.Text(problems))
		}
		for _, webhook := range acctest.Plain(result)["webhooks"].([]any) {
			ids = append(ids, webhook.(map[string]any)["id"].(string))
		}
		return ids
	}
	filter := values{"url": acctest.String("https://HOOKS.example.com:443/0"), "status": acctest.String("Enabled")}
	if all, some := list(nil), list(filter); len(all) != 6 || len(some) != 1 {
		t.Errorf("it lists %q, filtered %q", all, some)
	}
	if got := acctest.Text(provider.ValidateData("webhook_dfns_webhooks", values{"status": acctest.String("disabled")})); !strings.Contains(got, `write "Disabled"`) {
		t.Error(got)
	}

	item := `{"id": "wh-%d", "url": "https://h.example", "events": ["*"], "dateCreated": "2026-10-0%dT12:00:00Z"}`
	inject(t, env, sandbox.Fault{Path: "/webhooks", Effect: "patch", Patch: json.RawMessage(
		fmt.Sprintf(`{"items": [`+item+","+item+","+item+","+item+`], "nextPageToken": null}`, 9, 3, 8, 1, 7, 2, 6, 2))})
	if diff := cmp.Diff([]string{"wh-8", "wh-6", "wh-7", "wh-9"}, list(nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// record records events for the webhooks that want them.
func record(t *testing.T, env *acctest.Env, kind string, times int) {
	t.Helper()
	for i := range times {
		if err := env.Dfns.RecordEvent(kind, json.RawMessage(fmt.Sprintf(`{"wallet": {"number": %d}}`, i))); err != nil {
			t.Fatal(err)
		}
	}
}

// eventShapes runs a test in virtual time with an API that shows what the vendor's prose names, and with one that shows only what its
// schema has. Deliveries to the webhook fail, because the sandbox never calls another machine.
func eventShapes(t *testing.T, test func(t *testing.T, env *acctest.Env, provider *acctest.Protocol, id string, bare bool)) {
	t.Helper()
	for name, bare := range map[string]bool{"prose": false, "schema": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, sandbox.Config{DfnsBareEvents: bare}, func(t *testing.T, env *acctest.Env, instance *acctest.Instance) {
				test(t, env, instance.Provider, existing(env), bare)
			})
		})
	}
}

// read reads a data source about a webhook.
func read(t *testing.T, provider *acctest.Protocol, name, id string, further map[string]acctest.Value) map[string]any {
	t.Helper()
	attributes := map[string]acctest.Value{"webhook_id": acctest.String(id)}
	maps.Copy(attributes, further)
	result, problems := provider.Data(name, attributes)
	if len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return acctest.Plain(result)
}

type values = map[string]acctest.Value

// Both shapes of an event say whether it failed, nothing shows a payload that was not asked for, and no more calls are made than needed.
func TestEvents(t *testing.T) {
	t.Parallel()
	eventShapes(t, func(t *testing.T, env *acctest.Env, provider *acctest.Protocol, id string, bare bool) {
		record(t, env, "wallet.created", 230)
		<-time.After(time.Minute)
		raiseEvent(t, env, "wallet.transfer.confirmed")
		held := env.Dfns.Events()[230]
		want := map[string]any{
			"id": held.ID, "date": held.Raised.UTC().Format("2006-01-02T15:04:05.000Z"), "kind": "wallet.transfer.confirmed", "data": nil,
			"status": "ENOTLOOPBACK", "timestamp_sent": int(held.Last.Unix()), "error": held.Error, "delivery_failed": true,
			"delivery_attempt": 1, "retry_of": nil, "next_attempt_date": held.NextRetry.UTC().Format("2006-01-02T15:04:05.000Z"),
		}
		if bare {
			want["delivery_attempt"], want["next_attempt_date"] = nil, nil
		}
		private := maps.Clone(want)
		private["data"] = `{"number":1}`
		for name, test := range map[string]struct {
			filter        values
			events, calls int
			last          map[string]any // nil for one that was delivered
		}{
			"default":  {nil, 100, 1, nil},
			"seven":    {values{"max_results": acctest.Number(7)}, 7, 1, nil},
			"200":      {values{"max_results": acctest.Number(200)}, 200, 1, nil},
			"201":      {values{"max_results": acctest.Number(201)}, 201, 2, nil},
			"all":      {values{"max_results": acctest.Number(1000)}, 231, 2, want},
			"kind":     {values{"kind": acctest.String("wallet.transfer.confirmed")}, 1, 1, want},
			"failed":   {values{"delivery_failed": acctest.Bool(true)}, 1, 1, want},
			"payloads": {values{"delivery_failed": acctest.Bool(true), "include_payload": acctest.Bool(true)}, 1, 1, private},
			"good":     {values{"delivery_failed": acctest.Bool(false), "max_results": acctest.Number(1000)}, 230, 2, nil},
		} {
			env.DfnsCalls.ForgetCalls()
			events := read(t, provider, "webhook_dfns_events", id, test.filter)["events"].([]any)
			if reads := acctest.Reads(env.DfnsCalls); len(events) != test.events || len(reads) != test.calls {
				t.Fatalf("%s: %d events, after %q", name, len(events), reads)
			}
			last := events[len(events)-1].(map[string]any)
			if test.last == nil && (last["delivery_failed"] != false || last["data"] != nil || last["error"] != nil) {
				t.Errorf("%s: the last event is %v", name, last)
			}
			if diff := cmp.Diff(test.last, last); test.last != nil && diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		private["webhook_id"] = id
		if diff := cmp.Diff(private, read(t, provider, "webhook_dfns_event", id, values{"id": acctest.String(held.ID)})); diff != "" {
			t.Errorf("one event (-want +got):\n%s", diff)
		}
		health := read(t, provider, "webhook_dfns_delivery_health", id, values{"max_calls": acctest.Number(1)})
		if health["complete"] != false || health["delivered"] != 200 {
			t.Errorf("of 200 events: %v", health)
		}
		inject(t, env, sandbox.Fault{Path: "/webhooks/*/events", Effect: "patch", Patch: json.RawMessage(
			`{"items": [{"id": "2", "timestampSent": 2}, {"id": "3", "timestampSent": 2}, {"id": "1", "timestampSent": 1}], "nextPageToken": null}`)})
		order := ""
		for _, event := range read(t, provider, "webhook_dfns_events", id, nil)["events"].([]any) {
			order += event.(map[string]any)["id"].(string)
		}
		if order != "123" {
			t.Errorf("the events have the order %s", order)
		}
	})
}

// raiseEvent has an event delivered, and returns after the first attempt.
func raiseEvent(t *testing.T, env *acctest.Env, kind string) {
	t.Helper()
	if _, err := env.Dfns.Raise(kind, json.RawMessage(`{"number":1}`)); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// The verdict follows an event through the vendor's schedule: until it is lost, because the receiver was down or because the webhook was
// disabled when an attempt was due.
func TestHealthDataSource(t *testing.T) {
	t.Parallel()
	eventShapes(t, func(t *testing.T, env *acctest.Env, provider *acctest.Protocol, id string, bare bool) {
		began, other := time.Now().UTC(), existing(env)
		text := func(at time.Time) string { return at.Format(time.RFC3339) }
		basis := map[bool]string{true: "schedule", false: "api"}[bare]
		health := func(id string, delivered, pending, lost int, further map[string]any) {
			t.Helper()
			want := map[string]any{
				"webhook_id": id, "window": "25h", "max_calls": nil, "delivered": delivered, "pending": pending, "lost": lost, "complete": true,
				"last_delivered_at": text(began), "oldest_pending_at": nil, "last_error": nil, "basis": nil,
			}
			maps.Copy(want, further)
			env.DfnsCalls.ForgetCalls()
			got := read(t, provider, "webhook_dfns_delivery_health", id, values{"window": acctest.String("25h")})
			if diff := cmp.Diff(want, got); diff != "" || len(acctest.Reads(env.DfnsCalls)) != 1 {
				t.Errorf("after %s, with the calls %q (-want +got):\n%s", time.Since(began), acctest.Reads(env.DfnsCalls), diff)
			}
		}
		record(t, env, "wallet.created", 2)
		health(id, 2, 0, 0, nil)
		raiseEvent(t, env, "wallet.created")
		failed := map[string]any{"last_error": "ENOTLOOPBACK: " + env.Dfns.Events()[4].Error, "basis": basis, "oldest_pending_at": text(began)}
		health(id, 2, 1, 0, failed)
		if err := env.Dfns.Edit(other, func(w *dfns.Webhook) { w.Status = "Disabled" }); err != nil {
			t.Fatal(err)
		}
		<-time.After(3 * time.Hour)
		health(id, 2, 1, 0, failed)
		delete(failed, "oldest_pending_at")
		health(other, 2, 0, 1, failed)
		<-time.After(21*time.Hour + time.Minute)
		health(id, 2, 0, 1, failed)
	})
}

// What is asked about no webhook, without a permission, or about no event, fails with the reason.
func TestEventErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id, provider := existing(env), configured(t, env)
	for _, test := range []struct{ name, webhook, refused, want string }{
		{"events", "wh-none", "", "Reading the events of webhook wh-none failed: .*no such webhook"},
		{"events", id, "/webhooks/*/events", "lacks the permission Webhooks:Events:Read"},
		{"delivery_health", "wh-none", "", "Reading the events of webhook wh-none failed: .*no such webhook"},
		{"delivery_health", id, "/webhooks/*/events", "lacks the permission Webhooks:Events:Read"},
		{"event", id, "", "Reading event whe-none of webhook " + id + " failed: .*older than 31 days"},
		{"event", "wh-none", "", "Dfns Webhook Not Found: Reading event whe-none of webhook wh-none .*has:\n" + id},
		{"event", "wh-none", "/webhooks/wh-none", "Dfns Webhook Event Not Found: .*or the webhook itself does not exist"},
	} {
		if test.refused != "" {
			inject(t, env, sandbox.Fault{Path: test.refused, Effect: "status", Status: 403, Times: 1})
		}
		got := acctest.Text(provider.ReadData("webhook_dfns_"+test.name, values{"webhook_id": acctest.String(test.webhook), "id": acctest.String("whe-none")}))
		if !regexp.MustCompile("(?s)" + test.want).MatchString(got) {
			t.Errorf("%s of %s: %s", test.name, test.webhook, got)
		}
	}
	if got := acctest.Text(provider.ValidateData("webhook_dfns_events", values{"kind": acctest.String("*")})); !strings.Contains(got, "must be one event kind") {
		t.Errorf("of the kind *: %s", got)
	}
}
