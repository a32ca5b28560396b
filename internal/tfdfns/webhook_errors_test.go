package tfdfns_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

func inject(t *testing.T, env *acctest.Env, fault sandbox.Fault) func() {
	return func() {
		if err := env.DfnsCalls.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
}

// A failed create says what was wrong, and leaves neither webhook nor state behind. What the API refuses is sent once, and what is not
// answered as often as max_retries allows.
func TestWebhookCreateErrors(t *testing.T) {
	t.Parallel()
	post := func(status int, message string) sandbox.Fault {
		return sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: "status", Status: status, Message: message}
	}
	for name, test := range map[string]struct {
		fault    sandbox.Fault
		attempts int
		error    *regexp.Regexp
	}{
		"token": {
			sandbox.Fault{Path: "/auth/action/init", Effect: "status", Status: 401}, 0,
			acctest.Says("Unable to create Dfns webhook", "401 Unauthorized: Not Authorized.", "request id req-", "the change was not made", "https://hooks.example.com (new)", "auth_token"),
		},
		"signature": {
			sandbox.Fault{Path: "/auth/action", Effect: "status", Status: 403}, 0,
			acctest.Says("the change could not be signed", "403 Forbidden", "the change was not made", "private_key (DFNS_PRIVATE_KEY), or the key that signer_command uses, belongs to the credential"),
		},
		"permission": {
			post(403, ""), 1,
			acctest.Says("POST /webhooks: 403 Forbidden", "not authorized to perform operation (Webhooks:Create)", "lacks the permission Webhooks:Create"),
		},
		"action signature": {
			post(403, "user action signature is missing or invalid"), 1,
			acctest.Says("the change was not made", "did not accept the user action signature", "X-DFNS-USERACTION"),
		},
		"plan":     {post(402, ""), 1, acctest.Says("402 Payment Required", "plan does not include this")},
		"values":   {post(400, "url is not to our liking"), 1, acctest.Says("400 Bad Request: url is not to our liking", "Nothing was changed")},
		"approval": {post(202, ""), 1, acctest.Says("202 Accepted", "waits for the approval that a policy requires", "not in the state", "Once it is approved and exists, import it")},
		"outage":   {post(500, ""), 5, acctest.Says("500 Internal Server Error", "the change was not made", "The API failed")},
		"proxy": {
			sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: "html"}, 5,
			acctest.Says("502 Bad Gateway: an HTML page, so a proxy may have answered", "the change was not made"),
		},
		"cut": {
			sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: "drop_before"}, 5,
			acctest.Says("POST /webhooks: no answer", "the change was not made"),
		},
		"unreachable": {
			sandbox.Fault{Path: "/webhooks", Effect: "drop_before"}, 0,
			acctest.Says("listing the webhooks before the create failed", "the change was not made", "Nothing was changed. Try again"),
		},
		"unreachable afterwards": {
			sandbox.Fault{Path: "/webhooks", Skip: 1, Effect: "drop_before"}, 5,
			acctest.Says("POST /webhooks: no answer", "looking for its result failed", "it is unknown whether the change was made", "could result in two"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			inject(t, env, test.fault)()
			env.Test(t, resource.TestCase{
				CheckDestroy: func(state *terraform.State) error {
					if len(state.RootModule().Resources) != 0 {
						return errors.New("something is in state")
					}
					return holds(env, none)(state)
				},
				Steps: []resource.TestStep{{Config: webhook(), ExpectError: test.error}},
			})
			if got := creates(env); got != test.attempts {
				t.Errorf("the create was sent %d times, want %d", got, test.attempts)
			}
		})
	}
}

// A limit that lasts is the timeout's affair, and not that of max_retries.
func TestWebhookCreateRateLimit(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	inject(t, env, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: "status", Status: 429})()
	env.Test(t, resource.TestCase{CheckDestroy: holds(env, none), Steps: []resource.TestStep{{
		Config:      webhook(`timeouts { create = "3s" }`),
		ExpectError: acctest.Says("the change was not made", "timed out", "set timeouts in the resource"),
	}}})
	if got := creates(env); got <= 5 {
		t.Errorf("the create was sent %d times", got)
	}
}

