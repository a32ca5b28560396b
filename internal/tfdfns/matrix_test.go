package tfdfns_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The matrix: every operation, every fault, on every call of the operation, the first time, the second time, every time.
// Whatever happens, the server never holds a webhook that is not in state, and once the fault is over one apply puts
// everything right.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	effects := []sandbox.Fault{
		{Effect: "drop_before"}, {Effect: "drop_after"}, {Effect: "status", Status: 429}, {Effect: "status", Status: 500},
		{Effect: "status", Status: 403}, {Effect: "status_after", Status: 502}, {Effect: "truncate"}, {Effect: "html"},
		{Effect: "html", Status: 404}, {Effect: "delay", Milliseconds: 1},
	}
	calls := map[string][]sandbox.Fault{
		"create": {{Path: "/auth/action/init"}, {Path: "/auth/action"}, {Method: "POST", Path: "/webhooks"}, {Path: "/webhooks"}},
		"read":   {{Method: "GET", Path: "/webhooks/*"}, {Method: "GET"}},
		"shared": {{Method: "GET", Path: "/webhooks"}, {Method: "GET"}},
		"update": {{Path: "/auth/action/init"}, {Path: "/auth/action"}, {Method: "PUT"}, {Path: "/webhooks/*"}},
		"delete": {{Path: "/auth/action/init"}, {Path: "/auth/action"}, {Method: "DELETE"}, {Path: "/webhooks/*"}},
	}
	for operation, where := range calls {
		for _, call := range where {
			for _, effect := range effects {
				for when, times := range map[string][2]int{"first": {0, 1}, "second": {1, 1}, "every": {0, 0}} {
					fault := sandbox.Fault{
						Method: call.Method, Path: call.Path, Skip: times[0], Times: times[1],
						Effect: effect.Effect, Status: effect.Status, Milliseconds: effect.Milliseconds,
					}
					name := fmt.Sprintf("%s/%s%s/%s%d/%s", operation, call.Method, call.Path, effect.Effect, effect.Status, when)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						cell(t, operation, fault)
					})
				}
			}
		}
	}
}

// cell runs one operation under a fault and then without.
func cell(t *testing.T, operation string, fault sandbox.Fault) {
	env := acctest.New(t, sandbox.Config{})
	instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_dfns"}
	enabled := map[string]acctest.Value{
		"url": acctest.String("https://hooks.example.com/"), "events": acctest.StringSet("wallet.created"),
	}
	disabled := map[string]acctest.Value{"url": enabled["url"], "events": enabled["events"], "status": acctest.String("Disabled")}
	operations := map[string]func() acctest.Report{
		"create": func() acctest.Report { return instance.Apply(enabled) },
		"read":   instance.Refresh,
		"shared": instance.Refresh,
		"update": func() acctest.Report { return instance.Apply(disabled) },
		"delete": instance.Destroy,
	}
	if operation != "create" {
		clean(t, instance.Apply(enabled))
	}
	if operation == "shared" {
		clean(t, instance.Refresh()) // the next read is not alone
	}

	env.DfnsCalls.ForgetCalls()
	inject(t, env, fault)()
	report := operations[operation]()
	owned(t, env, instance, report, fault)
	refused := fault.Status == 403 || fault.Status == 404
	if fault.Times == 1 && !refused && report.Failed() {
		t.Errorf("one fault was not recovered from: %s", report.Problems)
	}
	if made := changes(env); made > 3*(1+4+1)+3 { // three tokens, each sent once, four times again, and once after reading; an orphan deleted for each
		t.Errorf("%d changes were sent", made)
	}

	env.DfnsCalls.ClearFaults()
	clean(t, operations[operation]())
	live(t, env, instance, operation)
}

func clean(t *testing.T, report acctest.Report) {
	t.Helper()
	if strings.Contains(report.Problems, "ERROR") {
		t.Fatalf("without a fault: %+v", report)
	}
}

// owned fails when the server holds a webhook that is not in state, unless the outcome was reported as unknown, for which
// the fault must have kept the provider from finding out.
func owned(t *testing.T, env *acctest.Env, instance *acctest.Instance, report acctest.Report, fault sandbox.Fault) {
	t.Helper()
	all := env.Dfns.Webhooks()
	if len(all) > 1 {
		t.Errorf("there are %d webhooks", len(all))
	}
	if len(all) == 1 && instance.Text("id") != all[0].ID {
		if !strings.Contains(report.Problems, "may or may not exist") || fault.Method == "POST" {
			t.Errorf("webhook %s is not in state: %+v", all[0].ID, report)
		}
		env.Dfns.Remove(all[0].ID) // as the error says
	}
	if len(all) == 1 && instance.State != nil && instance.Text("secret") != all[0].Secret {
		t.Error("the secret in state is not the live one")
	}
}

// live fails unless state, server and configuration agree and the next plan is empty.
func live(t *testing.T, env *acctest.Env, instance *acctest.Instance, operation string) {
	t.Helper()
	all := env.Dfns.Webhooks()
	if operation == "delete" {
		if len(all) != 0 || instance.State != nil {
			t.Errorf("after a delete there is %+v, in state %v", all, instance.State)
		}
		return
	}
	if len(all) != 1 || all[0].ID != instance.Text("id") || all[0].Secret != instance.Text("secret") || all[0].Status != instance.Text("status") {
		t.Fatalf("the server holds %+v, the state %v", all, instance.State)
	}
	config := map[string]acctest.Value{"url": instance.State["url"], "events": instance.State["events"], "status": instance.State["status"]}
	if report := instance.Plan(config); report.Planned != "no-op" {
		t.Errorf("the next plan is %+v", report)
	}
}

// changes counts the changes that were sent, the calls of the signing flow not among them.
func changes(env *acctest.Env) (count int) {
	for _, call := range env.DfnsCalls.Journal() {
		if call.Method != "GET" && strings.HasPrefix(call.Path, "/webhooks") {
			count++
		}
	}
	return count
}
