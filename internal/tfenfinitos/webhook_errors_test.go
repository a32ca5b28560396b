package tfenfinitos_test

import (
	"cmp"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

func TestWebhookInvalidConfiguration(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from, to string
		error    *regexp.Regexp
	}{
		"url":            {"https://hooks", "http://hooks", acctest.Says("url", "must be https")},
		"no events":      {`["right.issued", "right.revoked"]`, "[]", acctest.Says("Invalid Event Kind", "events = []", "it is empty")},
		"event":          {"right.issued", "Right Issued", acctest.Says("must contain event kinds", `"right.issued"`, `Got: "Right Issued"`)},
		"empty label":    {`"rights"`, `""`, acctest.Says("label", "1 to 60 characters", "it has 0")},
		"long label":     {`"rights"`, `"` + strings.Repeat("é", 61) + `"`, acctest.Says("label", "1 to 60 characters", "it has 61")},
		"secret is read": {"label", "secret = \"mine\"\n  label", acctest.Says("secret")},
	}
	configs := map[string]string{}
	for name, test := range tests {
		configs[name] = strings.Replace(webhook(), test.from, test.to, 1)
	}
	env := acctest.New(t, sandbox.Config{})
	for name, said := range env.Validate(t, configs) {
		if !tests[name].error.MatchString(said) {
			t.Errorf("%s: got %s", name, said)
		}
		delete(configs, name)
	}
	if made := env.EnfinitosCalls.Journal(); len(made)+len(configs) != 0 {
		t.Errorf("calls were made: %v, and nothing is said about %v", made, configs)
	}
}

// state returns the attributes of a subscription that was created by Terraform.
func state(id string) map[string]tftypes.Value {
	return map[string]tftypes.Value{
		"id": acctest.String(id), "url": acctest.String("https://hooks.example.com/"), "label": acctest.String("x"),
		"events": acctest.StringSet("*"), "active": tftypes.NewValue(tftypes.Bool, true), "secret": acctest.String("whsec_1"),
	}
}

func read(provider *acctest.Protocol, id string) []*tfprotov6.Diagnostic {
	return provider.Read("webhook_enfinitos", state(id))
}

// register adds a subscription for the sandbox's own receiver, where the sandbox has one.
func register(env *acctest.Env) string {
	url := cmp.Or(env.ReceiverURL, "https://hooks.example.com/")
	return env.Enfinitos.Register(enfinitos.Subscription{URL: url, Events: []string{"*"}, Label: "x"})
}

