package dfns_test

import (
	"slices"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

func TestEventKinds(t *testing.T) {
	t.Parallel()
	kinds, prose := dfns.EventKinds(), dfns.ProseEventKinds()
	if len(kinds) != 44 || !slices.IsSorted(kinds) || len(slices.Compact(slices.Clone(kinds))) != len(kinds) {
		t.Errorf("there are %d kinds, sorted and without duplicates they should be 44: %q", len(kinds), kinds)
	}
	known := func(kind string) bool { return slices.Contains(kinds, kind) }
	if len(prose) != 4 || slices.IndexFunc(prose, func(kind string) bool { return !known(kind) }) >= 0 {
		t.Errorf("%q are kinds of the prose, want 4 that are known", prose)
	}
	kinds[0] = "changed"
	if dfns.EventKinds()[0] == "changed" {
		t.Error("the catalogue can be changed from outside")
	}
}
