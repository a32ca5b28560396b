package tfsecret_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfsecret"
)

// A webhook that is read and planned a moment later is not tainted, whatever equal one is planned in between as a new one.
func TestSiblingsAreNotTainted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r tfsecret.Replacements
		r.Read("wh-1", "content")
		r.Read("wh-2", "content")
		r.Read("wh-3", "other content")
		go func() {
			for _, id := range []string{"wh-2", "wh-1"} {
				<-time.After(100 * time.Millisecond)
				r.Planned(id)
			}
		}()
		if diags := r.New(t.Context(), "content"); len(diags) != 0 {
			t.Errorf("got %v", diags)
		}
		begun := time.Now()
		if diags := r.New(t.Context(), "content"); len(diags) != 0 || time.Since(begun) != 0 {
			t.Errorf("nothing is left to wait for, but got %v after %s", diags, time.Since(begun))
		}
	})
}

// One that is not planned any more is tainted. That is waited for once, from its refresh, and no longer than the caller wants.
func TestTaintedIsWaitedForOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r tfsecret.Replacements
		r.Read("wh-1", "content")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if diags := r.New(ctx, "content"); len(diags) != 0 {
			t.Errorf("the caller gave up, but got %v", diags)
		}
		for _, wait := range []time.Duration{200 * time.Millisecond, 0} {
			begun := time.Now()
			diags := r.New(t.Context(), "content")
			if len(diags) != 1 || !strings.Contains(diags[0].Detail(), "wh-1") || time.Since(begun) != wait {
				t.Errorf("got %v after %s, want %s", diags, time.Since(begun), wait)
			}
		}
	})
}

// Webhooks of equal content that come and go in one apply are brought together in pairs, and no more of them than there are.
func TestReplacementsArePairs(t *testing.T) {
	t.Parallel()
	var r tfsecret.Replacements
	for step, test := range []struct {
		created, id, content, want string
	}{
		{"yes", "wh-1", "content", ""},
		{"no", "wh-a", "content", "wh-1 was created and wh-a"},
		{"no", "wh-b", "content", ""},
		{"no", "wh-x", "other", ""},
		{"yes", "wh-2", "content", "wh-2 was created and wh-b"},
		{"yes", "wh-3", "content", ""},
	} {
		note := r.Deleted
		if test.created == "yes" {
			note = r.Created
		}
		diags := note(test.id, test.content)
		if len(diags) > 1 || (len(diags) == 1) != (test.want != "") || len(diags) == 1 && !strings.Contains(diags[0].Detail(), test.want) {
			t.Errorf("step %d: got %v, want %q", step, diags, test.want)
		}
	}
}
