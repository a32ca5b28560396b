package tfenfinitos_test

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// A create whose answer is lost is never sent twice, and the error says what may exist and what to do about it.
func TestWebhookCreateAnswerLost(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{sandbox.DropBefore, sandbox.DropAfter, sandbox.Truncate, sandbox.Status, sandbox.StatusAfter, sandbox.HTML} {
		t.Run(effect, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			inject(t, env, sandbox.Fault{Method: "POST", Path: "/v1/webhooks", Effect: effect, Status: 504})()
			env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
				Config: webhook(),
				ExpectError: acctest.Says("Unable to create EnfinitOS webhook", "it is unknown whether the change was made", `label "rights"`,
					"url at https://hooks.example.com that was", "POST /v1/webhooks/ID/active", "The one after that creates another subscription."),
			}}})
			if made := acctest.Changes(env.EnfinitosCalls); len(made) != 1 {
				t.Errorf("calls %q, want one", made)
			}
		})
	}
}

func TestWebhookCreateErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault sandbox.Fault
		error *regexp.Regexp
		calls int
	}{
		"key":    {sandbox.Fault{Effect: "status", Status: 401}, acctest.Says("401 Unauthorized: unauthorized", "request id req_", "api_key (ENFINITOS_API_KEY)"), 1},
		"scope":  {sandbox.Fault{Effect: "status", Status: 403}, acctest.Says("403 Forbidden", "lacks the scope *"), 1},
		"values": {sandbox.Fault{Effect: "status", Status: 422, Message: "url is not to our liking"}, acctest.Says("url is not to our liking", "Nothing was changed"), 1},
		"route":  {sandbox.Fault{Effect: "status", Status: 404}, acctest.Says("404 Not Found", "base_url (ENFINITOS_API_URL) is most likely wrong", "Nothing was created"), 1},
		"limit":  {sandbox.Fault{Effect: "status", Status: 429, RetryAfter: "36000"}, acctest.Says("required wait would have exceeded its timeout"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			test.fault.Path = "/v1/webhooks"
			inject(t, env, test.fault)()
			env.Test(t, resource.TestCase{
				CheckDestroy: func(state *terraform.State) error {
					if len(state.RootModule().Resources)+len(env.Enfinitos.Subscriptions()) != 0 {
						return errors.New("something was made")
					}
					return nil
				},
				Steps: []resource.TestStep{{Config: webhook(), ExpectError: test.error}},
			})
			if made := acctest.Changes(env.EnfinitosCalls); len(made) != test.calls {
				t.Errorf("calls %q, want %d", made, test.calls)
			}
		})
	}
}

// Whatever keeps a read from an answer, the state stays, and the next plan is empty.
func TestWebhookReadErrorsKeepTheState(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path  string
		fault sandbox.Fault
		error *regexp.Regexp
	}{
		"deliveries: framework": {"/v1/webhooks/*/deliveries", sandbox.Fault{Effect: "status", Status: 404, Body: &foreign[0]}, acctest.Says("404 Not Found", "does not come from the EnfinitOS API itself", "terraform or tofu state rm ADDRESS")},
		"outage":                {"/v1/webhooks/*", sandbox.Fault{Effect: "status", Status: 500}, acctest.Says("500 Internal Server Error")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			test.fault.Method, test.fault.Path = "GET", test.path
			env.Test(t, resource.TestCase{
				CheckDestroy: nothingActive(env, false),
				Steps: []resource.TestStep{
					{Config: webhook()},
					{PreConfig: inject(t, env, test.fault), Config: webhook(), ExpectError: test.error},
					{
						PreConfig:        env.EnfinitosCalls.ClearFaults,
						Config:           webhook(),
						ConfigPlanChecks: planned(plancheck.ResourceActionNoop),
						Check:            tracked(env),
					},
				},
			})
		})
	}
}

func TestWebhookDeleteErrorsKeepTheState(t *testing.T) {
	t.Parallel()
	foreign := foreign[0]
	for name, fault := range map[string]sandbox.Fault{
		"scope":  {Method: "DELETE", Path: "/v1/webhooks/*", Effect: "status", Status: 403},
		"outage": {Method: "DELETE", Path: "/v1/webhooks/*", Effect: "status", Status: 500},
		"proxy":  {Method: "DELETE", Path: "/v1/webhooks/*", Effect: "html", Status: 200},
		"pause":  {Method: "POST", Path: "/v1/webhooks/*/active", Effect: "status", Status: 404, Body: &foreign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			next := plancheck.ResourceActionNoop
			if name == "pause" { // whether it was paused is unknown, so the next apply sets it
				next = plancheck.ResourceActionUpdate
			}
			env.Test(t, resource.TestCase{
				CheckDestroy: nothingActive(env, false),
				Steps: []resource.TestStep{
					{Config: webhook()},
					{
						PreConfig: inject(t, env, fault), Config: webhook(), Destroy: true,
						ExpectError: acctest.Says("Unable to delete EnfinitOS webhook"),
					},
					{
						PreConfig:        env.EnfinitosCalls.ClearFaults,
						Config:           webhook(),
						ConfigPlanChecks: planned(next),
						Check:            tracked(env),
					},
				},
			})
		})
	}
}

