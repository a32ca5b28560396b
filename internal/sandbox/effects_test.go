package sandbox_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

func TestPatch(t *testing.T) {
	t.Parallel()
	const answer = `{"data":{"large":12345678901234567890},"events":["a.b"],"id":"ID","status":"Enabled"}`
	for patch, want := range map[string]string{
		`{}`:                       answer,
		`{"status":5,"events":{}}`: `{"data":{"large":12345678901234567890},"events":[{}],"id":"ID","status":5}`,
		`{"status":null,"data":null,"absent":null}`:                `{"events":["a.b"],"id":"ID"}`,
		`{"events":[1,null],"data":null}`:                          `{"events":[1,null],"id":"ID","status":"Enabled"}`,
		`{"id":{"value":"x"},"data":null}`:                         `{"events":["a.b"],"id":{"value":"x"},"status":"Enabled"}`,
		`["hit $n",{"$n":["$n of $n"]}]`:                           `["hit 2",{"$n":["2 of 2"]}]`,
		`null`:                                                     `null`,
		`{"data":{"large":"$n","more":{"deep":true,"gone":null}}}`: `{"data":{"large":"2","more":{"deep":true}},"events":["a.b"],"id":"ID","status":"Enabled"}`,
	} {
		sandboxtest.Same(t, sandbox.Patched(answer, patch, 2), want+"\n")
	}
	sandboxtest.Same(t, sandbox.Patched("<html>", `{"id":1}`, 1), "<html>")
	sandboxtest.Same(t, sandbox.Patched("", `{"id":1}`, 1), "")
}

// The number of a hit is that of its call, although a later call is answered first.
func TestPatchOfCallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		s.fault(s.DfnsCalls, `{"effect":"patch","patch":"hit $n"}`)
		s.DfnsCalls.Before(func(r *http.Request) {
			if r.URL.Path == "/slow" {
				<-time.After(time.Second)
			}
		})
		first := make(chan reply)
		go func() { first <- s.call("GET /slow") }()
		synctest.Wait()
		sandboxtest.Same(t, s.call("GET /webhooks").body, `"hit 2"`+"\n")
		sandboxtest.Same(t, (<-first).body, `"hit 1"`+"\n")
	})
}

// TestLag looks at a webhook that was there before and is then changed, and one each that is created and deleted, before and after
// the time of the lag.
func TestLag(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		changed, deleted := s.Dfns.Register(dfns.Webhook{Description: "old"}), s.Dfns.Register(dfns.Webhook{})
		pass(time.Second)
		created := s.Dfns.Register(dfns.Webhook{})
		s.Dfns.Remove(deleted)
		if err := s.Dfns.Edit(changed, func(w *dfns.Webhook) { w.Description = "new" }); err != nil {
			t.Fatal(err)
		}
		s.fault(s.DfnsCalls, `{"effect":"lag","ms":5000}`)
		shows := func(ofDeleted, ofCreated int, description string, list ...string) {
			t.Helper()
			got := []any{s.call("GET /webhooks/" + deleted).status, s.call("GET /webhooks/" + created).status, s.call("GET /webhooks/" + created + "/events").status}
			sandboxtest.Same(t, got, []any{ofDeleted, ofCreated, ofCreated})
			sandboxtest.Contains(t, s.call("GET /webhooks/"+changed).body, `"description":"`+description+`"`)
			type item struct{ ID string }
			page := sandboxtest.Decode[struct{ Items []item }](t, s.call("GET /webhooks").body)
			sandboxtest.Same(t, page.Items, []item{{list[0]}, {list[1]}})
		}
		pass(5*time.Second - time.Millisecond)
		shows(200, 404, "old", changed, deleted)
		pass(time.Millisecond)
		shows(404, 200, "new", changed, created)
	})
}

// A call that is to be carried out later does not hold up Close.
func TestLate(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		s.fault(s.EnfinitosCalls, `{"effect":"late","ms":1000}`)
		began := time.Now()
		sandboxtest.Same(t, s.create().err != nil, true)
		s.Close()
		sandboxtest.Same(t, []any{time.Since(began), len(s.Enfinitos.Subscriptions())}, []any{time.Duration(0), 0})
	})
}

// TestBefore registers a stranger's webhook at the moment of a create, whatever the fault: once for each time that it is carried
// out or would be.
func TestBefore(t *testing.T) {
	t.Parallel()
	stranger, both, waiting := []string{"stranger"}, []string{"stranger", "rights"}, []string{"other", "stranger", "rights"}
	for fault, want := range map[string][]string{ // the labels of what is held afterwards
		`"patch","headers":{"X-Any":"1"}`: both,
		`"drop_before"`:                   stranger,
		`"drop_after"`:                    both,
		`"status","status":503`:           stranger,
		`"status_after","status":503`:     both,
		`"truncate"`:                      both,
		`"html"`:                          stranger,
		`"delay","ms":500`:                waiting,
		`"late","ms":500`:                 waiting,
		`"twice"`:                         {"stranger", "rights", "stranger", "rights"},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			inProcess(t, func(t *testing.T, s *running) {
				s.EnfinitosCalls.Before(func(*http.Request) { s.Enfinitos.Register(enfinitos.Subscription{Label: "stranger"}) })
				if len(want) == 3 { // another webhook comes while the call waits
					time.AfterFunc(100*time.Millisecond, func() { s.Enfinitos.Register(enfinitos.Subscription{Label: "other"}) })
				}
				s.fault(s.EnfinitosCalls, `{"effect":`+fault+`}`)
				s.create()
				pass(time.Second)
				var got []string
				for _, held := range s.Enfinitos.Subscriptions() {
					got = append(got, held.Label)
				}
				sandboxtest.Same(t, got, want)
			})
		})
	}
}
