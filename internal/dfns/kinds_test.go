package dfns_test

import (
	"slices"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

func TestEventKinds(t *testing.T) {
	t.Parallel()
	kinds := dfns.EventKinds()
	if len(kinds) != 44 || !slices.IsSorted(kinds) || len(slices.Compact(slices.Clone(kinds))) != len(kinds) {
		t.Errorf("there are %d kinds, sorted and without duplicates they should be 44: %q", len(kinds), kinds)
	}
	kinds[0] = "changed"
	if dfns.EventKinds()[0] == "changed" {
		t.Error("the catalogue can be changed from outside")
	}
	prose := dfns.ProseEventKinds()
	if len(prose) != 4 {
		t.Errorf("%q are kinds of the prose, want 4", prose)
	}
	for _, kind := range prose {
		if !slices.Contains(dfns.EventKinds(), kind) {
			t.Errorf("%s is not known", kind)
		}
	}
}
