package enfinitos_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// done is the kind of answer that says that a subscription was deleted.
const done = "done"

// deletes are answers to the undocumented call.
var deletes = map[string]struct {
	handler http.HandlerFunc
	kind    string
	status  int // of the error, where there is one
}{
	"200":                {holds(`{"deleted":true}`), done, 0},
	"200 subscription":   {holds(whs1), done, 0},
	"200 null":           {holds(`null`), done, 0},
	"200 without data":   {says(200, `{"ok":true}`), done, 0},
	"200 empty":          {says(200, ""), done, 0},
	"202":                {says(202, envelope("{}")), done, 0},
	"204":                {says(204, ""), done, 0},
	"404":                {says(404, notFound), missing, 0},
	"404 HTML":           {says(404, "<html>"), missing, 0},
	"404 empty":          {says(404, ""), missing, 0},
	"405":                {says(405, notFound), missing, 0},
	"405 empty":          {says(405, ""), missing, 0},
	"501":                {says(501, notFound), missing, 0},
	"200 HTML":           {says(200, "<html>Sign in</html>"), doubt, 0},
	"200 no envelope":    {says(200, "{}"), doubt, 0},
	"200 truncated":      {says(200, envelope("{}")[:20]), doubt, 0},
	"200 that is not ok": {says(200, notFound), doubt, 200},
	"302":                {says(302, ""), doubt, 302},
	"400":                {says(400, notFound), doubt, 400},
	"401":                {says(401, notFound), doubt, 401},
	"403":                {says(403, notFound), doubt, 403},
	"409":                {says(409, notFound), doubt, 409},
	"429":                {says(429, notFound), doubt, 429},
	"500":                {says(500, notFound), doubt, 500},
	"502 HTML":           {says(502, "<html>"), doubt, 502},
	"503":                {says(503, ""), doubt, 503},
	"cut":                {cuts(""), doubt, 0},
	"cut in the middle":  {cuts(envelope("{}")[:20]), doubt, 0},
}

// pauses are answers to the documented call that pauses a subscription.
var pauses = map[string]struct {
	handler http.HandlerFunc
	kind    string
	status  int // of the error, where there is one
}{
	"200":                {holds(`{"subscription":{"subscriptionId":"whs_1","active":false}}`), alive, 0},
	"200 untold":         {holds(`{}`), alive, 0},
	"404":                {says(404, notFound), gone, 0},
	"404 of any shape":   {says(404, `{"errors":[{"message":"unknown subscription"}]}`), gone, 0},
	"404 of NestJS":      {says(404, noRoute["NestJS"]), doubt, 404},
	"404 of Fastify":     {says(404, noRoute["Fastify"]), doubt, 404},
	"404 of Kong":        {says(404, noRoute["Kong"]), doubt, 404},
	"404 HTML":           {says(404, "<html>"), doubt, 404},
	"404 empty":          {says(404, ""), doubt, 404},
	"404 null":           {says(404, "null"), doubt, 404},
	"401":                {says(401, notFound), doubt, 401},
	"403":                {says(403, notFound), doubt, 403},
	"405":                {says(405, notFound), doubt, 405},
	"409":                {says(409, notFound), doubt, 409},
	"429":                {says(429, notFound), doubt, 429},
	"500":                {says(500, notFound), doubt, 500},
	"501":                {says(501, notFound), doubt, 501},
	"cut":                {cuts(""), doubt, 0},
	"200 HTML":           {says(200, "<html>"), doubt, 0},
	"200 empty":          {says(200, ""), doubt, 0},
	"200 that is not ok": {says(200, notFound), doubt, 200},
	"200 still active":   {holds(`{"subscription":{"subscriptionId":"whs_1","active":true}}`), doubt, 200},
}

// removal is what Remove returns. Beside an error the outcome means nothing.
type removal struct {
	outcome enfinitos.Removal
	failed  bool
	status  int
}

