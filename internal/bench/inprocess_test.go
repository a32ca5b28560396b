package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"golang.org/x/sync/errgroup"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/bench/floor"
	"github.com/webhook-providers/terraform-provider-webhook/internal/bench/null"
	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// BenchmarkInProcess measures provider, null provider and floor without a CLI. An operation goes on from the state that
// the one before it has left, so each is made once: -benchtime 1x.
func BenchmarkInProcess(b *testing.B) {
	for _, n := range []int{1, 100, 200, 1000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			contenders := map[string]*instances{}
			env := acctest.New(b, sandbox.Config{Latency: 30 * time.Millisecond})
			webhook := provider.New("bench", provider.WithEnvironment(func(name string) string { return env.Env()[name] }))
			contenders["webhook"] = newInstances(acctest.TalkTo(b, providerserver.NewProtocol6(webhook())()), "webhook_dfns", n, env)
			contenders["null"] = newInstances(acctest.TalkTo(b, providerserver.NewProtocol6(null.New())()), "null_webhook", n, nil)
			for _, operation := range operations {
				for _, who := range []string{"webhook", "null"} {
					b.Run(fmt.Sprintf("op=%s/who=%s", operation, who), func(b *testing.B) { contenders[who].measure(b, operation) })
				}
			}
			measureFloor(b, n)
		})
	}
}

// instances are managed by a provider in the process.
type instances struct {
	env  *acctest.Env
	all  []*acctest.Instance
	urls []acctest.Value
}

func newInstances(protocol *acctest.Protocol, kind string, n int, env *acctest.Env) *instances {
	protocol.Configure(nil)
	out := &instances{env: env}
	for i := range n {
		out.all = append(out.all, &acctest.Instance{Provider: protocol, Type: kind})
		out.urls = append(out.urls, acctest.String(fmt.Sprintf("https://hooks.example.com/%d", i)))
	}
	return out
}

func (in *instances) measure(b *testing.B, operation string) {
	b.ReportAllocs()
	before := in.calls()
	for range b.N {
		in.do(b, operation)
	}
	b.ReportMetric(float64(in.calls()-before)/float64(b.N), "calls/op")
}

func (in *instances) calls() int {
	if in.env == nil {
		return 0
	}
	return len(in.env.DfnsCalls.Journal())
}

// do makes an operation as Terraform does: everything is refreshed and planned before anything is changed.
func (in *instances) do(b *testing.B, operation string) {
	b.Helper()
	switch operation {
	case "apply":
		in.each(b, func(i int) acctest.Report { return in.all[i].ApplyUnrefreshed(in.config(i, "before")) })
	case "plan":
		in.each(b, func(i int) acctest.Report { return in.all[i].Plan(in.config(i, "before")) })
	case "update":
		in.each(b, func(i int) acctest.Report { return in.all[i].Plan(in.config(i, "after")) })
		in.each(b, func(i int) acctest.Report { return in.all[i].ApplyUnrefreshed(in.config(i, "after")) })
	case "destroy":
		in.each(b, func(i int) acctest.Report { return in.all[i].Refresh() })
		in.each(b, func(i int) acctest.Report { return in.all[i].Destroy() })
	}
}

func (in *instances) each(b *testing.B, do func(i int) acctest.Report) {
	b.Helper()
	var group errgroup.Group
	group.SetLimit(floor.Concurrency)
	for i := range in.all {
		group.Go(func() error {
			if report := do(i); report.Failed() {
				return fmt.Errorf("instance %d: %s", i, report.Problems)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
}

func (in *instances) config(i int, description string) map[string]acctest.Value {
	return map[string]acctest.Value{
		"url":         in.urls[i],
		"events":      acctest.StringSet("wallet.transfer.confirmed", "wallet.transfer.failed"),
		"description": acctest.String(description),
	}
}

func measureFloor(b *testing.B, n int) {
	b.Helper()
	env := acctest.New(b, sandbox.Config{Latency: 30 * time.Millisecond})
	client, err := floor.New(env.Env())
	if err != nil {
		b.Fatal(err)
	}
	for _, operation := range operations {
		b.Run(fmt.Sprintf("op=%s/who=floor", operation), func(b *testing.B) {
			b.ReportAllocs()
			before := len(env.DfnsCalls.Journal())
			for range b.N {
				if err := client.Do(context.Background(), operation, floor.Webhooks(n)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(env.DfnsCalls.Journal())-before)/float64(b.N), "calls/op")
		})
	}
}
