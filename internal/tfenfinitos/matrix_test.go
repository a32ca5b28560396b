package tfenfinitos_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The matrix: every operation, every fault, on every call of the operation, the first time, the second time, every time,
// against both profiles of the API.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	effects := append(oddAnswers(), []sandbox.Fault{
		{Effect: "drop_before"}, {Effect: "drop_after"}, {Effect: "status", Status: 429}, {Effect: "status", Status: 500},
		{Effect: "status", Status: 403}, {Effect: "status", Status: 405}, {Effect: "status_after", Status: 502},
		{Effect: "truncate"}, {Effect: "html"}, {Effect: "html", Status: 404}, {Effect: "delay", Milliseconds: 1},
	}...)
	calls := map[string][]sandbox.Fault{
		"create":        {{Method: "POST", Path: "/v1/webhooks"}},
		"create paused": {{Method: "POST", Path: "/v1/webhooks"}, {Path: "/v1/webhooks/*/active"}},
		"read":          {{Method: "GET", Path: "/v1/webhooks/*"}, {Path: "/v1/webhooks/*/deliveries"}, {Method: "GET"}},
		"update":        {{Path: "/v1/webhooks/*/active"}},
		"delete":        {{Method: "DELETE"}, {Path: "/v1/webhooks/*/active"}},
	}
	for operation, where := range calls {
		for _, call := range where {
			for i, effect := range effects {
				for when, times := range map[string][2]int{"first": {0, 1}, "second": {1, 1}, "every": {0, 0}} {
					endless := effect.Status == 429 && when == "every" // only the operation's timeout ends it
					unknowable := call.Path == "/v1/webhooks" && effect.Body != nil && strings.Contains(*effect.Body, "whs_other")
					if endless || unknowable || effect.Body != nil && when != "every" {
						continue
					}
					fault := effect
					fault.Method, fault.Path, fault.Skip, fault.Times = call.Method, call.Path, times[0], times[1]
					name := fmt.Sprintf("%s/%s%s/%s%d %d/%s", operation, call.Method, call.Path, effect.Effect, effect.Status, i, when)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						profiles(t, func(t *testing.T, env *acctest.Env, conventional bool) { cell(t, env, conventional, operation, fault) })
					})
				}
			}
		}
	}
}

// oddAnswers are answers that prove nothing, each given before and after the call was carried out, and answers with odd types, which
// lose nothing.
func oddAnswers() (out []sandbox.Fault) {
	// A create cannot know that an answer is about another object, unless a plan or a state has named that one.
	const stranger = `{"ok":true,"data":{"subscription":{"subscriptionId":"whs_other","active":false}},"contractVersion":"v1.0"}`
	for _, body := range []string{
		`{"message":"Service is in maintenance"}`, `{}`, `null`, ``, `{"ok":true,"data":`, `{"ok":false}`, `<html>`, stranger,
	} {
		out = append(out, sandbox.Fault{Effect: sandbox.Status, Status: 200, Body: &body}, sandbox.Fault{Effect: sandbox.StatusAfter, Status: 200, Body: &body})
	}
	for _, body := range foreign {
		out = append(out, sandbox.Fault{Effect: sandbox.Status, Status: 404, Body: &body})
	}
	return append(out, sandbox.Fault{Effect: sandbox.Patch, Patch: []byte(
		`{"data":{"subscription":{"createdAt":1,"label":{},"url":7,"events":"*","developerId":[],"active":"$n","lastDeliveredAt":false}}}`)})
}

// foreign are the 404s of gateways and frameworks for a route that they do not have.
var foreign = []string{
	`{"detail":"Not Found"}`, `{"code":5,"message":"Not Found","details":[]}`, `{"statusCode":404,"error":"Not Found","message":"Not Found"}`,
	`{"error":{"message":"Unknown endpoint"}}`, `{"errors":[{"title":"Not Found"}]}`,
	`{"type":"about:blank","title":"Not Found","status":404}`, `{"message":"Not Found"}`, `404 page not found`,
}

