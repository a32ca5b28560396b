package enfinitos_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// inProcess returns a sandbox without listeners, and a client of it. In the bubble of synctest their time is virtual.
func inProcess(t *testing.T, conventional bool, changes ...func(*enfinitos.Config)) (*sandbox.Sandbox, *enfinitos.Client) {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Seed: 1, EnfinitosConventional: conventional})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, of(t, s, changes...)
}

// of returns another client of a sandbox without listeners.
func of(t *testing.T, s *sandbox.Sandbox, changes ...func(*enfinitos.Config)) *enfinitos.Client {
	t.Helper()
	return at(t, s, append(changes, func(c *enfinitos.Config) { c.HTTP.Transport = s.EnfinitosCalls.Transport() })...)
}

// change is an operation that changes something, and whether the server has made it.
type change struct {
	run  func(ctx context.Context, c *enfinitos.Client, id string) error
	made func(s *sandbox.Sandbox, id string) bool
	// path of the call that decides.
	method, path string
}

var changesOfOne = map[string]change{
	"create": {
		func(ctx context.Context, c *enfinitos.Client, _ string) error {
			_, err := c.CreateSubscription(ctx, request)
			return err
		},
		func(s *sandbox.Sandbox, _ string) bool { return len(s.Enfinitos.Subscriptions()) == 2 },
		"POST", "/v1/webhooks",
	},
	"pause": {
		func(ctx context.Context, c *enfinitos.Client, id string) error {
			_, err := c.SetActive(ctx, id, "", false)
			return err
		},
		func(s *sandbox.Sandbox, id string) bool { return !delivers(s, id) },
		"POST", "/v1/webhooks/*/active",
	},
	"delete": {
		func(ctx context.Context, c *enfinitos.Client, id string) error {
			_, err := c.Remove(ctx, id, "")
			return err
		},
		func(s *sandbox.Sandbox, id string) bool { return !delivers(s, id) },
		"DELETE", "/v1/webhooks/*",
	},
	"pause instead of a delete": {
		func(ctx context.Context, c *enfinitos.Client, id string) error {
			_, err := c.Remove(ctx, id, "")
			return err
		},
		func(s *sandbox.Sandbox, id string) bool { return !delivers(s, id) },
		"POST", "/v1/webhooks/*/active",
	},
}

// delivers reports whether the server holds a subscription and delivers its events.
func delivers(s *sandbox.Sandbox, id string) bool {
	for _, subscription := range s.Enfinitos.Subscriptions() {
		if subscription.ID == id {
			return subscription.Active
		}
	}
	return false
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
		html := "<html>"
		out[fmt.Sprint(status, " HTML")] = sandbox.Fault{Status: status, Body: &html, ContentType: "text/html"}
	}
	return out
}

// TestOutcomes has the server give every odd answer to every change, once after it has made it and once without. What is said about
// the change is never wrong, whatever the words.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for operation, change := range changesOfOne {
		for name, fault := range oddAnswers() {
			for _, effect := range []string{sandbox.Status, sandbox.StatusAfter} {
				t.Run(operation+"/"+name+"/"+effect, func(t *testing.T) {
					t.Parallel()
					s, client := inProcess(t, operation == "delete", once)
					id, fault := s.Enfinitos.Register(example), fault
					fault.Method, fault.Path, fault.Effect = change.method, change.path, effect
					fault.Body = new(strings.ReplaceAll(*fault.Body, "whs_other", stranger(operation)))
					client.RememberID("whs_claimed", true)
					addFault(t, s, fault)
					err := change.run(t.Context(), client, id)
					outcome, _ := httpapi.OutcomeOf(err)
					made := change.made(s, id)
					switch {
					case err == nil && !made:
						t.Error("it is said to be made, and is not")
					case err != nil && outcome == httpapi.NotMade:
						t.Errorf("it is said not to be made: %v (it is: %t)", err, made)
					case enfinitos.IsNotFound(err):
						t.Errorf("it is said to be gone: %v", err)
					}
				})
			}
		}
	}
}

// stranger is the id of another object. A create is answered with one that a plan or a state has named.
func stranger(operation string) string {
	if operation == "create" {
		return "whs_claimed"
	}
	return "whs_other"
}

// A refusal in the vendor's own form proves that nothing was made.
func TestOutcomesOfRefusals(t *testing.T) {
	t.Parallel()
	for operation, change := range changesOfOne {
		for _, status := range []int{400, 401, 403, 409, 422} {
			s, client := inProcess(t, operation == "delete", once)
			id := s.Enfinitos.Register(example)
			addFault(t, s, sandbox.Fault{Method: change.method, Path: change.path, Effect: sandbox.Status, Status: status})
			err := change.run(t.Context(), client, id)
			if outcome, _ := httpapi.OutcomeOf(err); err == nil || outcome != httpapi.NotMade || change.made(s, id) {
				t.Errorf("%s, %d: the outcome is %s: %v", operation, status, outcome, err)
			}
		}
	}
}

