package tfdfns_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

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

func TestWebhookDataSourceErrors(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	config := "data \"webhook_dfns\" \"test\" {\n  id = \"wh-none\"\n}\n"
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: config, ExpectError: acctest.Says("Dfns Webhook Not Found", "Reading webhook wh-none failed", "has no webhook")},
		{
			PreConfig:   func() { existing(env) },
			Config:      config,
			ExpectError: acctest.Says("Reading webhook wh-none failed", "has: wh-", "https://hooks.example.com"),
		},
		{
			PreConfig:   inject(t, env, sandbox.Fault{Path: "/webhooks/*", Effect: "status", Status: 403}),
			Config:      config,
			ExpectError: acctest.Says("Unable to read Dfns webhooks", "Reading webhook wh-none failed", "lacks the permission Webhooks:Read"),
		},
	}})
}

func TestWebhooksDataSource(t *testing.T) {
	t.Parallel()
	const data = "data.webhook_dfns_webhooks.test"
	env := acctest.New(t, sandbox.Config{})
	for i := range 450 {
		env.Dfns.Register(dfns.Webhook{
			URL: fmt.Sprintf("https://hooks.example.com/%d", i%3), Events: []string{"*"}, Status: []string{"Enabled", "Disabled"}[i%2],
		})
	}
	config := func(filter string) string {
		return "data \"webhook_dfns_webhooks\" \"test\" {\n" + filter + "\n}\n"
	}
	length := func(n int) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(data, attribute("webhooks"), knownvalue.ListSizeExact(n))}
	}
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: config(`status = "disabled"`), ExpectError: acctest.Says("status", `write "Disabled"`)},
		{Config: config(""), ConfigStateChecks: length(450)},
		{Config: config(`url = "https://HOOKS.example.com:443/1"`), ConfigStateChecks: length(150)},
		{Config: config(`status = "Disabled"`), ConfigStateChecks: length(225)},
		{Config: config("url = \"https://hooks.example.com/0\"\n  status = \"Enabled\""), ConfigStateChecks: length(75)},
		{Config: config("url = \"http://hooks.example.com/0\"\n  status = \"Paused\""), ConfigStateChecks: length(0)},
	}})
	env.DfnsCalls.ForgetCalls()
	if got := configured(t, env).ReadData("webhook_dfns_webhooks", nil); len(got) != 0 || len(acctest.Reads(env.DfnsCalls)) != 3 {
		t.Errorf("%s %q, want 3 calls", acctest.Text(got), acctest.Reads(env.DfnsCalls))
	}
}

