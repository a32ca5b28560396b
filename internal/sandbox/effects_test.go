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

// A patch reaches each element of a list, and a refusal too. What the sandbox holds does not change.
func TestPatchOfLists(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{EnfinitosConventional: true})
	s.Dfns.Register(dfns.Webhook{URL: "https://hooks.example.com/1"})
	s.Dfns.Register(dfns.Webhook{URL: "https://hooks.example.com/2"})
	s.create()
	s.fault(s.DfnsCalls, `{"effect":"patch","patch":{"items":{"url":"$n","dateUpdated":1760000000}}}`)
	for _, n := range []string{"1", "2"} {
		type item struct {
			URL         string
			DateUpdated float64
		}
		list := sandboxtest.Decode[struct{ Items []item }](t, s.call("GET /webhooks").body)
		sandboxtest.Same(t, list.Items, []item{{n, 1760000000}, {n, 1760000000}})
	}
	sandboxtest.Same(t, s.Dfns.Webhooks()[1].URL, "https://hooks.example.com/2")
	s.fault(s.EnfinitosCalls, `{"effect":"patch","patch":{"data":{"subscriptions":{"active":"true"}},"error":{"code":5}}}`)
	sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks", "").body, `"active":"true"`)
	sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks/none", "").body, `"code":5`, `"ok":false`)
}

// A list whose next token is always new, or always the same, begins again each time. Tokens of the sandbox's own stay.
func TestPatchedPages(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	first, second := s.Dfns.Register(dfns.Webhook{}), s.Dfns.Register(dfns.Webhook{})
	id := s.Enfinitos.Register(enfinitos.Subscription{})
	s.fault(s.DfnsCalls, `{"effect":"patch","times":2,"patch":{"nextPageToken":"page-$n"}}`)
	s.fault(s.DfnsCalls, `{"effect":"patch","times":2,"patch":{"nextPageToken":"again"}}`)
	s.fault(s.DfnsCalls, `{"effect":"patch","headers":{"X-Any":"1"}}`)
	token := ""
	for _, want := range []string{"page-1", "page-2", "again", "again"} {
		got := s.call("GET /webhooks?limit=1&paginationToken=" + token)
		sandboxtest.Contains(t, got.body, first, `"nextPageToken":"`+want+`"`)
		token = want
	}
	page := sandboxtest.Decode[struct{ NextPageToken string }](t, s.call("GET /webhooks?limit=1&paginationToken=again").body)
	sandboxtest.Contains(t, s.call("GET /webhooks?limit=1&paginationToken="+page.NextPageToken).body, second)
	sandboxtest.Same(t, journal(s.DfnsCalls)[2], "GET /webhooks?limit=1&paginationToken=page-2 200 (patch)")
	s.DfnsCalls.ClearFaults()
	sandboxtest.Same(t, s.call("GET /webhooks?paginationToken=again").status, 400)

	s.fault(s.EnfinitosCalls, `{"effect":"patch","patch":{"data":{"nextCursor":"page-$n"}}}`)
	sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks/"+id+"/deliveries", "").body, `"nextCursor":"page-1"`)
	sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks/"+id+"/deliveries?cursor=page-1", "").body, `"deliveries":[]`, `"nextCursor":"page-2"`)
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

// Changes by calls lag like those by others. The changes themselves do not see the past.
func TestLagOfCalls(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		s.fault(s.EnfinitosCalls, `{"effect":"lag","ms":15000}`)
		s.create()
		id := s.Enfinitos.Subscriptions()[0].ID
		shows := func(status int, list ...string) {
			t.Helper()
			sandboxtest.Same(t, s.enfinitos("GET /v1/webhooks/"+id, "").status, status)
			sandboxtest.Same(t, s.enfinitos("GET /v1/webhooks/"+id+"/deliveries", "").status, status)
			sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks", "").body, list...)
		}
		shows(404, `"subscriptions":[]`, `"total":0`)
		sandboxtest.Same(t, s.enfinitos("POST /v1/webhooks/"+id+"/active", `{"active":false}`).status, 200)
		pass(15 * time.Second)
		shows(200, `"active":false`)
		s.enfinitos("POST /v1/webhooks/"+id+"/active", `{"active":true}`)
		shows(200, `"active":false`)
		s.enfinitos("DELETE /v1/webhooks/"+id, "")
		shows(200, `"active":false`)
		pass(15 * time.Second)
		shows(404, `"total":0`)
	})
}

// A late call is cut at once and carried out in its time, but not after a reset. It does not hold up Close.
func TestLate(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		s.fault(s.EnfinitosCalls, `{"effect":"late","ms":30000}`)
		began := time.Now()
		sandboxtest.Same(t, s.create().err != nil, true)
		sandboxtest.Same(t, time.Since(began), time.Duration(0))
		pass(30*time.Second - time.Millisecond)
		sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), 0)
		pass(time.Millisecond)
		sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), 1)

		s.create()
		sandboxtest.Same(t, s.enfinitos("POST /_sandbox/reset", "").status, http.StatusNoContent)
		pass(time.Minute)
		sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), 0)

		s.fault(s.EnfinitosCalls, `{"effect":"late","ms":1000}`)
		s.create()
		began = time.Now()
		s.Close()
		sandboxtest.Same(t, time.Since(began), time.Duration(0))
		sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), 0)
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
