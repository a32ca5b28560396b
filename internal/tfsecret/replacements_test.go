package tfsecret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// Whatever replaces a webhook, a warning says that its secret changes: in the plan where Terraform lets the provider know,
// and for -replace in the apply.
func TestEveryReplacementWarns(t *testing.T) {
	t.Parallel()
	const will, has = "Signing Secret Will Change", "Signing Secret Has Changed"
	for name, test := range map[string]struct {
		lifecycle string
		prepare   []string
		arguments []string
		version   int
		planned   string // what the plan warns of
		applied   string // what the apply warns of
	}{
		"version":                        {version: 2, planned: will, applied: has},
		"version, create before destroy": {version: 2, lifecycle: "create_before_destroy = true", planned: will, applied: has},
		"-replace":                       {version: 1, arguments: []string{"-replace=webhook_dfns.test", "-replace=webhook_enfinitos.test"}, applied: has},
		"-replace, create before destroy": {
			version: 1, lifecycle: "create_before_destroy = true", applied: has,
			arguments: []string{"-replace=webhook_dfns.test", "-replace=webhook_enfinitos.test"},
		},
		"taint":       {version: 1, prepare: []string{"taint webhook_dfns.test", "taint webhook_enfinitos.test"}, planned: will, applied: has},
		"nothing":     {version: 1},
		"destruction": {version: 1, arguments: []string{"-destroy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			cli := env.CLI(t, "variable \"v\" {}\n"+both("secret_version = var.v\n  lifecycle { "+test.lifecycle+" }"))
			run := func(arguments ...string) string {
				out, err := env.Run(t, cli, arguments...)
				if err != nil {
					t.Fatalf("%q: %v\n%s", arguments, err, out)
				}
				return out
			}
			run("apply", "-no-color", "-auto-approve", "-var=v=1")
			for _, command := range test.prepare {
				run(strings.Fields(command)...)
			}
			version := fmt.Sprintf("-var=v=%d", test.version)
			plan := run(append([]string{"plan", "-no-color", "-out=saved", version}, test.arguments...)...)
			apply := run("apply", "-no-color", "saved")
			for _, stage := range []struct{ name, out, want string }{{"plan", plan, test.planned}, {"apply", apply, test.applied}} {
				want := 0
				if stage.want != "" {
					want = 2 // one for each vendor, which a CLI may show as one "and one more similar warning"
				}
				got := strings.Count(stage.out, "Signing Secret") + strings.Count(stage.out, "more similar warning")
				if got != want || !strings.Contains(stage.out, stage.want) {
					t.Errorf("the %s warns %d times, want %d of %q:\n%s", stage.name, got, want, stage.want, stage.out)
				}
			}
		})
	}
}

// What is planned anew without being a replacement warns of nothing.
func TestNewWebhooksDoNotWarn(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	provider := acctest.NewProtocol(t, env.Env())
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	config := map[string]acctest.Value{
		"url": acctest.String("https://hooks.example.com"), "events": acctest.StringSet("wallet.created"), "status": acctest.String("Enabled"),
	}
	first := acctest.Instance{Provider: provider, Type: "webhook_dfns"}
	second := first
	for _, instance := range []*acctest.Instance{&first, &second} { // of equal content: a rotation by hand
		if report := instance.Apply(config); report.Problems != "" || report.Planned != "create" {
			t.Errorf("got %+v", report)
		}
	}
	for range 2 { // with an equal one that is read and planned before
		if report := first.Plan(config); report.Problems != "" || report.Planned != "no-op" {
			t.Errorf("got %+v", report)
		}
		third := acctest.Instance{Provider: provider, Type: "webhook_dfns"}
		if report := third.Plan(config); report.Problems != "" || report.Planned != "create" {
			t.Errorf("got %+v", report)
		}
	}
	config["secret_version"] = tftypes.NewValue(tftypes.Number, 3)
	for _, instance := range []*acctest.Instance{&first, &second} {
		if report := instance.Apply(config); report.Problems != "" || report.Planned != "update" {
			t.Errorf("got %+v", report)
		}
	}
}