// The webhooks are listed oldest first, whatever the order of the API, and those of one moment by their ids.
func TestWebhooksDataSourceOrder(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	var items []string
	var want []knownvalue.Check
	for i, day := range []int{3, 1, 2, 2} {
		items = append(items, fmt.Sprintf(`{"id":"wh-%d","url":"https://h.example","events":["*"],"dateCreated":"2026-10-0%dT12:00:00Z"}`, 9-i, day))
	}
	for _, id := range []string{"wh-8", "wh-6", "wh-7", "wh-9"} {
		want = append(want, knownvalue.ObjectPartial(map[string]knownvalue.Check{"id": knownvalue.StringExact(id)}))
	}
	env.DfnsURL = acctest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"items":[%s]}`, strings.Join(items, ","))
	})
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
		Config: "data \"webhook_dfns_webhooks\" \"test\" {\n}\n",
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.webhook_dfns_webhooks.test", attribute("webhooks"), knownvalue.ListExact(want)),
		},
	}}})
}

// Who asks for a webhook that there is not is told of ten that there are, and of no more.
func TestWebhookDataSourceNamesTen(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]int{1: 1, 10: 10, 11: 10, 12: 10} {
		env := acctest.New(t, sandbox.Config{})
		registered(env, count)
		got := acctest.Text(configured(t, env).ReadData("webhook_dfns", map[string]acctest.Value{"id": acctest.String("wh-none")}))
		if named := strings.Count(got, "https://"); named != want || strings.HasSuffix(strings.TrimSpace(got), "\n…") != (count > want) {
			t.Errorf("of %d webhooks it names %d: %s", count, named, got)
		}
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

func TestEventsDataSource(t *testing.T) {
	t.Parallel()
	const data = "data.webhook_dfns_events.test"
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	record(t, env, "wallet.created", 120)
	record(t, env, "wallet.transfer.confirmed", 3)
	config := func(filter string) string {
		return fmt.Sprintf("data \"webhook_dfns_events\" \"test\" {\n  webhook_id = %q\n  %s\n}\n", id, filter)
	}
	length := func(n int) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(data, attribute("events"), knownvalue.ListSizeExact(n))
	}
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: config(""), ConfigStateChecks: []statecheck.StateCheck{length(100)}},
		{Config: config("max_results = 1000"), ConfigStateChecks: []statecheck.StateCheck{length(123)}},
		{
			Config: config("kind = \"wallet.transfer.confirmed\"\n  delivery_failed = false") +
				"output \"number\" {\n  value = jsondecode(" + data + ".events[2].data).wallet.number\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				length(3),
				statecheck.ExpectKnownOutputValue("number", knownvalue.Int64Exact(2)),
				statecheck.ExpectKnownValue(data, attribute("events").AtSliceIndex(0), knownvalue.ObjectPartial(map[string]knownvalue.Check{
					"kind":              knownvalue.StringExact("wallet.transfer.confirmed"),
					"status":            knownvalue.StringExact("200"),
					"delivery_failed":   knownvalue.Bool(false),
					"delivery_attempt":  knownvalue.Int64Exact(1),
					"timestamp_sent":    knownvalue.NotNull(),
					"error":             knownvalue.Null(),
					"retry_of":          knownvalue.Null(),
					"next_attempt_date": knownvalue.Null(),
				})),
			},
		},
		{Config: config("delivery_failed = true"), ConfigStateChecks: []statecheck.StateCheck{length(0)}},
		{Config: config(`kind = "*"`), ExpectError: acctest.Says("kind", "must be one event kind")},
		{Config: strings.Replace(config(""), id, "wh-none", 1), ExpectError: acctest.Says("the events of webhook wh-none", "no such webhook")},
		{
			PreConfig:   inject(t, env, sandbox.Fault{Path: "/webhooks/*/events", Effect: "status", Status: 403}),
			Config:      config(""),
			ExpectError: acctest.Says("lacks the permission Webhooks:Events:Read"),
		},
	}})
}

// No more is asked of the API than is wanted.
func TestEventsDataSourceCalls(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	record(t, env, "wallet.created", 450)
	provider := configured(t, env)
	for most, want := range map[int]int{7: 1, 200: 1, 201: 2, 1000: 3} {
		env.DfnsCalls.ForgetCalls()
		got := provider.ReadData("webhook_dfns_events", map[string]acctest.Value{
			"webhook_id": acctest.String(id), "max_results": acctest.Number(most),
		})
		if reads := acctest.Reads(env.DfnsCalls); len(got) != 0 || len(reads) != want {
			t.Errorf("max_results %d: %s %q, want %d calls", most, acctest.Text(got), reads, want)
		}
	}
}

func TestEventDataSource(t *testing.T) {
	t.Parallel()
	const data = "data.webhook_dfns_event.test"
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	record(t, env, "wallet.created", 1)
	config := func(event string) string {
		return fmt.Sprintf("data \"webhook_dfns_event\" \"test\" {\n  webhook_id = %q\n  id = %s\n}\n", id, event)
	}
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{
			Config: fmt.Sprintf("data \"webhook_dfns_events\" \"all\" {\n  webhook_id = %q\n}\n", id) + config("data.webhook_dfns_events.all.events[0].id"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(data, attribute("kind"), knownvalue.StringExact("wallet.created")),
				statecheck.ExpectKnownValue(data, attribute("data"), knownvalue.StringExact(`{"wallet":{"number":0}}`)),
			},
		},
		{Config: config(`"whe-none"`), ExpectError: acctest.Says("Reading event whe-none of webhook "+id, "older than 31 days")},
		{
			Config:      strings.Replace(config(`"whe-none"`), id, "wh-none", 1),
			ExpectError: acctest.Says("Dfns Webhook Not Found", "Reading event whe-none of webhook wh-none", "has: "+id),
		},
		{
			PreConfig:   inject(t, env, sandbox.Fault{Path: "/webhooks/wh-none", Effect: "status", Status: 403}),
			Config:      strings.Replace(config(`"whe-none"`), id, "wh-none", 1),
			ExpectError: acctest.Says("Dfns Webhook Event Not Found", "or the webhook itself does not exist"),
		},
	}})
}

// An id that would reach another path is never sent, and the error says so instead of sending people to their network.
func TestIDsThatAreNone(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	provider := configured(t, env)
	for _, id := range []string{"", ".", ".."} {
		attributes := map[string]acctest.Value{"id": acctest.String(id), "webhook_id": acctest.String(id)}
		_, pinged := provider.Invoke("webhook_dfns_ping", attributes)
		for what, got := range map[string]string{
			"import": acctest.Text(provider.Read("webhook_dfns", attributes)),
			"delete": acctest.Text(provider.Delete("webhook_dfns", attributes)),
			"data":   acctest.Text(provider.ReadData("webhook_dfns", attributes)),
			"events": acctest.Text(provider.ReadData("webhook_dfns_events", attributes)),
			"ping":   fmt.Sprint(pinged),
		} {
			if !strings.Contains(got, "The id is not valid. No request was sent") || strings.Contains(got, "base_url") {
				t.Errorf("%s of %q: %s", what, id, got)
			}
		}
	}
	if made := env.DfnsCalls.Journal(); len(made) != 0 {
		t.Errorf("calls were made: %v", made)
	}
}

func TestSignatureFunction(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	// Computed with: printf '{"a":1}' | openssl dgst -sha256 -hmac whs-0123
	got, err := provider.Call("dfns_signature", acctest.String("whs-0123"), acctest.String(`{"a":1}`))
	want := tftypes.NewValue(tftypes.String, "sha256=4f2dc4ed4e8a1af8323d3d82baf9ba0d0cdd0a939613df9fc848cfaaccbf5d19")
	if err != nil || !got.Equal(want) {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := provider.Call("dfns_signature", acctest.String(""), acctest.String("{}")); err == nil || !strings.HasPrefix(err.Error(), "argument 0: The secret is empty") {
		t.Errorf("got %v", err)
	}
}

func TestEventKindsFunction(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	config := func(arguments string) string {
		return "output \"test\" {\n  value = provider::webhook::dfns_event_kinds(" + arguments + ")\n}\n"
	}
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{
			Config: config(`"policy.approval.*", "key.created", "policy.*.resolved"`),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("test", knownvalue.SetExact([]knownvalue.Check{
				knownvalue.StringExact("key.created"),
				knownvalue.StringExact("policy.approval.pending"), knownvalue.StringExact("policy.approval.resolved"),
			}))},
		},
		{Config: config(`"key.created", "wallet.transfers.*"`), ExpectError: acctest.Says(`"wallet.transfers.*" matches no Dfns event kind`, `"wallet.transfer.`)},
		{Config: config(""), ExpectError: acctest.Says("At least one pattern")},
	}})
}

