package tfsecret_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// trigger is a resource that a change of a variable changes.
const trigger = "variable \"trigger\" {\n  default = 1\n}\nresource \"terraform_data\" \"trigger\" {\n  input = var.trigger\n}\n"

// Whatever replaces a webhook, a warning says that its secret changes: in the plan where Terraform lets the provider know,
// and for -replace and replace_triggered_by in the apply.
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
		"replace_triggered_by": {
			version: 1, lifecycle: "replace_triggered_by = [terraform_data.trigger]", arguments: []string{"-var=trigger=2"}, applied: has,
		},
		"taint":       {version: 1, prepare: []string{"taint webhook_dfns.test", "taint webhook_enfinitos.test"}, planned: will, applied: has},
		"nothing":     {version: 1},
		"destruction": {version: 1, arguments: []string{"-destroy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			cli := env.CLI(t, trigger+"variable \"v\" {}\n"+both("secret_version = var.v\n  lifecycle { "+test.lifecycle+" }"))
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
			warns(t, "plan", plan, test.planned)
			warns(t, "apply", apply, test.applied)
		})
	}
}

// A resource that is renamed without a moved block is to Terraform one to destroy and one to create. The plan says what that
// does to the secret, once for each webhook; and a moved block, a plain destroy and other content say nothing.
func TestRenameWarns(t *testing.T) {
	t.Parallel()
	const will, has = "Signing Secret Will Change", "Signing Secret Has Changed"
	before := both()
	renamed := strings.ReplaceAll(before, `" "test" {`, `" "renamed" {`)
	moved := "moved {\n  from = %[1]s.test\n  to   = %[1]s.renamed\n}\n"
	for name, test := range map[string]struct {
		after            string
		planned, applied string
	}{
		"renamed":         {after: renamed, planned: will, applied: has},
		"key of for_each": {after: strings.ReplaceAll(before, `" "test" {`, "\" \"test\" {\n  for_each = toset([\"a\"])"), planned: will, applied: has},
		"moved":           {after: renamed + fmt.Sprintf(moved, "webhook_dfns") + fmt.Sprintf(moved, "webhook_enfinitos")},
		"gone":            {after: ""},
		"other content":   {after: strings.ReplaceAll(renamed, "hooks.example.com", "hooks.example.org")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			cli := env.CLI(t, before)
			run := func(arguments ...string) string {
				out, err := env.Run(t, cli, arguments...)
				if err != nil {
					t.Fatalf("%q: %v\n%s", arguments, err, out)
				}
				return out
			}
			run("apply", "-no-color", "-auto-approve")
			file := filepath.Join(cli.WorkingDir(), "main.tf")
			text, err := os.ReadFile(file)
			must(t, err)
			must(t, os.WriteFile(file, []byte(strings.Replace(string(text), before, test.after, 1)), 0o600))
			warns(t, "plan", run("plan", "-no-color", "-out=saved"), test.planned)
			warns(t, "apply", run("apply", "-no-color", "saved"), test.applied)
		})
	}
}

// warns checks that a stage warns of a change of the secret once for each vendor, or not at all.
func warns(t *testing.T, stage, out, want string) {
	t.Helper()
	times := 0
	if want != "" {
		times = 2 // one for each vendor, which a CLI may show as one "and one more similar warning"
	}
	got := strings.Count(out, "Signing Secret") + strings.Count(out, "more similar warning")
	if got != times || !strings.Contains(out, want) {
		t.Errorf("the %s warns %d times, want %d of %q:\n%s", stage, got, times, want, out)
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
