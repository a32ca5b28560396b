package tfenfinitos_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// A refresh costs one call, and one more where the API has no call to read a subscription. That drift cannot be seen there is in the
// documentation: nobody could silence a warning that comes in every run.
func TestWebhookRefresh(t *testing.T) {
	t.Parallel()
	for _, conventional := range []bool{false, true} {
		env := acctest.New(t, sandbox.Config{EnfinitosConventional: conventional})
		instance := created(t, env)
		id := instance.Text("id")
		want := []string{"GET /v1/webhooks/" + id + " 200"}
		if !conventional {
			want = []string{"GET /v1/webhooks/" + id + " 404", "GET /v1/webhooks/" + id + "/deliveries?limit=1 200"}
		}
		if problems := instance.Refresh().Problems; problems != "" {
			t.Errorf("got %q", problems)
		}
		if diff := cmp.Diff(want, acctest.Reads(env.EnfinitosCalls)); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		err := env.Enfinitos.Edit(id, func(s *enfinitos.Subscription) { s.SecretRotated = s.Created })
		if got := instance.Refresh().Problems; err != nil || acctest.Says("WARNING", "Rotated Outside", id).MatchString(got) != conventional {
			t.Errorf("after a rotation: %q, %v", got, err)
		}
	}
}

// Without the scope audit:read nothing proves that the subscription exists, so it was not seen there.
func TestReadWithoutAuditScope(t *testing.T) {
	t.Parallel()
	there := acctest.New(t, sandbox.Config{})
	instance := created(t, acctest.New(t, sandbox.Config{}))
	instance.Provider = configured(t, there, "/other")
	inject(t, there, sandbox.Fault{Path: "/other/v1/webhooks/*/deliveries", Effect: sandbox.Status, Status: 403, Times: 1})
	if got := instance.Refresh().Problems; !acctest.Says("WARNING", "Not Proven", "scope audit:read").MatchString(got) {
		t.Fatalf("got %q, want a warning that names the scope", got)
	}
	if report := instance.Refresh(); !report.Failed() || instance.State == nil {
		t.Errorf("it is gone: %+v", report)
	}
}

// Nobody knows whether a pause was made whose answer is lost, even if the retry that follows is refused unread, and where the API
// cannot be read nobody can find out. So the state forgets what it said, and the next apply sets it again, to whatever is then wanted.
func TestWebhookPauseOutcomeUnknown(t *testing.T) {
	t.Parallel()
	pauses := func(instance *acctest.Instance) acctest.Report { return instance.Apply(configuration(false)) }
	dropped := sandbox.Fault{Effect: "drop_after"}
	for name, test := range map[string]struct {
		operation func(*acctest.Instance) acctest.Report
		faults    []sandbox.Fault
	}{
		"update": {pauses, []sandbox.Fault{dropped}},
		"delete": {(*acctest.Instance).Destroy, []sandbox.Fault{dropped}},
		"update, then limited": {pauses, []sandbox.Fault{
			{Effect: "status_after", Status: 502, Times: 1}, {Effect: "status", Status: 429, RetryAfter: "36000"},
		}},
	} {
		env := acctest.New(t, sandbox.Config{})
		instance := created(t, env)
		for _, fault := range test.faults {
			fault.Path = "/v1/webhooks/*/active"
			inject(t, env, fault)
		}
		if report := test.operation(instance); !report.Failed() || env.Enfinitos.Subscriptions()[0].Active {
			t.Fatalf("%s: %+v", name, report)
		}
		env.EnfinitosCalls.ClearFaults()
		instance.Provider = configured(t, env, "") // which holds no call back
		if report := instance.Apply(configuration(true)); report.Planned != "update" || !env.Enfinitos.Subscriptions()[0].Active {
			t.Errorf("after the %s: %+v, and the subscription stays paused", name, report)
		}
	}
}

// What the API makes of the values of a new subscription is said at once, because each later apply would replace it.
func TestWebhookCreatedWithDifferentValues(t *testing.T) {
	t.Parallel()
	const hidden = `  url = "https://hooks.example.com/…" (configured: "https://hooks.example.com/…"; the next plan shows the rest)`
	for name, test := range map[string]struct {
		attribute string
		asked     acctest.Value
		stored    string
		want      string // the line of the warning; none where nothing is amiss
	}{
		"label":       {"label", acctest.String(" rights "), `"rights"`, `  label = "rights" (configured: " rights ")`},
		"events":      {"events", acctest.StringSet("*", "right.issued"), `["*"]`, `  events = ["*"] (configured: ["*", "right.issued"])`},
		"url":         {"url", acctest.String("https://hooks.example.com/a/"), `"https://hooks.example.com/a"`, hidden},
		"credential":  {"url", acctest.String("https://u:c4n4ry@hooks.example.com/a/"), `"https://u:c4n4ry@hooks.example.com/a"`, hidden},
		"another url": {"url", acctest.String("https://hooks.example.com"), `"https://hooks.example.com/"`, ""},
		"order":       {"events", acctest.StringSet("right.issued", "right.revoked"), `["right.revoked","right.issued"]`, ""},
		"not told":    {"label", acctest.String("rights"), `null`, ""},
	} {
		env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
		patch := `{"data":{"subscription":{"` + test.attribute + `":` + test.stored + `}}}`
		inject(t, env, sandbox.Fault{Effect: sandbox.Patch, Patch: []byte(patch)})
		instance := &acctest.Instance{Provider: configured(t, env, ""), Type: "webhook_enfinitos"}
		config, planned := configuration(true), map[bool]string{true: "no-op", false: "replace"}[test.want == ""]
		config[test.attribute] = test.asked
		report := instance.Apply(config)
		wanted := acctest.Says("WARNING EnfinitOS Webhook Created With Different Values", instance.Text("id"), "every later apply replaces", test.want)
		if report.Failed() || (report.Problems == "") != (test.want == "") || test.want != "" && !wanted.MatchString(report.Problems) {
			t.Errorf("%s: got %q, want %q", name, report.Problems, test.want)
		}
		if next := instance.Plan(config); next.Planned != planned || strings.Contains(report.Problems, "c4n4ry") {
			t.Errorf("%s: it says %s, and the next plan is %+v", name, report.Problems, next)
		}
	}
}