func creates(env *acctest.Env) (count int) {
	for _, call := range acctest.Changes(env.DfnsCalls) {
		if strings.HasPrefix(call, "POST /webhooks") {
			count++
		}
	}
	return count
}

// A create that was made but not answered leaves one webhook, whose secret is in the state.
func TestWebhookCreateAnswerLost(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{sandbox.DropAfter, sandbox.Truncate, sandbox.StatusAfter} {
		t.Run(effect, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			inject(t, env, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: effect, Status: 504, Times: 1})()
			env.Test(t, resource.TestCase{
				CheckDestroy: holds(env, none),
				Steps: []resource.TestStep{{
					Config:           webhook(),
					ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
					Check: func(state *terraform.State) error {
						got := env.Dfns.Webhooks()
						attributes := state.RootModule().Resources[address].Primary.Attributes
						if len(got) != 1 || got[0].ID != attributes["id"] || got[0].Secret != attributes["secret"] {
							return fmt.Errorf("the state does not hold id and secret of the one webhook: %+v", got)
						}
						return nil
					},
				}},
			})
		})
	}
}

// Whatever keeps a read from an answer, the state stays, and the next plan is empty. The matrix has the other answers, the golden file
// the other texts.
func TestWebhookReadErrorsKeepTheState(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults []sandbox.Fault
		error  *regexp.Regexp
	}{
		"outage": {one(sandbox.Fault{Effect: "status", Status: 503}), acctest.Says("503 Service Unavailable", "state was not changed")},
		"no such route": {
			[]sandbox.Fault{
				{Method: "GET", Path: "/webhooks/*", Effect: "status", Status: 404},
				{Method: "GET", Path: "/webhooks", Effect: "status", Status: 404},
			},
			acctest.Says("it is unknown whether the webhook is gone", "base_url"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			env.Test(t, resource.TestCase{
				CheckDestroy: holds(env, none),
				Steps: []resource.TestStep{
					{Config: webhook()},
					{
						PreConfig: func() {
							for _, fault := range test.faults {
								inject(t, env, fault)()
							}
						},
						Config:      webhook(),
						ExpectError: test.error,
					},
					{
						PreConfig:        env.DfnsCalls.ClearFaults,
						Config:           webhook(),
						ConfigPlanChecks: planned(plancheck.ResourceActionNoop),
					},
				},
			})
		})
	}
}

func one(fault sandbox.Fault) []sandbox.Fault {
	fault.Method, fault.Path = "GET", "/webhooks/*"
	return []sandbox.Fault{fault}
}

// Short disturbances of a read are not even noticed.
func TestWebhookReadIsRetried(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: webhook()},
		{
			PreConfig: func() {
				for _, fault := range []sandbox.Fault{
					{Effect: "status", Status: 500, Times: 1}, {Effect: "drop_before", Times: 1},
					{Effect: "truncate", Times: 1}, {Effect: "status", Status: 429, Times: 1},
				} {
					inject(t, env, one(fault)[0])()
				}
			},
			Config:           webhook(),
			ConfigPlanChecks: planned(plancheck.ResourceActionNoop),
		},
	}})
}

func TestWebhookUpdateErrorKeepsTheState(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: webhook()},
		{
			PreConfig:   inject(t, env, sandbox.Fault{Method: "PUT", Path: "/webhooks/*", Effect: "status", Status: 403, Times: 1}),
			Config:      webhook(`status = "Disabled"`),
			ExpectError: acctest.Says("Unable to update Dfns webhook", "Webhooks:Update", "Webhook: wh-"),
		},
		{
			Config:           webhook(`status = "Disabled"`),
			ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
		},
	}})
}

func TestWebhookDeletedBetweenPlanAndUpdate(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	env.DfnsCalls.Before = removeOn(env, http.MethodPut)
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: webhook()},
		{
			Config:      webhook(`status = "Disabled"`),
			ExpectError: acctest.Says("Unable to update Dfns webhook", "deleted outside Terraform"),
		},
	}})
}