// That drift cannot be seen is in the documentation: nobody could silence a warning that comes in every run.
func TestWebhookDriftNotSeenIsQuiet(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	if got := acctest.Text(read(configured(t, env), register(env))); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestReadWithoutAuditScope(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	inject(t, env, sandbox.Fault{Path: "/v1/webhooks/*/deliveries", Effect: "status", Status: 403})()
	if got := acctest.Text(read(configured(t, env), register(env))); !acctest.Says("WARNING", "Not Proven", "scope audit:read").MatchString(got) {
		t.Errorf("got %q, want a warning that names the scope", got)
	}
}

func TestWebhookSecretRotatedOutside(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	provider, id := configured(t, env), register(env)
	if got := acctest.Text(read(provider, id)); got != "" {
		t.Fatal(got)
	}
	err := env.Enfinitos.Edit(id, func(s *enfinitos.Subscription) { s.SecretRotated = s.Created })
	if got := acctest.Text(read(provider, id)); err != nil || !acctest.Says("WARNING", "Rotated Outside", "no longer signs").MatchString(got) {
		t.Errorf("got %q, want a warning", got)
	}
}

// What the API says in an answer of success is its word as well, and what it says of a route is not of the subscription.
func TestWebhookAdvice(t *testing.T) {
	t.Parallel()
	const refusal = `{"ok":false,"error":{"code":"quota","message":"too many"},"contractVersion":"v1.0"}`
	const gone = `{"ok":false,"error":{"code":"not_found"}}`
	const route = `{"statusCode":404,"message":"Cannot POST /v1/webhooks","error":"Not Found"}`
	for name, test := range map[string]struct {
		status    int
		body      string
		operation func(*acctest.Instance) acctest.Report
		want, not string
	}{
		"create: key":     {401, `{"ok":false,"error":{"code":"unauthorized","message":"no"}}`, creates, "api_key (ENFINITOS_API_KEY)", "may or may not"},
		"create: scope":   {403, `{"ok":false,"error":{"code":"forbidden","message":"no"}}`, creates, "lacks the scope *", "may or may not"},
		"create: values":  {422, `{"ok":false,"error":{"code":"invalid","message":"url is not to our liking"}}`, creates, "url is not to our liking", "may or may not"},
		"create: gone":    {404, gone, creates, "Nothing was created", "may or may not"},
		"create: lost":    {504, ``, creates, "POST /v1/webhooks/ID/active", "was not made"},
		"create refused":  {201, refusal, creates, "201 Created: quota: the field ok of the answer is false: too many", "could not be"},
		"read refused":    {200, refusal, (*acctest.Instance).Refresh, "although it answered with a success status", "could not be"},
		"update refused":  {200, refusal, pauses, "may or may not have been made. Apply again: that is safe", "could not be"},
		"delete refused":  {200, refusal, (*acctest.Instance).Destroy, "may or may not have been made. Apply again: that is safe", "could not be"},
		"not paused":      {202, `{"ok":true,"data":{"subscriptionId":"x","active":true},"contractVersion":"v1.0"}`, pauses, "may or may not have been made", "could not be"},
		"create: route":   {404, route, creates, "check base_url (ENFINITOS_API_URL). The provider did not send the create again", "is gone"},
		"read: route":     {404, route, (*acctest.Instance).Refresh, "does not come from the EnfinitOS API itself", "deleted outside"},
		"update: route":   {404, route, pauses, "does not come from the EnfinitOS API itself", "deleted outside"},
		"delete: route":   {404, route, (*acctest.Instance).Destroy, "terraform or tofu state rm ADDRESS", "deleted outside"},
		"read: redirect":  {302, "", (*acctest.Instance).Refresh, "a proxy, a firewall or another service may have sent it", "could not be"},
		"read: firewall":  {403, `{"message":"Forbidden"}`, (*acctest.Instance).Refresh, "or a firewall or proxy has refused the call", "Create a key"},
		"read: odd":       {200, `{"message":"Service is in maintenance"}`, (*acctest.Instance).Refresh, "This is not what EnfinitOS documents", "could not be"},
		"update: outside": {404, gone, pauses, "was deleted outside Terraform after the plan", "may or may not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			url := acctest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
			clean(t, instance.Apply(configuration(true)))
			instance.Provider = asking(t, env, url)
			report := test.operation(instance)
			if !report.Failed() || !acctest.Says(test.want).MatchString(report.Problems) || strings.Contains(report.Problems, test.not) {
				t.Errorf("got %q, want %q in it and %q not", report.Problems, test.want, test.not)
			}
		})
	}
}

func creates(instance *acctest.Instance) acctest.Report {
	instance.State = nil
	return instance.ApplyUnrefreshed(configuration(true))
}

func pauses(instance *acctest.Instance) acctest.Report {
	return instance.ApplyUnrefreshed(configuration(false))
}

// Nobody knows whether a pause was made whose answer is lost, and where the API cannot be read nobody can find out. So
// the state forgets what it said, and the next apply sets it again, to whatever is then wanted.
func TestWebhookPauseOutcomeUnknown(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
	clean(t, instance.Apply(configuration(true)))
	for name, operation := range map[string]func() acctest.Report{
		"update": func() acctest.Report { return instance.Apply(configuration(false)) },
		"delete": instance.Destroy,
	} {
		inject(t, env, sandbox.Fault{Path: "/v1/webhooks/*/active", Effect: "drop_after"})()
		if report := operation(); !report.Failed() || env.Enfinitos.Subscriptions()[0].Active {
			t.Fatalf("%s: %+v", name, report)
		}
		env.EnfinitosCalls.ClearFaults()
		if report := instance.Apply(configuration(true)); report.Planned != "update" || !env.Enfinitos.Subscriptions()[0].Active {
			t.Errorf("after the %s: %+v, and the subscription stays paused", name, report)
		}
	}
}

// The same when the retry that follows a lost answer is refused unread: that says nothing about what went before.
func TestWebhookPauseLostThenLimited(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
	clean(t, instance.Apply(configuration(true)))
	inject(t, env, sandbox.Fault{Path: "/v1/webhooks/*/active", Effect: "status_after", Status: 502, Times: 1})()
	inject(t, env, sandbox.Fault{Path: "/v1/webhooks/*/active", Effect: "status", Status: 429, RetryAfter: "36000"})()
	if report := instance.Apply(configuration(false)); !report.Failed() || env.Enfinitos.Subscriptions()[0].Active {
		t.Fatalf("%+v", report)
	}
	env.EnfinitosCalls.ClearFaults()
	instance.Provider = configured(t, env) // which holds no call back
	if report := instance.Apply(configuration(true)); report.Planned != "update" || !env.Enfinitos.Subscriptions()[0].Active {
		t.Errorf("%+v, and the subscription stays paused", report)
	}
}