func TestWebhookInvalidConfiguration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		from, to string
		error    *regexp.Regexp
	}{
		"url":            {"https://hooks", "http://hooks", acctest.Says("url", "must be https")},
		"no events":      {`["right.issued", "right.revoked"]`, "[]", acctest.Says("Invalid Event Kind", "events = []", "it is empty")},
		"event":          {"right.issued", "Right Issued", acctest.Says("must contain event kinds", `"right.issued"`, `Got: "Right Issued"`)},
		"empty label":    {`"rights"`, `""`, acctest.Says("label", "1 to 60 characters", "it has 0")},
		"long label":     {`"rights"`, `"` + strings.Repeat("é", 61) + `"`, acctest.Says("label", "1 to 60 characters", "it has 61")},
		"secret is read": {"label", "secret = \"mine\"\n  label", acctest.Says("secret")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
				Config: strings.Replace(webhook(), test.from, test.to, 1), PlanOnly: true, ExpectError: test.error,
			}}})
			if made := env.EnfinitosCalls.Journal(); len(made) != 0 {
				t.Errorf("calls were made: %v", made)
			}
		})
	}
}

// What no CLI test can see: the warnings.

// A create that is cancelled after it was sent still gets its answer: the secret is shown only once.
func TestCancelledCreateGetsItsAnswer(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	provider := configured(t, env)
	env.EnfinitosCalls.Before = func(*http.Request) { _, _ = provider.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}) }
	instance := &acctest.Instance{Provider: provider, Type: "webhook_enfinitos"}
	if report := instance.Apply(configuration(true)); report.Problems != "" || instance.Text("secret") != env.Enfinitos.Subscriptions()[0].Secret {
		t.Errorf("%+v", report)
	}
}

func configured(t *testing.T, env *acctest.Env) *acctest.Protocol {
	t.Helper()
	provider := acctest.NewProtocol(t, env.Env())
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
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

func TestWebhookExistenceNotProven(t *testing.T) {
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

func TestWebhookPausedAndLeft(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := register(env)
	got := acctest.Text(configured(t, env).Delete("webhook_enfinitos", state(id)))
	if !acctest.Says("WARNING", "Paused and Left", id, "EnfinitOS console").MatchString(got) || env.Enfinitos.Subscriptions()[0].Active {
		t.Errorf("got %q, want a warning and a paused subscription", got)
	}
}

func TestWebhookReplacementWarns(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	provider := configured(t, env)
	for name, value := range map[string]tftypes.Value{
		"url": acctest.String("https://elsewhere.example.com/"), "label": acctest.String("y"), "events": acctest.StringSet("right.issued"),
	} {
		planned := state("whs_1")
		planned[name] = value
		got := acctest.Text(provider.Plan("webhook_enfinitos", state("whs_1"), planned))
		if !acctest.Says("WARNING", "Signing Secret Will Change", "whs_1").MatchString(got) {
			t.Errorf("changing %s: got %q, want a warning", name, got)
		}
	}
	planned := state("whs_1")
	planned["active"] = tftypes.NewValue(tftypes.Bool, false)
	if got := acctest.Text(provider.Plan("webhook_enfinitos", state("whs_1"), planned)); got != "" {
		t.Errorf("changing active: got %q", got)
	}
}

func TestWebhookImportWarns(t *testing.T) {
	t.Parallel()
	profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) {
		id := register(env)
		instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
		report := instance.Import(id)
		if conventional != acctest.Says("WARNING", "is null in the state of every imported webhook", "-replace").MatchString(report.Problems) || conventional == report.Failed() {
			t.Errorf("got %q", report.Problems)
		}
		if conventional && instance.Refresh().Problems != "" {
			t.Error("it warns again")
		}
	})
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

// The same url in another spelling is no reason to give up a signing secret.
func TestWebhookEquivalentURLIsKept(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
	clean(t, instance.Apply(configuration(true)))
	secret := instance.Text("secret")
	config := configuration(true)
	for _, url := range []string{"https://hooks.example.com", "https://Hooks.Example.com:443/"} {
		config["url"] = acctest.String(url)
		env.EnfinitosCalls.ForgetCalls()
		if report := instance.Apply(config); report.Planned != "update" || report.Problems != "" || instance.Text("secret") != secret {
			t.Errorf("%s: %+v", url, report)
		}
		if err := calls(env); err != nil {
			t.Error(err)
		}
	}
}