// removeOn deletes a webhook just before a call to it is carried out: somebody else was faster.
func removeOn(env *acctest.Env, method string) func(*http.Request) {
	return func(r *http.Request) {
		if r.Method == method {
			env.Dfns.Remove(path.Base(r.URL.Path))
		}
	}
}

func TestWebhookDeleteOfWhatIsGoneSucceeds(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	env.DfnsCalls.Before = removeOn(env, http.MethodDelete)
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{{Config: webhook()}, {Config: webhook(), Destroy: true}}})
}

// The 404 of a proxy is no proof that anything was deleted, and neither is one of the signing flow.
func TestWebhookDeleteErrorsKeepTheState(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault sandbox.Fault
		error *regexp.Regexp
	}{
		"permission": {
			sandbox.Fault{Method: "DELETE", Path: "/webhooks/*", Effect: "status", Status: 403},
			acctest.Says("Unable to delete Dfns webhook", "Webhooks:Delete"),
		},
		"proxy":   {sandbox.Fault{Method: "DELETE", Path: "/webhooks/*", Effect: "html", Status: 404}, acctest.Says("404 Not Found: an HTML page")},
		"signing": {sandbox.Fault{Path: "/auth/action/init", Effect: "status", Status: 404}, acctest.Says("the change could not be signed", "404 Not Found", "the change was not made")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			env.Test(t, resource.TestCase{
				CheckDestroy: holds(env, none),
				Steps: []resource.TestStep{
					{Config: webhook()},
					{PreConfig: inject(t, env, test.fault), Config: webhook(), Destroy: true, ExpectError: test.error},
					{
						PreConfig:        env.DfnsCalls.ClearFaults,
						Config:           webhook(),
						ConfigPlanChecks: planned(plancheck.ResourceActionNoop),
					},
				},
			})
		})
	}
}

func TestWebhookLimit(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{DfnsWebhookLimit: 1})
	existing(env)
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
		Config:      webhook(),
		ExpectError: acctest.Says("400 Bad Request: Maximum number of webhooks reached (1)", "Nothing was changed"),
	}}})
}

func TestWebhookWrongCredential(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	block := strings.Replace(env.ProviderBlock(), env.Env()["DFNS_CRED_ID"], "cr-wrong", 1)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: env.Factories(),
		Steps: []resource.TestStep{{
			Config:      block + webhook(),
			ExpectError: acctest.Says(`does not allow credential "cr-wrong"`, "it allows "+env.Env()["DFNS_CRED_ID"], "credential_id"),
		}},
	})
	if err := calls(acctest.Changes(env.DfnsCalls), "POST /auth/action/init 200"); err != nil {
		t.Error(err)
	}
}

// rewriteBody changes the answers to one method on their way to the provider.
func rewriteBody(method string, change func(webhook map[string]any)) func(*http.Response) error {
	return func(response *http.Response) error {
		if response.Request.Method != method || !strings.HasPrefix(response.Request.URL.Path, "/webhooks") {
			return nil
		}
		var webhook map[string]any
		if err := json.NewDecoder(response.Body).Decode(&webhook); err != nil {
			return err
		}
		change(webhook)
		body, err := json.Marshal(webhook)
		response.Body = io.NopCloser(bytes.NewReader(body))
		response.ContentLength = int64(len(body))
		response.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return err
	}
}

