package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Only an idempotent request is sent again after it was lost. How the API then refuses it says nothing about the first sending.
func TestOutcomeOfACall(t *testing.T) {
	t.Parallel()
	const own = `{"error":{"message":"no"}}`
	const notMade, unknown = httpapi.NotMade, httpapi.Unknown
	change, again := post("a"), idempotent(post("a"))
	for name, test := range map[string]struct {
		request httpapi.Request
		steps   []step
		want    httpapi.Outcome
		status  int
	}{
		"not sent":                {change, []step{refused}, notMade, 0},
		"429":                     {change, []step{answer(429, html)}, notMade, 0},
		"3xx":                     {change, []step{answer(302, "", "Location", "/b")}, unknown, 302},
		"3xx in own shape":        {change, []step{answer(300, own)}, notMade, 300},
		"4xx in own shape":        {change, []step{answer(403, own)}, notMade, 403},
		"4xx in the JSON of some": {change, []step{answer(404, `{"message":"no"}`)}, unknown, 404},
		"5xx in own shape":        {change, []step{answer(500, own)}, unknown, 500},
		"cut":                     {change, []step{cut}, unknown, 0},
		"truncated":               {change, []step{truncated}, unknown, 0},
		"429, then cut":           {change, []step{answer(429, ""), cut}, unknown, 0},
		"429, then not sent":      {change, []step{answer(429, ""), refused}, notMade, 0},
		"not sent, then cut":      {change, []step{refused, cut}, unknown, 0},
		"not sent, then refused":  {change, []step{refused, answer(403, own)}, notMade, 403},
		"cut, then refused":       {again, []step{cut, answer(403, own)}, unknown, 403},
		"cut, then 429":           {again, []step{cut, answer(429, "")}, unknown, 0},
		"cut, then not sent":      {again, []step{cut, refused}, unknown, 0},
		"5xx, then not sent":      {again, []step{answer(500, ""), refused}, unknown, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			client, _ := scripted(t, test.steps, retryWait(time.Second))
			_, err := client.Do(ctx, test.request)
			if got, ids := httpapi.OutcomeOf(fmt.Errorf("outside: %w", err)); got != test.want || ids != nil || httpapi.Status(err) != test.status {
				t.Errorf("%s: the outcome is %s of %v, the status %d: %v", name, got, ids, httpapi.Status(err), err)
			}
		})
	}
}

func TestOutcomeOfOtherErrors(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, context.Canceled} {
		if got, _ := httpapi.OutcomeOf(err); got != httpapi.NotMade || httpapi.Status(err) != 0 {
			t.Errorf("%v: the outcome is %s, the status %d", err, got, httpapi.Status(err))
		}
	}
}

// What a vendor's client has proved counts, and not the call below it.
func TestChangeError(t *testing.T) {
	t.Parallel()
	cause := httpapi.Unreadable(post("a"), &httpapi.Response{Status: 201}, errors.New("no id")) // itself unknown
	for want, change := range map[string]httpapi.ChangeError{
		"; the change was not made":                                       {Outcome: httpapi.NotMade},
		"; the change was made: a, b":                                     {Outcome: httpapi.Made, IDs: []string{"a", "b"}},
		"; it is unknown whether the change was made":                     {Outcome: httpapi.Unknown},
		"; it is unknown whether the change was made; it may have made a": {Outcome: httpapi.Unknown, IDs: []string{"a"}},
	} {
		change.Err = cause
		got, ids := httpapi.OutcomeOf(fmt.Errorf("outside: %w", &change))
		if change.Error() != cause.Error()+want || !errors.Is(&change, cause) || got != change.Outcome || !slices.Equal(ids, change.IDs) {
			t.Errorf("%s, %v: it says %q, want %q", got, ids, change.Error(), want)
		}
	}
}