func configuration(active bool) map[string]acctest.Value {
	return map[string]acctest.Value{
		"url": acctest.String("https://hooks.example.com/"), "events": acctest.StringSet("right.issued"),
		"label": acctest.String("rights"), "active": tftypes.NewValue(tftypes.Bool, active),
	}
}

// cell runs one operation under a fault and then without.
func cell(t *testing.T, env *acctest.Env, conventional bool, operation string, fault sandbox.Fault) {
	instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
	operations := map[string]func() acctest.Report{
		"create":        func() acctest.Report { return instance.Apply(configuration(true)) },
		"create paused": func() acctest.Report { return instance.Apply(configuration(false)) },
		"read":          instance.Refresh,
		"update":        func() acctest.Report { return instance.Apply(configuration(false)) },
		"delete":        instance.Destroy,
	}
	if !strings.HasPrefix(operation, "create") {
		clean(t, instance.Apply(configuration(true)))
	}

	env.EnfinitosCalls.ForgetCalls()
	inject(t, env, fault)()
	report := operations[operation]()
	owned(t, env, instance, report, operation)
	createdOnce(t, env, fault)

	env.EnfinitosCalls.ClearFaults()
	clean(t, operations[operation]())
	live(t, env, conventional, instance, operation)
}

func clean(t *testing.T, report acctest.Report) {
	t.Helper()
	if strings.Contains(report.Problems, "ERROR") {
		t.Fatalf("without a fault: %+v", report)
	}
}

// createdOnce fails when a create was sent again that might have been carried out.
func createdOnce(t *testing.T, env *acctest.Env, fault sandbox.Fault) {
	t.Helper()
	creates := 0
	for _, call := range env.EnfinitosCalls.Journal() {
		if call.Method == "POST" && call.Path == "/v1/webhooks" && call.Status != 429 {
			creates++
		}
	}
	if creates > 1 || len(env.Enfinitos.Subscriptions()) > 1 {
		t.Errorf("%d creates, %d subscriptions: %+v", creates, len(env.Enfinitos.Subscriptions()), fault)
	}
}

// owned fails when the server holds a subscription that is not in state, unless the outcome of its create was reported as
// unknown or, after a delete, it was reported as paused and left.
func owned(t *testing.T, env *acctest.Env, instance *acctest.Instance, report acctest.Report, operation string) {
	t.Helper()
	for _, subscription := range env.Enfinitos.Subscriptions() {
		switch {
		case instance.Text("id") == subscription.ID:
			if instance.Text("secret") != subscription.Secret {
				t.Error("the secret in state is not the live one")
			}
		case strings.HasPrefix(operation, "create") && acctest.Says("it is unknown whether the change was made", `label "rights"`).MatchString(report.Problems):
			env.Enfinitos.Remove(subscription.ID) // as the error says
		case operation == "delete" && strings.Contains(report.Problems, "Paused and Left") && !subscription.Active:
		default:
			t.Errorf("%s is not in state: %+v", subscription.ID, report)
		}
	}
}

// live fails unless state, server and configuration agree and the next plan is empty.
func live(t *testing.T, env *acctest.Env, conventional bool, instance *acctest.Instance, operation string) {
	t.Helper()
	all := env.Enfinitos.Subscriptions()
	if operation == "delete" {
		if instance.State != nil || len(all) > 1 || len(all) == 1 && all[0].Active {
			t.Errorf("after a delete there is %+v, in state %v", all, instance.State)
		}
		return
	}
	active := operation == "create" || operation == "read"
	if len(all) != 1 || all[0].ID != instance.Text("id") || all[0].Secret != instance.Text("secret") || all[0].Active != active {
		t.Fatalf("the server holds %+v, the state %v", all, instance.State)
	}
	if report := instance.Plan(configuration(active)); report.Planned != "no-op" {
		t.Errorf("the next plan is %+v (conventional %t)", report, conventional)
	}
}
