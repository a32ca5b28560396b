package main

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/bench/floor"
	"github.com/webhook-providers/terraform-provider-webhook/internal/bench/null"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The floor does what it is measured for, and with no more calls than there must be.
func TestFloor(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	client, err := floor.New(env.Env())
	if err != nil {
		t.Fatal(err)
	}
	const n = 201 // two pages
	for _, want := range []struct {
		operation, description string
		calls, left            int
	}{
		{"apply", "before", 3 * n, n},
		{"plan", "before", 2, n},
		{"update", "after", 3*n + 2, n},
		{"destroy", "", 3*n + 2, 0},
	} {
		env.DfnsCalls.ForgetCalls()
		if err := client.Do(t.Context(), want.operation, floor.Webhooks(n)); err != nil {
			t.Fatalf("%s: %v", want.operation, err)
		}
		if calls := len(env.DfnsCalls.Journal()); calls != want.calls {
			t.Errorf("%s made %d calls, want %d", want.operation, calls, want.calls)
		}
		left := env.Dfns.Webhooks()
		if len(left) != want.left {
			t.Errorf("%s left %d webhooks, want %d", want.operation, len(left), want.left)
		}
		for _, webhook := range left {
			if webhook.Description != want.description {
				t.Fatalf("%s left the description %q", want.operation, webhook.Description)
			}
		}
	}
}

// The null provider keeps Terraform's rules, or it could not be compared.
func TestNullProvider(t *testing.T) {
	t.Parallel()
	protocol := acctest.TalkTo(t, providerserver.NewProtocol6(null.New())())
	instance := &acctest.Instance{Provider: protocol, Type: "null_webhook"}
	config := newInstances(protocol, "null_webhook", 1, nil)
	for _, want := range []struct{ description, planned string }{{"before", "create"}, {"before", "no-op"}, {"after", "update"}} {
		report := instance.Apply(config.config(0, want.description))
		if report.Problems != "" || report.Planned != want.planned || instance.Text("description") != want.description {
			t.Errorf("%s: %+v, %s", fmt.Sprint(want), report, instance.Text("description"))
		}
	}
	if report := instance.Destroy(); report.Problems != "" || instance.State != nil {
		t.Errorf("destroy: %+v", report)
	}
}