// A webhook whose secret nobody was told is kept, marked, and replaced by the next apply.
func TestWebhookCreatedWithoutSecret(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	told := false
	acctest.Rewrite(t, &env.DfnsURL, rewriteBody("POST", func(webhook map[string]any) {
		if !told {
			webhook["secret"] = "********"
		}
	}))
	env.Test(t, resource.TestCase{
		CheckDestroy: holds(env, none),
		Steps: []resource.TestStep{
			{Config: webhook(), ExpectError: acctest.Says("Without Signing Secret", "marked as tainted")},
			{
				PreConfig:        func() { told = true },
				Config:           webhook(),
				ConfigPlanChecks: planned(plancheck.ResourceActionReplace),
				Check: func(state *terraform.State) error {
					got := env.Dfns.Webhooks()
					if len(got) != 1 || got[0].Secret != state.RootModule().Resources[address].Primary.Attributes["secret"] {
						return fmt.Errorf("the state does not hold the secret of the one webhook there is: %+v", got)
					}
					return nil
				},
			},
		},
	})
}

// A vendor that makes something else of what was sent must not make Terraform fail the apply and lose the webhook.
func TestWebhookAnswersThatDifferFromThePlan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	acctest.Rewrite(t, &env.DfnsURL, rewriteBody("POST", func(webhook map[string]any) {
		if webhook["url"] != nil {
			webhook["url"] = "https://hooks.example.com/dfns/"
			webhook["events"] = []string{"wallet.created"}
			webhook["unknownField"] = map[string]any{"nested": true}
			webhook["description"] = nil
			webhook["dateUpdated"] = "not a date"
		}
	}))
	env.Test(t, resource.TestCase{
		CheckDestroy: holds(env, none),
		Steps: []resource.TestStep{{
			Config: webhook(),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, attribute("url"), knownvalue.StringExact("https://hooks.example.com/dfns")),
				statecheck.ExpectKnownValue(address, attribute("secret"), knownvalue.NotNull()),
			},
		}},
	})
}

// Masked and absent secrets in later answers leave the one in state alone.
func TestWebhookMaskedSecretIsIgnored(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	acctest.Rewrite(t, &env.DfnsURL, func(response *http.Response) error {
		if response.Request.Method == "POST" {
			return nil
		}
		return rewriteBody(response.Request.Method, func(webhook map[string]any) { webhook["secret"] = "whs-****************" })(response)
	})
	live := func(state *terraform.State) error {
		if state.RootModule().Resources[address].Primary.Attributes["secret"] != env.Dfns.Webhooks()[0].Secret {
			return errors.New("the secret in state is not the live one")
		}
		return nil
	}
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: webhook(), Check: live},
		{RefreshState: true, Check: live},
		{Config: webhook(`status = "Disabled"`), Check: live},
	}})
}

// A secret in the answer to a read is never stored. One that differs from the secret in the state is told.
func TestWebhookSecretInAnotherAnswer(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	acctest.Rewrite(t, &env.DfnsURL, rewriteBody("GET", func(webhook map[string]any) { webhook["secret"] = "whs-told" }))
	environment := env.Env()
	environment["DFNS_API_URL"] = env.DfnsURL
	for held, warns := range map[string]bool{"whs-held": true, "whs-told": false, "": false} {
		attributes := map[string]acctest.Value{"id": acctest.String(id)}
		if held != "" {
			attributes["secret"] = acctest.String(held)
		}
		provider := acctest.NewProtocol(t, environment)
		provider.Configure(nil)
		resp := provider.ReadFully("webhook_dfns", attributes)
		got := acctest.Text(resp.Diagnostics)
		if strings.Contains(got, "WARNING Signing Secret Differs From the State") != warns || strings.Contains(got, "whs-") {
			t.Errorf("%q was held: %q", held, got)
		}
		if stored := provider.Attributes("webhook_dfns", resp.NewState)["secret"]; held != "" && !stored.Equal(acctest.String(held)) || held == "" && !stored.IsNull() {
			t.Errorf("%q was held, and now %s", held, stored)
		}
	}
}

