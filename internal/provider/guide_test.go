package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// TestTestingGuide runs the module tests of the guide as its reader would.
func TestTestingGuide(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	cli := env.CLIFor(t, filepath.Join("..", "..", "examples", "testing"))
	out, err := env.Run(t, cli, "test", "-no-color")
	if err != nil || !strings.Contains(out, "3 passed, 0 failed") {
		t.Errorf("%v\n%s", err, out)
	}
	changes := strings.Join(append(acctest.Changes(env.DfnsCalls), acctest.Changes(env.EnfinitosCalls)...), "\n") + "\n"
	for _, create := range []string{"POST /webhooks 200\n", "POST /v1/webhooks 201\n"} {
		if got := strings.Count(changes, create); got != 1 {
			t.Errorf("%q was called %d times:\n%s", create, got, changes)
		}
	}
	if webhooks, subscriptions := env.Dfns.Webhooks(), env.Enfinitos.Subscriptions(); len(webhooks)+len(subscriptions) != 0 {
		t.Errorf("the tests leave %v and %v behind", webhooks, subscriptions)
	}
}

// TestGuidesShowTheirFiles holds because a template with the wrong name is copied as it is.
func TestGuidesShowTheirFiles(t *testing.T) {
	t.Parallel()
	for guide, shown := range map[string][]string{
		"testing": {`run "registers"`},
		"authentication": {
			"aws kms sign --key-id", "gcloud kms asymmetric-sign", "vault write -field=signature", "pkcs11-tool --module \"$module\"",
			"openssl pkeyutl -sign -rawin",
		},
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "guides", guide+".md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range shown {
			if strings.Contains(string(text), "{{") || !strings.Contains(string(text), words) {
				t.Errorf("docs/guides/%s.md does not show %q", guide, words)
			}
		}
	}
}