// TestRemove goes through every pair of answers.
func TestRemove(t *testing.T) {
	t.Parallel()
	for deleteName, first := range deletes {
		for pauseName, second := range pauses {
			t.Run(deleteName+", "+pauseName, func(t *testing.T) {
				t.Parallel()
				a := serve(t, map[string]http.HandlerFunc{
					"DELETE /v1/webhooks/whs_1": first.handler, "POST /v1/webhooks/whs_1/active": second.handler,
				})
				want, calls := removal{failed: first.kind == doubt, status: first.status}, []string{"DELETE /v1/webhooks/whs_1"}
				if first.kind == missing {
					want, calls = removal{failed: second.kind == doubt, status: second.status}, append(calls, "POST /v1/webhooks/whs_1/active")
					switch second.kind {
					case alive:
						want.outcome = enfinitos.Paused
					case gone:
						want.outcome = enfinitos.Gone
					}
				}
				if diff := cmp.Diff(want, remove(t, a.client(t, once)), cmp.AllowUnexported(removal{})); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(calls, slices.Compact(a.made())); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func remove(t *testing.T, client *enfinitos.Client) removal {
	t.Helper()
	outcome, err := client.Remove(t.Context(), "whs_1")
	if err == nil {
		return removal{outcome: outcome}
	}
	if enfinitos.IsNotFound(err) || !strings.Contains(err.Error(), " /v1/webhooks/whs_1") {
		t.Errorf("the error is %v", err)
	}
	return removal{failed: true, status: enfinitos.Status(err)}
}

func TestRemoveAtTheSandbox(t *testing.T) {
	t.Parallel()
	s := start(t, conventional)
	id, other := s.Enfinitos.Register(example), s.Enfinitos.Register(example)
	client := at(t, s)
	if outcome, err := client.Remove(t.Context(), id); outcome != enfinitos.Deleted || err != nil {
		t.Errorf("it ends in %d, %v", outcome, err)
	}
	if diff := cmp.Diff([]string{"DELETE /v1/webhooks/" + id}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if left := s.Enfinitos.Subscriptions(); len(left) != 1 || left[0].ID != other || !left[0].Active {
		t.Errorf("the sandbox holds %+v", left)
	}
	if outcome, err := client.Remove(t.Context(), id); outcome != enfinitos.Gone || err != nil {
		t.Errorf("the second time it ends in %d, %v", outcome, err)
	}
}

func TestRemoveWithoutTheCall(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	id := s.Enfinitos.Register(example)
	client := at(t, s)
	for range 2 { // pausing it again is pausing it
		if outcome, err := client.Remove(t.Context(), id); outcome != enfinitos.Paused || err != nil {
			t.Errorf("it ends in %d, %v", outcome, err)
		}
		want := []string{"DELETE /v1/webhooks/" + id, "POST /v1/webhooks/" + id + `/active {"active":false}`}
		if diff := cmp.Diff(want, journal(s)); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	}
	if left := s.Enfinitos.Subscriptions(); len(left) != 1 || left[0].Active {
		t.Errorf("the sandbox holds %+v", left)
	}
	s.Enfinitos.Remove(id)
	if outcome, err := client.Remove(t.Context(), id); outcome != enfinitos.Gone || err != nil {
		t.Errorf("of what is gone it ends in %d, %v", outcome, err)
	}
}

// A delete whose answer is lost is sent again, and then finds nothing.
func TestRemoveIsRepeated(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{sandbox.DropAfter, sandbox.StatusAfter, sandbox.Truncate} {
		s := start(t, conventional)
		id := s.Enfinitos.Register(example)
		fault(t, s, sandbox.Fault{Method: "DELETE", Effect: effect, Status: 502, Times: 1})
		outcome, err := at(t, s).Remove(t.Context(), id)
		if outcome != enfinitos.Gone || err != nil || len(s.Enfinitos.Subscriptions()) != 0 {
			t.Errorf("%s: it ends in %d, %v", effect, outcome, err)
		}
	}
}

func TestRemoveIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	a := serve(t, map[string]http.HandlerFunc{
		"DELETE /v1/webhooks/whs_1": says(404, notFound),
		"POST /v1/webhooks/whs_1/active": func(_ http.ResponseWriter, r *http.Request) {
			_ = r.Body.Close()
			cancel()
			<-r.Context().Done()
		},
	})
	_, err := a.client(t).Remove(ctx, "whs_1")
	if !errors.Is(err, context.Canceled) || !enfinitos.OutcomeUnknown(err) {
		t.Errorf("it ends in %v", err)
	}
}