// The timeout of an operation is above everything else, and what it leaves open is said.
func TestWebhookTimeouts(t *testing.T) {
	t.Parallel()
	slow := func(method, path string) sandbox.Fault {
		return sandbox.Fault{Method: method, Path: path, Effect: "delay", Milliseconds: 60_000}
	}
	env := acctest.New(t, sandbox.Config{})
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{
			PreConfig:   inject(t, env, slow("POST", "/auth/action/init")),
			Config:      webhook(`timeouts { create = "2s" }`),
			ExpectError: acctest.Says("context deadline exceeded", "timed out", "Nothing was changed", "set timeouts in the resource"),
		},
		{
			PreConfig: func() {
				env.DfnsCalls.ClearFaults()
				inject(t, env, slow("POST", "/webhooks"))()
			},
			Config:      webhook(`timeouts { create = "2s" }`),
			ExpectError: acctest.Says("context deadline exceeded", "it is unknown whether the change was made"),
		},
		{PreConfig: env.DfnsCalls.ClearFaults, Config: webhook(`timeouts { read = "2s" }`)},
		{
			PreConfig:   inject(t, env, slow("GET", "/webhooks/*")),
			Config:      webhook(`timeouts { read = "2s" }`),
			ExpectError: acctest.Says("Unable to read Dfns webhook", "timed out"),
		},
		{PreConfig: env.DfnsCalls.ClearFaults, Config: webhook()},
	}})
}

// A webhook that a read denies and the list contains is not gone, and neither is one of which something else says so.
func TestWebhookIsNotGone(t *testing.T) {
	t.Parallel()
	const state = "The state was not changed"
	maintenance := `{"message":"Service is in maintenance"}`
	gateway := `{"message":"Not Found"}`
	for name, test := range map[string]struct {
		fault   sandbox.Fault
		destroy bool
		error   *regexp.Regexp
	}{
		"denied and listed": {
			sandbox.Fault{Method: "GET", Path: "/webhooks/*", Effect: "status", Status: 404}, false,
			acctest.Says("Unable to read Dfns webhook", "The API contradicts itself", "terraform or tofu state rm"),
		},
		"gateway": {
			sandbox.Fault{Method: "GET", Path: "/webhooks/*", Effect: "status", Status: 404, Body: &gateway}, false,
			acctest.Says("404 Not Found", "does not have the form of Dfns' own errors", state),
		},
		"delete in maintenance": {
			sandbox.Fault{Method: "DELETE", Effect: "status", Status: 200, Body: &maintenance}, true,
			acctest.Says("Unable to delete Dfns webhook", "it does not say that the webhook was deleted", "the change was not made"),
		},
		"delete at a gateway": {
			sandbox.Fault{Method: "DELETE", Effect: "status", Status: 404, Body: &gateway}, true,
			acctest.Says("Unable to delete Dfns webhook", "404 Not Found", "the change was not made", "does not have the form of Dfns' own errors"),
		},
		"delete of what is listed": {
			sandbox.Fault{Method: "DELETE", Effect: "status", Status: 404}, true,
			acctest.Says("Unable to delete Dfns webhook", "404 Not Found", "the change was not made"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			env.Test(t, resource.TestCase{
				CheckDestroy: holds(env, none),
				Steps: []resource.TestStep{
					{Config: webhook()},
					{PreConfig: inject(t, env, test.fault), Config: webhook(), Destroy: test.destroy, ExpectError: test.error},
					{PreConfig: env.DfnsCalls.ClearFaults, Config: webhook(), ConfigPlanChecks: planned(plancheck.ResourceActionNoop)},
				},
			})
			if got := creates(env); got != 1 {
				t.Errorf("%d creates were sent", got)
			}
		})
	}
}