// The API refuses a kind that its specification does not have, so only who names one that the vendor's prose has gets it.
func TestEventKindsOfTheProse(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	for _, pattern := range []string{"*", "policy.*", "p*", "webhook.event.retry.triggered*"} {
		got, err := provider.Call("dfns_event_kinds", acctest.String(pattern), acctest.String("key.created"))
		for _, kind := range []string{"policy.activity.resolved", "swap.completed", "swap.failed", "webhook.event.retry.triggered"} {
			if strings.Contains(got.String(), kind) {
				t.Errorf("%q gives %s: %v", pattern, kind, err)
			}
		}
	}
	got, err := provider.Call("dfns_event_kinds", acctest.String("swap.failed"), acctest.String("policy.activity.resolved"))
	if want := acctest.StringSet("policy.activity.resolved", "swap.failed"); err != nil || !got.Equal(want) {
		t.Errorf("got %s, %v", got, err)
	}
	for pattern, want := range map[string]string{
		"swap.*": `argument 0: Pattern "swap.*" matches only event kinds that the prose of the Dfns documentation names and its API specification does not: ` +
			"swap.completed, swap.failed",
		"Wallet.*":      `The most similar pattern that matches some is "wallet.*"`,
		"swapp.*":       `The most similar pattern that matches some is "key.*"`, // those of swap.* match kinds of the prose only
		"walet.*":       `The most similar pattern that matches some is "wallet.*"`,
		"wallet.creatd": `The most similar known kind is "wallet.created"`,
		"":              `Pattern "" matches no Dfns event kind that this version of the provider knows. To use a newer kind, add it`,
	} {
		if _, err := provider.Call("dfns_event_kinds", acctest.String(pattern)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", pattern, err, want)
		}
	}
}
