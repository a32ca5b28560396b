package tfenfinitos_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// under returns a provider that calls a sandbox with a path put before every other one. Of those it knows none, and says
// so in its own words.
func under(t *testing.T, env *acctest.Env, path string) *acctest.Protocol {
	t.Helper()
	return asking(t, env, env.EnfinitosURL+path)
}

// asking returns a provider that calls a URL with the key of a sandbox.
func asking(t *testing.T, env *acctest.Env, url string) *acctest.Protocol {
	t.Helper()
	variables := env.Env()
	variables["ENFINITOS_API_URL"] = url
	provider := acctest.NewProtocol(t, variables)
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

// pause applies a plan that was made before.
func pause(instance *acctest.Instance) acctest.Report {
	return instance.ApplyUnrefreshed(configuration(false))
}

// A 404 in another account than the one in which the subscription was last seen proves nothing.
func TestWebhookOfAnotherAccount(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path string
		want []string // of the error; none where the subscription is gone
	}{
		"another path": {"/other", []string{"Last seen in: loopback/\n", "now: loopback/other\n", "terraform or tofu state rm"}},
		"another port": {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profiles(t, func(t *testing.T, here *acctest.Env, conventional bool) {
				there := acctest.New(t, sandbox.Config{EnfinitosConventional: conventional})
				home, away := configured(t, here), under(t, there, test.path)
				for operation, run := range map[string]func(*acctest.Instance) acctest.Report{
					"read": (*acctest.Instance).Refresh, "delete": (*acctest.Instance).Destroy, "update": pause,
				} {
					instance := &acctest.Instance{Provider: home, Type: "webhook_enfinitos"}
					clean(t, instance.Apply(configuration(true)))
					before := instance.Text("secret")
					instance.Provider = away
					report := run(instance)
					if test.want == nil && operation == "update" {
						if !acctest.Says("was deleted outside Terraform after the plan").MatchString(report.Problems) {
							t.Errorf("%+v", report)
						}
						continue
					}
					if test.want == nil {
						if report.Failed() || instance.State != nil {
							t.Errorf("%s: it is not gone: %+v", operation, report)
						}
						continue
					}
					words := append([]string{"ERROR Webhook of Another Account", `"rights" https://hooks.example.com`}, test.want...)
					if !acctest.Says(words...).MatchString(report.Problems) || instance.Text("secret") != before {
						t.Errorf("%s: the state holds %v after %+v", operation, instance.State, report)
					}
					instance.Provider = home
					if report := instance.Apply(configuration(true)); report.Planned != "no-op" || report.Failed() {
						t.Errorf("%s: back home: %+v", operation, report)
					}
				}
			})
		})
	}
}

// Where the API does not prove that the subscription exists, it was not seen there.
func TestWebhookSeenWhereItIsProven(t *testing.T) {
	t.Parallel()
	here, there := acctest.New(t, sandbox.Config{}), acctest.New(t, sandbox.Config{})
	instance := &acctest.Instance{Provider: configured(t, here), Type: "webhook_enfinitos"}
	clean(t, instance.Apply(configuration(true)))
	instance.Provider = under(t, there, "/other")
	inject(t, there, sandbox.Fault{Path: "/other/v1/webhooks/*/deliveries", Effect: sandbox.Status, Status: 403, Times: 1})()
	if report := instance.Refresh(); !acctest.Says("Not Proven").MatchString(report.Problems) {
		t.Fatalf("%+v", report)
	}
	if report := instance.Refresh(); !report.Failed() || instance.State == nil {
		t.Errorf("it is gone: %+v", report)
	}
}

// Where nothing was noted, as in an older state and after an import, a 404 means what it always did.
func TestWebhookSeenNowhere(t *testing.T) {
	t.Parallel()
	provider := under(t, acctest.New(t, sandbox.Config{}), "/other")
	read := &acctest.Instance{Provider: provider, Type: "webhook_enfinitos", State: state("whs_1")}
	if report := read.Refresh(); report.Failed() || read.State != nil {
		t.Errorf("read: %+v", report)
	}
	deleted := &acctest.Instance{Provider: provider, Type: "webhook_enfinitos", State: state("whs_1")}
	if report := deleted.Destroy(); report.Failed() || deleted.State != nil {
		t.Errorf("delete: %+v", report)
	}
	imported := &acctest.Instance{Provider: provider, Type: "webhook_enfinitos"}
	if report := imported.Import("whs_1"); report.Failed() || imported.State != nil {
		t.Errorf("import: %+v", report)
	}
}