// A webhook that is not shown yet is waited for, and odd types in the answer to its create lose neither its id nor its secret.
func TestWebhookCreateOddAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"not shown yet": {Effect: "lag", Milliseconds: 1_500},
		"odd types":     {Method: "POST", Path: "/webhooks", Effect: "patch", Patch: json.RawMessage(`{"dateCreated":1,"dateUpdated":{},"status":[],"events":true}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			env.SettleTime = 3 * time.Second
			inject(t, env, fault)()
			env.Test(t, resource.TestCase{CheckDestroy: holds(env, none), Steps: []resource.TestStep{{
				Config:           webhook(),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				Check: func(state *terraform.State) error {
					got := env.Dfns.Webhooks()
					attributes := state.RootModule().Resources[address].Primary.Attributes
					if len(got) != 1 || got[0].ID != attributes["id"] || got[0].Secret != attributes["secret"] {
						return fmt.Errorf("the state does not hold id and secret of the one webhook: %+v", got)
					}
					return nil
				},
			}}})
		})
	}
}

// A create that is answered with a webhook that was there before adopts nothing.
func TestWebhookCreateAnsweredWithAnother(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	older := existing(env)
	inject(t, env, sandbox.Fault{Method: "POST", Path: "/webhooks", Effect: "patch", Patch: json.RawMessage(`{"id":"` + older + `"}`)})()
	env.Test(t, resource.TestCase{Steps: []resource.TestStep{{
		Config:      webhook(),
		ExpectError: acctest.Says("webhook "+older+", which existed before", "it is unknown whether the change was made"),
	}}})
	if got := env.Dfns.Webhooks(); len(got) != 2 || got[0].ID != older {
		t.Errorf("the server holds %+v", got)
	}
}

// What the API stores in another form is told when it is stored, and the state keeps what was planned.
func TestWebhookStoredWithDifferentValues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		normalize func(*dfns.Webhook)
		want      string // empty where it is no difference
	}{
		"slash":       {func(w *dfns.Webhook) { w.URL += "/" }, `  url = "https://hooks.example.com/…" (configured: "https://hooks.example.com/…"; the next plan shows the rest)`},
		"description": {func(w *dfns.Webhook) { w.Description = strings.TrimSpace(w.Description) }, `  description = "Ledger" (configured: " Ledger")`},
		"case":        {func(w *dfns.Webhook) { w.Description = strings.ToLower(w.Description) }, `  description = " ledger" (configured: " Ledger")`},
		"host":        {func(w *dfns.Webhook) { w.URL = strings.Replace(w.URL, "hooks", "HOOKS", 1) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{DfnsNormalize: test.normalize})
			config := example()
			config["description"] = acctest.String(" Ledger")
			instance := acctest.Instance{Provider: configured(t, env), Type: "webhook_dfns"}
			for _, path := range []string{"/one", "/two"} { // a create and an update
				config["url"] = acctest.String("https://hooks.example.com" + path)
				report := instance.Apply(config)
				told := strings.Contains(report.Problems, "WARNING Dfns Webhook Stored With Different Values") && strings.Contains(report.Problems, test.want)
				if report.Failed() || told != (test.want != "") || !instance.State["url"].Equal(config["url"]) {
					t.Errorf("%+v", report)
				}
			}
		})
	}
}

// Another url for a webhook takes its secret along, which the plan says, also where a count has shifted.
func TestWebhookURLTakesTheSecretAlong(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, `
variable "names" { type = list(string) }
resource "webhook_dfns" "test" {
  count  = length(var.names)
  url    = "https://${var.names[count.index]}.example.com/token"
  events = ["wallet.created"]
}
`)
	run := func(command, names string) string {
		t.Helper()
		out, err := env.Run(t, cli, append(strings.Fields(command), "-no-color", "-var", "names="+names)...)
		if err != nil {
			t.Fatal(out)
		}
		return out
	}
	const warning = "Signing Secret Goes to Another Receiver"
	if out := run("apply -auto-approve", `["a","b","c"]`) + run("plan", `["a","b","c"]`) + run("plan", `["a","b"]`); strings.Contains(out, warning) {
		t.Errorf("it warns of nothing: %s", out)
	}
	out := run("plan", `["b","c"]`)
	for _, want := range []string{"and keeps its signing secret", "use for_each", "(and one more similar warning elsewhere)"} { // of either webhook
		if !acctest.Says(warning, want).MatchString(out) {
			t.Errorf("it lacks %q", want)
		}
	}
	if !regexp.MustCompile(`\(https://(b\.example\.com, before\s+https://a|c\.example\.com, before\s+https://b)\.example\.com\)`).MatchString(out) {
		t.Errorf("it does not warn: %s", out)
	}
}
