package tfdfns_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// virtual runs a test in virtual time, with a resource that is not created yet.
func virtual(t *testing.T, config sandbox.Config, test func(t *testing.T, env *acctest.Env, instance *acctest.Instance)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		env := acctest.NewVirtual(t, config)
		provider := env.Protocol(t, nil)
		if problems := provider.Configure(nil); len(problems) != 0 {
			t.Fatal(acctest.Text(problems))
		}
		test(t, env, &acctest.Instance{Provider: provider, Type: "webhook_dfns"})
	})
}

// says fails unless a report has an error with the words.
func says(t *testing.T, report acctest.Report, words ...string) {
	t.Helper()
	if !report.Failed() || !acctest.Says(words...).MatchString(report.Problems) {
		t.Errorf("got %+v, want %q", report, words)
	}
}

// An error says what was wrong with which operation, what it proves and what to do. TestAdvice and TestMessages have every text, and the
// conformance tests have what state and server then hold.
func TestWebhookErrors(t *testing.T) {
	t.Parallel()
	maintenance := `{"message":"Service is in maintenance"}`
	status := func(method, path string, code int) sandbox.Fault {
		return sandbox.Fault{Method: method, Path: path, Effect: "status", Status: code}
	}
	for _, test := range []struct {
		operation string
		fault     sandbox.Fault
		want      []string
	}{
		{"create", status("POST", "/webhooks", 403), []string{"POST /webhooks: 403 Forbidden", "not authorized to perform operation (Webhooks:Create)", "lacks the permission Webhooks:Create"}},
		{"create", status("POST", "/webhooks", 202), []string{"Unable to create Dfns webhook", "202 Accepted", "Once it is approved and exists, import it"}},
		{"read", status("GET", "/webhooks/*", 404), []string{"Unable to read Dfns webhook", "The API contradicts itself", "terraform or tofu state rm"}},
		{"update", status("PUT", "/webhooks/*", 403), []string{"Unable to update Dfns webhook", "Webhooks:Update", "Webhook: wh-"}},
		{"delete", sandbox.Fault{Method: "DELETE", Effect: "status", Status: 200, Body: &maintenance}, []string{"it does not say that the webhook was deleted", "the change was not made"}},
		{"delete", status("*", "/auth/action/init", 403), []string{"Unable to delete Dfns webhook", "lacks the permission Webhooks:Delete"}},
		{"delete", status("*", "/auth/action", 403), []string{"rejected the signature", "private_key"}},
	} {
		virtual(t, sandbox.Config{}, func(t *testing.T, env *acctest.Env, instance *acctest.Instance) {
			operations := map[string]func() acctest.Report{
				"create": func() acctest.Report { return instance.Apply(example()) },
				"update": func() acctest.Report { return instance.Apply(example(values{"status": acctest.String("Disabled")})) },
				"read":   instance.Refresh, "delete": instance.Destroy,
			}
			if test.operation != "create" {
				operations["create"]()
			}
			inject(t, env, test.fault)
			says(t, operations[test.operation](), test.want...)
		})
	}
}

// A secret in the answer to a read that differs from the one in the state is said, and not shown.
func TestWebhookSecretInAnotherAnswer(t *testing.T) {
	t.Parallel()
	for answered, want := range map[string]string{"whs-another": "WARNING Signing Secret Differs From the State", "same": ""} {
		virtual(t, sandbox.Config{}, func(t *testing.T, env *acctest.Env, instance *acctest.Instance) {
			instance.Apply(example())
			secret := strings.Replace(answered, "same", instance.Text("secret"), 1)
			inject(t, env, sandbox.Fault{Method: "GET", Effect: "patch", Patch: json.RawMessage(`{"secret":"` + secret + `"}`)})
			if got := instance.Refresh().Problems; (got == "") != (want == "") || !strings.Contains(got, want) || strings.Contains(got, "whs-") {
				t.Errorf("%q was answered: %q", answered, got)
			}
		})
	}
}

