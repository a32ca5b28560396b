package tfenfinitos_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

func TestWebhookDataSource(t *testing.T) {
	t.Parallel()
	for _, conventional := range []bool{false, true} {
		env := acctest.New(t, sandbox.Config{EnfinitosConventional: conventional})
		id, provider := register(env, "https://hooks.example.com/"), configured(t, env, "")
		says := func(id string, want ...string) {
			t.Helper()
			if got := acctest.Text(provider.ReadData("webhook_enfinitos", values{"id": acctest.String(id)})); !acctest.Says(want...).MatchString(got) {
				t.Error(got)
			}
		}
		says("whs_none", "Reading subscription whs_none failed", "has no such subscription")
		if !conventional {
			says(id, "Unable to read EnfinitOS webhook", "Subscription "+id, "cannot be read, because this API has no call to read")
			continue
		}
		_ = env.Enfinitos.Edit(id, func(s *enfinitos.Subscription) { s.LastDelivered = s.Created })
		result, problems := provider.Data("webhook_enfinitos", values{"id": acctest.String(id)})
		got := acctest.Plain(result)
		want := map[string]any{
			"id": id, "url": "https://hooks.example.com/", "events": []any{"*"}, "label": "x", "active": true, "secret_last_rotated_at": nil,
			"developer_id": got["developer_id"], "created_at": got["created_at"], "last_delivered_at": got["created_at"],
		}
		if diff := cmp.Diff(want, got); diff != "" || len(problems) != 0 || got["developer_id"] == nil || got["created_at"] == nil {
			t.Errorf("%s (-want +got):\n%s", acctest.Text(problems), diff)
		}
	}
}

// result reads a data source about a subscription.
func result(t *testing.T, provider *acctest.Protocol, name, id string, further values) map[string]any {
	t.Helper()
	attributes := values{"subscription_id": acctest.String(id)}
	maps.Copy(attributes, further)
	out, problems := provider.Data(name, attributes)
	if len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return acctest.Plain(out)
}

