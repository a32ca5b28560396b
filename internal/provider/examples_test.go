package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// Every example in the documentation is a valid configuration. The imports are of the resource in the example beside them.
func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	acctest.RequireActions(t)
	files, err := filepath.Glob("../../examples/*/*/*.tf")
	must(t, err)
	examples := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		if filepath.Base(file) != "import-by-string-id.tf" { // one import is enough: they are of the same resource
			examples[filepath.Dir(file)] += string(text) + "\n"
		}
	}
	if len(examples) < 14 {
		t.Fatalf("only %d examples were found", len(examples))
	}
	env := acctest.New(t, sandbox.Config{})
	for dir, config := range examples {
		t.Run(strings.TrimPrefix(dir, "../../examples/"), func(t *testing.T) {
			t.Parallel()
			valid, err := env.CLI(t, config).Validate(t.Context())
			if err != nil || !valid.Valid {
				t.Errorf("%v: %+v", err, valid)
			}
		})
	}
}
