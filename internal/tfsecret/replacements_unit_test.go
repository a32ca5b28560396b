package tfsecret_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

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
		{"no", "wh-a", "content", "wh-1 was created, and webhook wh-a"},
		{"no", "wh-b", "content", ""},
		{"no", "wh-x", "other", ""},
		{"yes", "wh-2", "content", "wh-2 was created, and webhook wh-b"},
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

// In terraform test, one process creates webhooks and destroys them again: none of them replaces another, or itself.
func TestDestroyOfWhatWasCreatedHereIsNoReplacement(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]struct{ what, id, content, want string }{
		"one":             {{"created", "wh-1", "a", ""}, {"deleted", "wh-1", "a", ""}},
		"two of a kind":   {{"created", "wh-1", "a", ""}, {"created", "wh-2", "a", ""}, {"deleted", "wh-1", "a", ""}, {"deleted", "wh-2", "a", ""}},
		"updated between": {{"created", "wh-1", "a", ""}, {"deleted", "wh-1", "b", ""}, {"deleted", "wh-2", "a", ""}},
		"one of two":      {{"created", "wh-1", "a", ""}, {"created", "wh-2", "a", ""}, {"deleted", "wh-1", "a", ""}, {"deleted", "wh-3", "a", "wh-2 was created, and webhook wh-3"}},
		"replaced":        {{"created", "wh-1", "a", ""}, {"deleted", "wh-1", "a", ""}, {"created", "wh-2", "a", "wh-2 was created, and webhook wh-1"}},
	} {
		var r tfsecret.Replacements
		for i, step := range steps {
			note := r.Deleted
			if step.what == "created" {
				note = r.Created
			}
			diags := note(step.id, step.content)
			if (len(diags) == 1) != (step.want != "") || len(diags) == 1 && !strings.Contains(diags[0].Detail(), step.want) {
				t.Errorf("%s, step %d: got %v, want %q", name, i, diags, step.want)
			}
		}
	}
}

// A planned destroy and a planned create of equal content are brought together in pairs, whichever comes second. What is
// planned as the new half of a replacement is none of them.
func TestPlannedPairs(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]struct{ what, id, content, want string }{
		"destroy first": {{"goes", "wh-1", "a", ""}, {"new", "", "a", "wh-1"}, {"new", "", "a", ""}, {"goes", "wh-2", "a", "wh-2"}},
		"create first":  {{"new", "", "a", ""}, {"goes", "wh-1", "a", "wh-1"}, {"goes", "wh-2", "a", ""}, {"new", "", "a", "wh-2"}},
		"other content": {{"goes", "wh-1", "a", ""}, {"new", "", "b", ""}},
		"replacement":   {{"replaced", "", "a", ""}, {"new", "", "a", ""}, {"goes", "wh-1", "a", ""}, {"new", "", "a", "wh-1"}},
		"refreshed":     {{"read", "wh-1", "a", ""}, {"goes", "wh-1", "a", ""}, {"new", "", "a", "wh-1"}},
		"apply":         {{"new", "", "a", ""}, {"created", "wh-2", "a", ""}, {"goes", "wh-1", "a", ""}, {"deleted", "wh-1", "a", "wh-2"}},
		"apply, destroy first": {
			{"deleted", "wh-1", "a", ""}, {"goes", "wh-2", "a", ""}, {"new", "", "a", ""}, {"created", "wh-3", "a", "wh-1"},
		},
	} {
		var r tfsecret.Replacements
		for i, step := range steps {
			var diags diag.Diagnostics
			switch step.what {
			case "read":
				r.Read(step.id, step.content)
			case "replaced":
				r.Replaced(step.content)
			case "goes":
				diags = r.PlannedDestroy(step.id, step.content)
			case "new":
				diags = r.New(t.Context(), step.content)
			case "created":
				diags = r.Created(step.id, step.content)
			case "deleted":
				diags = r.Deleted(step.id, step.content)
			}
			if (len(diags) == 1) != (step.want != "") || len(diags) == 1 && !strings.Contains(diags[0].Detail(), step.want) {
				t.Errorf("%s, step %d: got %v, want %q", name, i, diags, step.want)
			}
		}
	}
}

// While a new webhook waits for what may be tainted, that is planned to go: one of the two warns.
func TestRenameWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r tfsecret.Replacements
		r.Read("wh-1", "content")
		gone := make(chan int)
		go func() {
			<-time.After(100 * time.Millisecond)
			gone <- len(r.PlannedDestroy("wh-1", "content"))
		}()
		created := r.New(t.Context(), "content")
		if warned := len(created) + <-gone; warned != 1 {
			t.Errorf("%d warnings, want one", warned)
		}
	})
}
