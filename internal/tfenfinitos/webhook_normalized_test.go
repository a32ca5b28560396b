package tfenfinitos_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// rewritten returns a provider between which and the sandbox every answer has texts replaced, in pairs.
func rewritten(t *testing.T, env *acctest.Env, pairs ...string) *acctest.Protocol {
	t.Helper()
	url := env.EnfinitosURL
	acctest.Rewrite(t, &url, func(response *http.Response) error {
		body, err := io.ReadAll(response.Body)
		body = []byte(strings.NewReplacer(pairs...).Replace(string(body)))
		response.Body = io.NopCloser(bytes.NewReader(body))
		response.ContentLength = int64(len(body))
		response.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return err
	})
	return asking(t, env, url)
}

// What the API makes of the values of a new subscription is said at once, because each later apply would replace it.
func TestWebhookCreatedWithDifferentValues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		attribute string
		asked     acctest.Value
		pairs     []string
		want      string // the line of the warning; none where nothing is amiss
	}{
		"label":       {"label", acctest.String(" rights "), []string{`" rights "`, `"rights"`}, `  label = "rights" (configured: " rights ")`},
		"events":      {"events", acctest.StringSet("*", "right.issued"), []string{`["*","right.issued"]`, `["*"]`}, `  events = ["*"] (configured: ["*", "right.issued"])`},
		"url":         {"url", acctest.String("https://hooks.example.com/a/"), []string{`.com/a/"`, `.com/a"`}, `  url = "https://hooks.example.com/…" (configured: "https://hooks.example.com/…"; the next plan shows the rest)`},
		"credential":  {"url", acctest.String("https://u:c4n4ry@hooks.example.com/a/"), []string{`.com/a/"`, `.com/a"`}, `  url = "https://hooks.example.com/…" (configured: "https://hooks.example.com/…"; the next plan shows the rest)`},
		"another url": {"url", acctest.String("https://hooks.example.com"), []string{`.com"`, `.com/"`}, ""},
		"order":       {"events", acctest.StringSet("right.issued", "right.revoked"), []string{`["right.issued","right.revoked"]`, `["right.revoked","right.issued"]`}, ""},
		"not told":    {"label", acctest.String("rights"), []string{`"label":"rights"`, `"label":null`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			instance := &acctest.Instance{Provider: rewritten(t, env, test.pairs...), Type: "webhook_enfinitos"}
			config := configuration(true)
			config[test.attribute] = test.asked
			report := instance.Apply(config)
			if test.want == "" {
				if report.Problems != "" || instance.Plan(config).Planned != "no-op" {
					t.Errorf("%+v", report)
				}
				return
			}
			wanted := acctest.Says("WARNING EnfinitOS Webhook Created With Different Values", instance.Text("id"), "every later apply replaces", test.want)
			if report.Failed() || !wanted.MatchString(report.Problems) || strings.Contains(report.Problems, "c4n4ry") {
				t.Errorf("got %q, want %q", report.Problems, test.want)
			}
			if report := instance.Plan(config); report.Planned != "replace" {
				t.Errorf("the next plan is %+v", report)
			}
		})
	}
}

// What is allowed but odd warns in the plan or the import that adds it, and in no later one. White space around a label is likely to be
// trimmed. It is no error: what was imported may have it.
func TestWebhookOddValues(t *testing.T) {
	t.Parallel()
	const blank, unknown = `WARNING Label With Outer White Space: The label `, `WARNING Unknown Event Kind: right.isued: This version of the provider does not know this kind. The most similar known kind is "right.issued". If EnfinitOS`
	for label, test := range map[string]struct{ kind, want string }{
		"rights": {"right.issued", ""}, "rights ledger": {"right.issued", ""}, " rights": {"right.issued", blank}, "rights ": {"right.issued", blank},
		"rights\n": {"right.issued", blank}, "\u00a0rights": {"right.issued", blank}, "  ": {"right.issued", blank}, "odd": {"right.isued", unknown},
	} {
		env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
		instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
		config := configuration(true)
		config["label"], config["events"] = acctest.String(label), acctest.StringSet(test.kind)
		id := env.Enfinitos.Register(enfinitos.Subscription{URL: "https://hooks.example.com/", Events: []string{test.kind}, Label: label, Active: true})
		warns := func(when, problems string) {
			t.Helper()
			if !strings.HasPrefix(problems, test.want) || strings.Count(problems, "WARNING") != min(1, len(test.want)) {
				t.Errorf("%s of %q it says %q, want %q", when, label, problems, test.want)
			}
		}
		if problems := acctest.Text(instance.Provider.Validate("webhook_enfinitos", config)); problems != "" {
			t.Errorf("in the validation of %q it says %q", label, problems)
		}
		warns("in the plan of a create", instance.Plan(config).Problems)
		imported, told := strings.CutPrefix(instance.Import(id).Problems, "WARNING Signing Secret Unknown After Import: ")
		if !told {
			t.Errorf("in the import of %q it says %q", label, imported)
		}
		_, imported, _ = strings.Cut(imported, "\n")
		warns("in the import", imported)
		if report := instance.Plan(config); report.Planned != "no-op" || report.Problems != "" {
			t.Errorf("what was imported is planned as %+v", report)
		}
		config["active"] = tftypes.NewValue(tftypes.Bool, false)
		if report := instance.Plan(config); report.Planned != "update" || report.Problems != "" {
			t.Errorf("another change of %q is planned as %+v", label, report)
		}
	}
}
