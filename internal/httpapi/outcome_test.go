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

func TestOutcomeOfACall(t *testing.T) {
	t.Parallel()
	const own = `{"error":{"message":"no"}}`
	const notMade, unknown = httpapi.NotMade, httpapi.Unknown
	tests := map[string]struct {
		steps  []step
		want   httpapi.Outcome
		status int
	}{
		"not sent":                {[]step{refused}, notMade, 0},
		"429":                     {[]step{answer(429, html)}, notMade, 0},
		"4xx in own shape":        {[]step{answer(403, own)}, notMade, 403},
		"4xx of another shape":    {[]step{answer(403, html)}, unknown, 403},
		"4xx in the JSON of some": {[]step{answer(404, `{"message":"no"}`)}, unknown, 404},
		"empty 4xx":               {[]step{answer(400, "")}, unknown, 400},
		"3xx":                     {[]step{answer(302, "", "Location", "/b")}, unknown, 302},
		"5xx":                     {[]step{answer(500, html)}, unknown, 500},
		"5xx in own shape":        {[]step{answer(500, own)}, unknown, 500},
		"3xx in own shape":        {[]step{answer(300, own)}, notMade, 300},
		"cut":                     {[]step{cut}, unknown, 0},
		"truncated":               {[]step{truncated}, unknown, 0},
		"429, then cut":           {[]step{answer(429, ""), cut}, unknown, 0},
		"429, then not sent":      {[]step{answer(429, ""), refused}, notMade, 0},
		"429, then refused":       {[]step{answer(429, ""), answer(403, own)}, notMade, 403},
		"not sent, then cut":      {[]step{refused, cut}, unknown, 0},
		"not sent, then refused":  {[]step{refused, answer(403, own)}, notMade, 403},
	}
	for name, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			client, _ := scripted(t, test.steps, retryWait(time.Second))
			_, err := client.Do(ctx, post("a"))
			if httpapi.Status(err) != test.status {
				t.Errorf("%s: Status is %d, want %d", name, httpapi.Status(err), test.status)
			}
			wantOutcome(t, name, err, test.want)
		})
	}
}

// Only an idempotent request is sent again after it was lost. How the API then refuses it says nothing about the first sending.
func TestOutcomeOfACallLostEarlier(t *testing.T) {
	t.Parallel()
	for name, last := range map[string]step{
		"refused": answer(403, `{"error":{"message":"no"}}`), "429": answer(429, "", "Retry-After", "3600"), "not sent": refused,
	} {
		for _, lost := range []step{cut, answer(502, "")} {
			ctx, cancel := context.WithTimeout(t.Context(), 1e9)
			defer cancel()
			client, _ := scripted(t, []step{lost, last}, retries(1))
			_, err := client.Do(ctx, idempotent(post("a")))
			wantOutcome(t, name, err, httpapi.Unknown)
		}
	}
}

func TestOutcomeOfOtherErrors(t *testing.T) {
	t.Parallel()
	unreadable := httpapi.Unreadable(post("a"), &httpapi.Response{Status: 201}, errors.New("no id"))
	wantOutcome(t, "unreadable 2xx", unreadable, httpapi.Unknown)
	wantOutcome(t, "cancelled", context.Canceled, httpapi.NotMade)
	wantOutcome(t, "none", nil, httpapi.NotMade)
	if httpapi.Status(unreadable) != 0 {
		t.Error("an answer that cannot be read passes for a refusal")
	}
}

// wantOutcome checks the outcome of an error as it is, wrapped, and below what a vendor's client has proved about it.
func wantOutcome(t *testing.T, name string, err error, want httpapi.Outcome) {
	t.Helper()
	for _, err := range []error{err, fmt.Errorf("outside: %w", err)} {
		if got, ids := httpapi.OutcomeOf(err); got != want || ids != nil {
			t.Errorf("%s: the outcome is %s, want %s: %v", name, got, want, err)
		}
	}
	for _, proved := range []httpapi.Outcome{httpapi.NotMade, httpapi.Unknown, httpapi.Made} {
		change := &httpapi.ChangeError{Outcome: proved, IDs: []string{"wh-1"}, Err: err}
		if got, ids := httpapi.OutcomeOf(fmt.Errorf("outside: %w", change)); got != proved || !slices.Equal(ids, change.IDs) {
			t.Errorf("%s: proved is %s, but the outcome is %s of %v", name, proved, got, ids)
		}
	}
}

func TestChangeErrorText(t *testing.T) {
	t.Parallel()
	cause := errors.New("it broke")
	for want, change := range map[string]httpapi.ChangeError{
		"it broke; the change was not made":                                       {Outcome: httpapi.NotMade},
		"it broke; the change was made: a, b":                                     {Outcome: httpapi.Made, IDs: []string{"a", "b"}},
		"it broke; it is unknown whether the change was made":                     {Outcome: httpapi.Unknown},
		"it broke; it is unknown whether the change was made; it may have made a": {Outcome: httpapi.Unknown, IDs: []string{"a"}},
	} {
		change.Err = cause
		if change.Error() != want || !errors.Is(&change, cause) {
			t.Errorf("it says %q, want %q", change.Error(), want)
		}
	}
}
