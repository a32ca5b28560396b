package tfenfinitos_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
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
		"label":       {"label", acctest.String(" rights "), []string{`" rights "`, `"rights"`}, `label: " rights " became "rights"`},
		"events":      {"events", acctest.StringSet("*", "right.issued"), []string{`["*","right.issued"]`, `["*"]`}, `events: "*", "right.issued" became "*"`},
		"url":         {"url", acctest.String("https://hooks.example.com/a/"), []string{`.com/a/"`, `.com/a"`}, "url: https://hooks.example.com became https://hooks.example.com (the path is not shown)\n"},
		"credential":  {"url", acctest.String("https://u:c4n4ry@hooks.example.com/a/"), []string{`.com/a/"`, `.com/a"`}, "url: https://hooks.example.com became https://hooks.example.com (the path is not shown)\n"},
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
			wanted := acctest.Says("WARNING EnfinitOS Webhook Created With Different Values", instance.Text("id"), "\n"+test.want, "every later apply replaces")
			if report.Failed() || !wanted.MatchString(report.Problems) || strings.Contains(report.Problems, "c4n4ry") {
				t.Errorf("got %q, want %q", report.Problems, test.want)
			}
			if report := instance.Plan(config); report.Planned != "replace" {
				t.Errorf("the next plan is %+v", report)
			}
		})
	}
}

// White space around a label is likely to be trimmed. It is no error: what was imported may have it.
func TestWebhookLabelWarnings(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]bool{
		"rights": false, "rights ledger": false, " rights": true, "rights ": true, "rights\n": true, "\u00a0rights": true, "  ": true,
	} {
		config := configuration(true)
		config["label"] = acctest.String(label)
		got := acctest.Text(acctest.NewProtocol(t, nil).Validate("webhook_enfinitos", config))
		if acctest.Says("WARNING Label With Outer White Space", `[AttributeName("label")]`).MatchString(got) != want || strings.Contains(got, "ERROR") {
			t.Errorf("of %q it says %q", label, got)
		}
	}
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	instance := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
	config := configuration(true)
	config["label"] = acctest.String(" rights ")
	clean(t, instance.Apply(config))
	imported := &acctest.Instance{Provider: configured(t, env), Type: "webhook_enfinitos"}
	clean(t, imported.Import(instance.Text("id")))
	if report := imported.Plan(config); report.Planned != "no-op" {
		t.Errorf("what was imported is planned as %+v", report)
	}
}