// A plan that takes the secret along says where to, and not by which path.
func TestURLChanges(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://hooks.example.com/hunter2":     "(another path of https://hooks.example.com)",
		"https://elsewhere.example.com/hunter2": "(https://elsewhere.example.com, before https://hooks.example.com)",
	} {
		virtual(t, sandbox.Config{}, func(t *testing.T, _ *acctest.Env, instance *acctest.Instance) {
			instance.Apply(example())
			got := instance.Plan(example(values{"url": acctest.String(url)})).Problems
			if !strings.Contains(got, want) || strings.Contains(got, "hunter2") {
				t.Errorf("%s: got %q, want %q", url, got, want)
			}
		})
	}
}

// An answer to an update may write the time of the create in another way: the plan has promised it.
func TestUpdateKeepsDateCreated(t *testing.T) {
	t.Parallel()
	virtual(t, sandbox.Config{}, func(t *testing.T, env *acctest.Env, instance *acctest.Instance) {
		instance.Apply(example())
		inject(t, env, sandbox.Fault{Method: "PUT", Effect: "patch", Patch: json.RawMessage(`{"dateCreated":"2026-10-01T14:00:00.000+02:00"}`)})
		report := instance.Apply(example(map[string]acctest.Value{"status": acctest.String("Disabled")}))
		if report.Problems != "" || report.Planned != "update" {
			t.Errorf("got %+v", report)
		}
	})
}

// withoutKey are the variables of an environment in which only the token is set.
func withoutKey(env *acctest.Env) map[string]string {
	settings := env.Env()
	delete(settings, "DFNS_CRED_ID")
	delete(settings, "DFNS_PRIVATE_KEY")
	return settings
}

// A job that only reads needs no key: it reads, lists and plans. A change that takes a signature fails in the plan, or where nothing was
// planned in the apply, before any call. A change that takes no call is made.
func TestTokenAlone(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	complete := configured(t, env)
	alone := acctest.NewProtocol(t, withoutKey(env))
	if problems := alone.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	const missing = "credential_id (DFNS_CRED_ID), and private_key (DFNS_PRIVATE_KEY) or signer_command"
	instance := &acctest.Instance{Provider: alone, Type: "webhook_dfns"}
	says(t, instance.Apply(example()), "Unable to create webhook https://hooks.example.com (new): Dfns requires a signature for that", missing)
	instance.Provider = complete
	instance.Apply(example(map[string]acctest.Value{"secret_version": acctest.Number(1)}))
	env.ForgetCalls()
	instance.Provider = alone
	version := func(n int) map[string]acctest.Value {
		return map[string]acctest.Value{"secret_version": acctest.Number(n)}
	}
	if report := instance.Plan(example(version(1))); report.Planned != "no-op" || report.Problems != "" {
		t.Errorf("%+v", report)
	}
	says(t, instance.Apply(example(version(1), map[string]acctest.Value{"url": acctest.String("https://other.example.com")})), "Unable to update webhook wh-", missing)
	says(t, instance.Apply(example(version(2))), "Unable to replace webhook wh-", missing)
	says(t, instance.Destroy(), "Unable to delete webhook wh-", missing)
	if unplanned := acctest.Text(alone.Delete("webhook_dfns", instance.State)); !acctest.Says("no credential and no key are configured", missing).MatchString(unplanned) {
		t.Errorf("a delete that was not planned says %q", unplanned)
	}
	kinds := map[string]tftypes.Type{"create": tftypes.String, "read": tftypes.String, "update": tftypes.String, "delete": tftypes.String}
	limit := acctest.Object(tftypes.Object{AttributeTypes: kinds}, map[string]acctest.Value{"create": acctest.String("1m")})
	if report := instance.Apply(example(version(1), map[string]acctest.Value{"timeouts": limit})); report.Problems != "" || report.Planned != "update" {
		t.Errorf("a change that takes no call: %+v", report)
	}
	_, err := alone.Invoke("webhook_dfns_ping", map[string]acctest.Value{"webhook_id": acctest.String(instance.Text("id"))})
	if err == nil || !acctest.Says("Unable to ping a webhook:", missing).MatchString(err.Error()) {
		t.Errorf("got %v", err)
	}
	if results := alone.List("webhook_dfns", 10, nil); len(results) != 1 || len(results[0].Diagnostics) != 0 {
		t.Errorf("the list holds %v", results)
	}
	if changes := acctest.Changes(env.DfnsCalls); len(changes) != 0 {
		t.Errorf("changes were made: %q", changes)
	}
}
