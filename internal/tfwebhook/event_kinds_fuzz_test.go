package tfwebhook_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

func FuzzMatch(f *testing.F) {
	for _, pattern := range []string{"", "*", "wallet.*", "*.created", "w*t.*r*", "[", "wallet.created\n", "**"} {
		f.Add(pattern)
	}
	kinds := dfns.EventKinds()
	f.Fuzz(func(t *testing.T, pattern string) {
		matching := tfwebhook.MatchKinds(pattern, kinds)
		for _, kind := range matching {
			// What matches holds every literal part of the pattern, in order.
			rest := kind
			for part := range strings.SplitSeq(pattern, "*") {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Fatalf("%q matches %q", pattern, kind)
				}
				rest = after
			}
		}
		if !strings.Contains(pattern, "*") && slices.Contains(kinds, pattern) != (len(matching) == 1) {
			t.Fatalf("%q matches %q", pattern, matching)
		}
		if nearest := tfwebhook.NearestKind(pattern, kinds); (nearest == "") != (pattern == "") {
			t.Fatalf("nearest to %q is %q", pattern, nearest)
		}
	})
}