func addFault(t *testing.T, s *sandbox.Sandbox, fault sandbox.Fault) {
	t.Helper()
	if err := s.EnfinitosCalls.AddFault(fault); err != nil {
		t.Fatal(err)
	}
}

// lags are how old the answers of the reads are.
var lags = []time.Duration{5 * time.Second, 15 * time.Second}

// Reads may not show a subscription until httpapi.SettleTime after its create. Nobody takes it for gone meanwhile.
func TestYoungSubscriptionWithLag(t *testing.T) {
	t.Parallel()
	for _, lag := range lags {
		for name, conventional := range map[string]bool{"documented": false, "conventional": true} {
			t.Run(fmt.Sprint(name, " ", lag), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, client := inProcess(t, conventional)
					addFault(t, s, sandbox.Fault{Effect: sandbox.Lag, Milliseconds: int(lag.Milliseconds())})
					created, err := client.CreateSubscription(t.Context(), request)
					if err != nil {
						t.Fatal(err)
					}
					made := time.Now()
					if _, _, err := client.Find(t.Context(), created.Subscription.ID, created.Subscription.CreatedAt); err != nil {
						t.Errorf("it lives: %v", err)
					}
					if waited := time.Since(made); waited > httpapi.SettleTime+time.Second {
						t.Errorf("it took %s", waited)
					}
					s.Enfinitos.Remove(created.Subscription.ID)
					<-time.After(lag)
					before := time.Now()
					if _, _, err := client.Find(t.Context(), created.Subscription.ID, created.Subscription.CreatedAt); !enfinitos.IsNotFound(err) {
						t.Errorf("it is gone: %v", err)
					}
					if waited := time.Since(before); waited > time.Second {
						t.Errorf("an old one took %s", waited)
					}
				})
			})
		}
	}
}

// Without time to wait until a young one must be shown, its absence proves nothing.
func TestYoungSubscriptionWithoutTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, client := inProcess(t, true)
		id := s.Enfinitos.Register(example)
		s.Enfinitos.Remove(id)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		young := time.Now().Format(time.RFC3339)
		_, _, found := client.Find(ctx, id, young)
		_, set := client.SetActive(ctx, id, young, false)
		_, removed := client.Remove(ctx, id, young)
		for name, err := range map[string]error{"find": found, "set active": set, "remove": removed} {
			if err == nil || enfinitos.IsNotFound(err) {
				t.Errorf("%s: it ends in %v", name, err)
			}
		}
	})
}

// An empty answer to the delete of a young one, while reads lag.
func TestEmptyAnswerToADeleteWithLag(t *testing.T) {
	t.Parallel()
	nothing := ""
	for effect, want := range map[string]enfinitos.Removal{sandbox.Status: enfinitos.Paused, sandbox.StatusAfter: enfinitos.Gone} {
		for _, lag := range lags {
			t.Run(fmt.Sprint(effect, " ", lag), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, client := inProcess(t, true)
					created, err := client.CreateSubscription(t.Context(), request)
					if err != nil {
						t.Fatal(err)
					}
					addFault(t, s, sandbox.Fault{Effect: sandbox.Lag, Milliseconds: int(lag.Milliseconds())})
					addFault(t, s, sandbox.Fault{Method: "DELETE", Effect: effect, Status: 204, Body: &nothing})
					removal, err := client.Remove(t.Context(), created.Subscription.ID, created.Subscription.CreatedAt)
					if err != nil || removal != want || delivers(s, created.Subscription.ID) {
						t.Errorf("it ends in %d, %v; the server holds %+v", removal, err, s.Enfinitos.Subscriptions())
					}
				})
			})
		}
	}
}

// The note of a run that was killed right after an answer is not taken for done while reads do not show what was made.
func TestNoteWithLag(t *testing.T) {
	t.Parallel()
	for _, lag := range lags {
		synctest.Test(t, func(t *testing.T) {
			dir := t.TempDir()
			s, killed := inProcess(t, false, noted(dir))
			created, err := killed.CreateSubscription(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			addFault(t, s, sandbox.Fault{Effect: sandbox.Lag, Milliseconds: int(lag.Milliseconds())})
			_, err = of(t, s, noted(dir)).CreateSubscription(t.Context(), request)
			stopped(t, err, intent.Exists, created.Subscription.ID)
			if held := len(s.Enfinitos.Subscriptions()); held != 1 {
				t.Errorf("the server holds %d", held)
			}
		})
	}
}

// noted makes a client keep notes in a directory.
func noted(dir string) func(*enfinitos.Config) {
	return func(c *enfinitos.Config) { c.Notes = intent.NewLog(dir) }
}
