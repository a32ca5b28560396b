// Package golden compares texts with files that people review.
package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Messages are errors and warnings as a person reads them.
type Messages struct{ strings.Builder }

// Show adds one.
func (m *Messages) Show(d diag.Diagnostic) {
	fmt.Fprintf(&m.Builder, "%s: %s\n%s\n\n----\n", d.Severity(), d.Summary(), d.Detail())
}

// File compares a text with a file, which people review when a message changes. With GOLDEN=write in the environment it writes the
// file instead.
func File(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("GOLDEN") == "write" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; look at the new texts, and accept them with GOLDEN=write (-want +got):\n%s", path, diff)
	}
}