// The newest deliveries come first, nothing shows a payload that was not asked for, and no more calls are made than needed.
func TestDeliveriesDataSource(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id, provider := register(env, "https://hooks.example.com/"), configured(t, env, "")
	for range 120 {
		env.Enfinitos.AddDelivery(enfinitos.Delivery{WebhookID: id, Status: enfinitos.Delivered, Attempts: 1, HTTPStatus: 200, Payload: "{}"})
	}
	dead := env.Enfinitos.AddDelivery(enfinitos.Delivery{
		WebhookID: id, Status: enfinitos.DeadLettered, Attempts: 5, Error: "refused", Payload: `{"number":120}`, Excerpt: "busy", Signature: "t=1,v1=a",
	})
	want := map[string]any{
		"id": dead, "status": "dead_lettered", "attempt_count": 5, "error_message": "refused", "http_status": nil, "delivered_at": nil,
		"first_attempted_at": nil, "last_attempted_at": nil, "next_retry_at": nil, "payload": nil, "response_body_excerpt": nil, "signature_header": nil,
	}
	private := maps.Clone(want)
	private["payload"], private["response_body_excerpt"], private["signature_header"] = `{"number":120}`, "busy", "t=1,v1=a"
	for name, test := range map[string]struct {
		filter            values
		deliveries, calls int
		newest            map[string]any
	}{
		"default":  {nil, 100, 2, want},
		"seven":    {values{"max_results": acctest.Number(7)}, 7, 1, want},
		"51":       {values{"max_results": acctest.Number(51)}, 51, 2, want},
		"all":      {values{"max_results": acctest.Number(1000)}, 121, 3, want},
		"status":   {values{"status": acctest.String("dead_lettered")}, 1, 1, want},
		"none":     {values{"status": acctest.String("queued")}, 0, 1, nil},
		"payloads": {values{"status": acctest.String("dead_lettered"), "include_payload": acctest.Bool(true)}, 1, 1, private},
	} {
		env.EnfinitosCalls.ForgetCalls()
		deliveries := result(t, provider, "webhook_enfinitos_deliveries", id, test.filter)["deliveries"].([]any)
		if reads := acctest.Reads(env.EnfinitosCalls); len(deliveries) != test.deliveries || len(reads) != test.calls {
			t.Fatalf("%s: %d deliveries, after %q", name, len(deliveries), reads)
		}
		if test.newest != nil {
			if diff := cmp.Diff(test.newest, deliveries[0]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

// A read ends where the window begins, with one call for every 200 deliveries, and what was not read makes the verdict incomplete.
func TestHealthDataSource(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id, provider := register(env, "https://hooks.example.com/"), configured(t, env, "")
	now := time.Now().UTC().Truncate(time.Second)
	add := func(count int, status string, age time.Duration) {
		made := enfinitos.Delivery{WebhookID: id, Status: status, Attempts: 1, First: now.Add(-age), Last: now.Add(-age), Payload: "{}"}
		if status == enfinitos.Delivered {
			made.HTTPStatus, made.DeliveredAt = 204, made.Last
		} else {
			made.Error = "refused"
		}
		for range count {
			env.Enfinitos.AddDelivery(made)
		}
	}
	text := func(age time.Duration) string { return now.Add(-age).Format(time.RFC3339) }
	add(700, enfinitos.Delivered, 30*time.Hour)
	add(190, enfinitos.Delivered, 20*time.Hour)
	healthy := map[string]any{
		"subscription_id": id, "window": nil, "max_calls": nil, "delivered": 190, "pending": 0, "lost": 0, "complete": true,
		"last_delivered_at": text(20 * time.Hour), "oldest_pending_at": nil, "last_error": nil, "basis": nil,
	}
	check := func(name string, attributes values, calls int, want map[string]any) {
		t.Helper()
		env.EnfinitosCalls.ForgetCalls()
		got := result(t, provider, "webhook_enfinitos_delivery_health", id, attributes)
		if diff := cmp.Diff(want, got); diff != "" || len(acctest.Reads(env.EnfinitosCalls)) != calls {
			t.Errorf("%s, with the calls %q (-want +got):\n%s", name, acctest.Reads(env.EnfinitosCalls), diff)
		}
	}
	check("healthy", nil, 2, healthy)
	add(2, enfinitos.Failed, 2*time.Hour)
	add(1, enfinitos.DeadLettered, time.Hour)
	add(1, enfinitos.Failed, 0)
	sick := maps.Clone(healthy)
	maps.Copy(sick, map[string]any{"pending": 3, "lost": 1, "oldest_pending_at": text(2 * time.Hour), "last_error": "refused", "basis": "api"})
	check("sick", nil, 2, sick)
	maps.Copy(sick, map[string]any{"max_calls": 1, "complete": false})
	check("cut", values{"max_calls": acctest.Number(1)}, 1, sick)
	maps.Copy(sick, map[string]any{"max_calls": nil, "complete": true, "window": "48h", "delivered": 890})
	check("two days", values{"window": acctest.String("48h")}, 5, sick)
}

func TestDeliveriesOfAnUnknownSubscription(t *testing.T) {
	t.Parallel()
	provider := configured(t, acctest.New(t, sandbox.Config{}), "")
	for _, name := range []string{"webhook_enfinitos_deliveries", "webhook_enfinitos_delivery_health"} {
		got := acctest.Text(provider.ReadData(name, values{"subscription_id": acctest.String("whs_none")}))
		if !acctest.Says("the deliveries of subscription whs_none", "no such subscription").MatchString(got) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A monitor with a misspelt status would stay silent forever.
func TestDeliveriesOfAnUnknownStatus(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	for status, want := range map[string]acctest.Value{"dead_lettered": acctest.String("dead_lettered"), "unknown": acctest.Unknown()} {
		if got := acctest.Text(provider.ValidateData("webhook_enfinitos_deliveries", values{"status": want})); strings.Contains(got, "Unknown Status") {
			t.Errorf("%s: %s", status, got)
		}
	}
	got := acctest.Text(provider.ValidateData("webhook_enfinitos_deliveries", values{
		"status": acctest.String("deadlettered"), "max_results": acctest.Number(0),
	}))
	if !acctest.Says("WARNING Unknown Status: deadlettered", `["queued" "delivered" "failed" "dead_lettered"]`).MatchString(got) ||
		!strings.Contains(got, "at least 1") {
		t.Errorf("of a misspelt one: %s", got)
	}
}
