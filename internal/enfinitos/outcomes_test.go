package enfinitos_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// delivers reports whether the server holds a subscription and delivers its events.
func delivers(s *sandbox.Sandbox, id string) bool {
	return slices.ContainsFunc(s.Enfinitos.Subscriptions(), func(held state.Subscription) bool { return held.ID == id && held.Active })
}

// oddAnswers are answers that a server gives whether or not it has made the change.
func oddAnswers() map[string]sandbox.Fault {
	out := map[string]sandbox.Fault{}
	for name, body := range map[string]string{
		"maintenance": `{"message":"Service is in maintenance"}`, "{}": `{}`, "null": `null`, "empty": ``, "HTML": `<html>`, "list": `[]`,
		"truncated": `{"ok":true,"da`, "not ok": notFound, "no ok": `{"data":{}}`, "ok null": `{"ok":null}`,
		"another object": envelope(`{"subscription":{"subscriptionId":"whs_other","active":false},"signingSecret":"whsec_other"}`),
	} {
		for _, status := range []int{200, 201, 202, 204} {
			out[fmt.Sprint(status, " ", name)] = sandbox.Fault{Status: status, Body: &body}
		}
	}
	for name, body := range foreign {
		out["404 "+name] = sandbox.Fault{Status: 404, Body: &body}
	}
	for _, status := range []int{302, 400, 401, 403, 405, 409, 422, 500, 502, 503} {
		out[fmt.Sprint(status, " HTML")] = sandbox.Fault{Status: status, Body: new("<html>"), ContentType: "text/html"}
	}
	return out
}

// TestOutcomes has the server give every odd answer to every change, once after it has made it and once without. What is said about
// the change is never wrong, whatever the words. Only a refusal in the vendor's own form proves that nothing was made.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, change := range []struct{ operation, route, stranger string }{
		{"create", "POST /v1/webhooks", "whs_claimed"},
		{"pause", "POST /v1/webhooks/*/active", "whs_other"},
		{"remove", "DELETE /v1/webhooks/*", "whs_other"},
		{"remove", "POST /v1/webhooks/*/active", "whs_other"}, // where there is no call to delete
	} {
		t.Run(change.operation+" by "+change.route, func(t *testing.T) {
			t.Parallel()
			attempt := func(t *testing.T, fault sandbox.Fault) (made bool, err error) {
				t.Helper()
				s, client := start(t, strings.HasPrefix(change.route, "DELETE"), once)
				client.RememberID("whs_claimed", true) // by a plan or a state
				id := s.Enfinitos.Register(example)
				fault.Method, fault.Path, _ = strings.Cut(change.route, " ")
				addFault(t, s, fault)
				err = run(t.Context(), client, change.operation, id)
				return len(s.Enfinitos.Subscriptions()) == 2 || change.operation != "create" && !delivers(s, id), err
			}
			for name, fault := range oddAnswers() {
				for _, fault.Effect = range []string{sandbox.Status, sandbox.StatusAfter} {
					fault.Body = new(strings.ReplaceAll(*fault.Body, "whs_other", change.stranger))
					made, err := attempt(t, fault)
					if outcome, _ := httpapi.OutcomeOf(err); err == nil && !made || err != nil && outcome == httpapi.NotMade || httpapi.IsNotFound(err) {
						t.Errorf("%s, %s: it is made: %t; it ends in %v", name, fault.Effect, made, err)
					}
				}
			}
			for _, status := range []int{400, 401, 403, 409, 422} {
				made, err := attempt(t, sandbox.Fault{Effect: sandbox.Status, Status: status})
				if outcome, _ := httpapi.OutcomeOf(err); err == nil || outcome != httpapi.NotMade || made {
					t.Errorf("%d: it is made: %t; it ends in %v", status, made, err)
				}
			}
		})
	}
}

func addFault(t *testing.T, s *sandbox.Sandbox, fault sandbox.Fault) {
	t.Helper()
	if err := s.EnfinitosCalls.AddFault(fault); err != nil {
		t.Fatal(err)
	}
}

// young returns a sandbox whose reads are behind by a lag, a client that keeps notes, and what that has just created.
func young(t *testing.T, conventional bool, dir string) (*sandbox.Sandbox, *enfinitos.Client, enfinitos.Subscription) {
	t.Helper()
	s, client := start(t, conventional, noted(dir))
	made, err := client.CreateSubscription(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	addFault(t, s, sandbox.Fault{Effect: sandbox.Lag, Milliseconds: int(lag.Milliseconds())})
	return s, client, made.Subscription
}

const lag = 15 * time.Second

// Reads may not show a subscription until httpapi.SettleTime after its create. Nobody takes it for gone meanwhile: nor does the next
// process, after one that was killed right after the answer.
func TestYoungSubscriptionWithLag(t *testing.T) {
	t.Parallel()
	for name, conventional := range map[string]bool{"documented": false, "conventional": true} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			s, client, made := young(t, conventional, dir)
			_, err := of(t, s, noted(dir)).CreateSubscription(t.Context(), request)
			stopped(t, err, intent.Exists, made.ID)
			if held := len(s.Enfinitos.Subscriptions()); held != 1 {
				t.Errorf("%s: the server holds %d", name, held)
			}
			s.Enfinitos.Remove(made.ID)
			<-time.After(lag)
			began := time.Now()
			if _, _, err := client.Find(t.Context(), made.ID, made.CreatedAt); !httpapi.IsNotFound(err) || time.Since(began) > time.Second {
				t.Errorf("%s: it is gone and old, and a read ends in %v after %s", name, err, time.Since(began))
			}
		})
	}
}

// Without time to wait until a young one must be shown, its absence proves nothing.
func TestYoungSubscriptionWithoutTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, client, made := young(t, true, dir)
		s.Enfinitos.Remove(made.ID)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, _, found := client.Find(ctx, made.ID, made.CreatedAt)
		_, set := client.SetActive(ctx, made.ID, made.CreatedAt, false)
		_, removed := client.Remove(ctx, made.ID, made.CreatedAt)
		for name, err := range map[string]error{"find": found, "set active": set, "remove": removed} {
			if err == nil || httpapi.IsNotFound(err) {
				t.Errorf("%s: it ends in %v", name, err)
			}
		}
	})
}

// An empty answer to the delete of a young one, while reads lag.
func TestEmptyAnswerToADeleteWithLag(t *testing.T) {
	t.Parallel()
	for effect, want := range map[string]enfinitos.Removal{sandbox.Status: enfinitos.Paused, sandbox.StatusAfter: enfinitos.Gone} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			s, client, made := young(t, true, dir)
			addFault(t, s, sandbox.Fault{Method: "DELETE", Effect: effect, Status: 204, Body: new("")})
			removal, err := client.Remove(t.Context(), made.ID, made.CreatedAt)
			if err != nil || removal != want || delivers(s, made.ID) {
				t.Errorf("%s: it ends in %d, %v; the server holds %+v", effect, removal, err, s.Enfinitos.Subscriptions())
			}
		})
	}
}
