package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

const right = `{"url":"https://hooks.example.com/in","events":["right.issued"],"label":"rights"}`

func TestPatch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ patch, want string }{
		"nothing":        {`{}`, `{"id":"ID","status":"Enabled","events":["a.b"],"data":{"large":12345678901234567890}}`},
		"another type":   {`{"status":5,"events":{}}`, `{"id":"ID","status":5,"events":[{}],"data":{"large":12345678901234567890}}`},
		"removed":        {`{"status":null,"data":null,"absent":null}`, `{"id":"ID","events":["a.b"]}`},
		"another id":     {`{"id":"wh-other","data":null}`, `{"id":"wh-other","status":"Enabled","events":["a.b"]}`},
		"array":          {`{"events":[1,null],"data":null}`, `{"id":"ID","status":"Enabled","events":[1,null]}`},
		"nested":         {`{"data":{"large":"$n","more":{"deep":true,"gone":null}}}`, `{"id":"ID","status":"Enabled","events":["a.b"],"data":{"large":"2","more":{"deep":true}}}`},
		"text to object": {`{"id":{"value":"x"},"data":null}`, `{"id":{"value":"x"},"status":"Enabled","events":["a.b"]}`},
		"whole":          {`["hit $n",{"$n":["$n of $n"]}]`, `["hit 2",{"$n":["2 of 2"]}]`},
		"whole null":     {`null`, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := `{"id":"ID","status":"Enabled","events":["a.b"],"data":{"large":12345678901234567890}}`
			sandboxtest.Same(t, sandbox.Patched(answer, c.patch, 2), canonical(t, c.want))
		})
	}
	sandboxtest.Same(t, sandbox.Patched("<html>", `{"id":1}`, 1), "<html>")
	sandboxtest.Same(t, sandbox.Patched("", `{"id":1}`, 1), "")
}

// canonical is JSON with sorted keys, as the sandbox answers it.
func canonical(t *testing.T, text string) string {
	t.Helper()
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return text + "\n"
	}
	if fields == nil {
		return "null\n"
	}
	out, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(out) + "\n"
}

// A patch reaches each element of a list, and a refusal too. What the sandbox holds does not change.
func TestPatchOfLists(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{EnfinitosConventional: true})
	s.Dfns.Register(dfns.Webhook{URL: "https://hooks.example.com/1", Status: "Enabled"})
	s.Dfns.Register(dfns.Webhook{URL: "https://hooks.example.com/2", Status: "Enabled"})
	s.Enfinitos.Register(enfinitos.Subscription{URL: "https://hooks.example.com/3", Label: "x"})
	s.fault(`{"effect":"patch","patch":{"items":{"url":"$n","dateUpdated":1760000000}}}`)
	for n := range 2 {
		var list struct{ Items []map[string]any }
		if err := json.Unmarshal([]byte(s.call("GET /webhooks").body), &list); err != nil {
			t.Fatal(err)
		}
		for _, item := range list.Items {
			sandboxtest.Same(t, []any{item["url"], item["dateUpdated"]}, []any{fmt.Sprint(n + 1), 1760000000.0})
		}
		sandboxtest.Same(t, len(list.Items), 2)
	}
	sandboxtest.Same(t, s.Dfns.Webhooks()[1].URL, "https://hooks.example.com/2")
	addFault(t, s.EnfinitosCalls, sandbox.Fault{Effect: sandbox.Patch, Patch: json.RawMessage(`{"data":{"subscriptions":{"active":"true"}},"error":{"code":5}}`)})
	sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks", "").body, `"active":"true"`)
	sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks/none", "").body, `"code":5`, `"ok":false`)
}

// A list whose next token is always new, or always the same, begins again each time. Tokens of the sandbox's own stay.
func TestPatchedPages(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	first, second := s.Dfns.Register(dfns.Webhook{}), s.Dfns.Register(dfns.Webhook{})
	id := s.Enfinitos.Register(enfinitos.Subscription{})
	s.fault(`{"effect":"patch","times":2,"patch":{"nextPageToken":"page-$n"}}`)
	s.fault(`{"effect":"patch","times":2,"patch":{"nextPageToken":"again"}}`)
	s.fault(`{"effect":"patch","headers":{"X-Any":"1"}}`)
	token := ""
	for _, want := range []string{"page-1", "page-2", "again", "again"} {
		got := s.call("GET /webhooks?limit=1&paginationToken=" + token)
		sandboxtest.Contains(t, got.body, first, `"nextPageToken":"`+want+`"`)
		token = want
	}
	var page struct{ NextPageToken string }
	_ = json.Unmarshal([]byte(s.call("GET /webhooks?limit=1&paginationToken=again").body), &page)
	sandboxtest.Contains(t, s.call("GET /webhooks?limit=1&paginationToken="+page.NextPageToken).body, second)
	sandboxtest.Same(t, s.journal()[2], "GET /webhooks?limit=1&paginationToken=page-2 200 (patch)")
	s.DfnsCalls.ClearFaults()
	sandboxtest.Same(t, s.call("GET /webhooks?paginationToken=again").status, 400)

	addFault(t, s.EnfinitosCalls, sandbox.Fault{Effect: sandbox.Patch, Patch: json.RawMessage(`{"data":{"nextCursor":"page-$n"}}`)})
	sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks/"+id+"/deliveries", "").body, `"nextCursor":"page-1"`)
	sandboxtest.Contains(t, s.enfinitos("GET /v1/webhooks/"+id+"/deliveries?cursor=page-1", "").body, `"deliveries":[]`, `"nextCursor":"page-2"`)
}

// The number of a hit is that of its call, although a later call is answered first.
func TestPatchOfCallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		addFault(t, s.DfnsCalls, sandbox.Fault{Effect: sandbox.Patch, Patch: json.RawMessage(`"hit $n"`)})
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

// TestLag looks at a webhook that was there before, is then changed, and one each that is created and deleted, before and after
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
		addFault(t, s.DfnsCalls, sandbox.Fault{Effect: sandbox.Lag, Milliseconds: 5000})
		shows := func(old bool) {
			t.Helper()
			oldStatus, newStatus, description, list := 200, 404, "old", []string{changed, deleted}
			if !old {
				oldStatus, newStatus, description, list = 404, 200, "new", []string{changed, created}
			}
			sandboxtest.Same(t, s.call("GET /webhooks/"+deleted).status, oldStatus)
			sandboxtest.Same(t, s.call("GET /webhooks/"+created).status, newStatus)
			sandboxtest.Same(t, s.call("GET /webhooks/"+created+"/events").status, newStatus)
			sandboxtest.Contains(t, s.call("GET /webhooks/"+changed).body, `"description":"`+description+`"`)
			sandboxtest.Same(t, listed(t, s.call("GET /webhooks").body), list)
		}
		pass(5*time.Second - time.Millisecond)
		shows(true)
		pass(time.Millisecond)
		shows(false)
	})
}

// Changes by calls lag like those by others. The change itself does not see the past.
func TestLagOfCalls(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		addFault(t, s.DfnsCalls, sandbox.Fault{Effect: sandbox.Lag, Milliseconds: 5000})
		s.create()
		path, update := "/webhooks/"+s.Dfns.Webhooks()[0].ID, `{"status":"Disabled"}`
		sandboxtest.Same(t, s.call("GET "+path).status, 404)
		pass(5 * time.Second)
		sandboxtest.Same(t, s.send("PUT", path, update, s.userAction("PUT", path, update)).status, 200)
		sandboxtest.Contains(t, s.call("GET "+path).body, `"status":"Enabled"`)
		sandboxtest.Same(t, s.send("DELETE", path, "", s.userAction("DELETE", path, "")).status, 200)
		sandboxtest.Same(t, s.call("GET "+path).status, 200)
		pass(5 * time.Second)
		sandboxtest.Same(t, s.call("GET "+path).status, 404)
	})
}

func TestLagAtEnfinitOS(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		addFault(t, s.EnfinitosCalls, sandbox.Fault{Effect: sandbox.Lag, Milliseconds: 15_000})
		s.enfinitos("POST /v1/webhooks", right)
		id := s.Enfinitos.Subscriptions()[0].ID
		status := func() []int {
			return []int{s.enfinitos("GET /v1/webhooks/"+id, "").status, s.enfinitos("GET /v1/webhooks/"+id+"/deliveries", "").status}
		}
		list := func() string { return s.enfinitos("GET /v1/webhooks", "").body }
		sandboxtest.Same(t, status(), []int{404, 404})
		sandboxtest.Contains(t, list(), `"subscriptions":[]`, `"total":0`)
		pass(15 * time.Second)
		sandboxtest.Same(t, status(), []int{200, 200})
		s.enfinitos("POST /v1/webhooks/"+id+"/active", `{"active":false}`)
		sandboxtest.Contains(t, list(), `"active":true`)
		pass(15 * time.Second)
		sandboxtest.Contains(t, list(), `"active":false`)
		s.enfinitos("DELETE /v1/webhooks/"+id, "")
		sandboxtest.Same(t, status(), []int{200, 200})
		pass(15 * time.Second)
		sandboxtest.Same(t, status(), []int{404, 404})
	})
}

func listed(t *testing.T, body string) (ids []string) {
	t.Helper()
	var list struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	for _, item := range list.Items {
		ids = append(ids, item.ID)
	}
	return ids
}

// A late call is cut at once and carried out in its time. Only then its token is used: sent again before, it makes the one
// webhook, and the late call is refused.
func TestLate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		again bool
		held  []int // before the call is late by 30 s, and after
	}{"alone": {false, []int{0, 1}}, "sent again": {true, []int{1, 1}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inProcess(t, func(t *testing.T, s *running) {
				addFault(t, s.DfnsCalls, sandbox.Fault{Effect: sandbox.Late, Milliseconds: 30_000, Path: "/webhooks", Times: 1})
				token, began := s.userAction("POST", "/webhooks", minimal), time.Now()
				if s.send("POST", "/webhooks", minimal, token).err == nil {
					t.Error("the late call was answered")
				}
				sandboxtest.Same(t, time.Since(began), time.Duration(0))
				if c.again {
					sandboxtest.Same(t, s.send("POST", "/webhooks", minimal, token).status, 200)
				}
				pass(30*time.Second - time.Millisecond)
				sandboxtest.Same(t, len(s.Dfns.Webhooks()), c.held[0])
				pass(time.Millisecond)
				sandboxtest.Same(t, len(s.Dfns.Webhooks()), c.held[1])
				sandboxtest.Contains(t, s.send("POST", "/webhooks", minimal, token).body, "already been used")
			})
		})
	}
}

// What is late does not reach what a reset has emptied, nor hold up Close.
func TestLateCallAfterReset(t *testing.T) {
	t.Parallel()
	inProcess(t, func(t *testing.T, s *running) {
		addFault(t, s.EnfinitosCalls, sandbox.Fault{Effect: sandbox.Late, Milliseconds: 1000})
		s.enfinitos("POST /v1/webhooks", right)
		sandboxtest.Same(t, s.enfinitos("POST /_sandbox/reset", "").status, http.StatusNoContent)
		pass(time.Second)
		sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), 0)

		addFault(t, s.EnfinitosCalls, sandbox.Fault{Effect: sandbox.Late, Milliseconds: 1000})
		s.enfinitos("POST /v1/webhooks", right)
		began := time.Now()
		s.Close()
		sandboxtest.Same(t, time.Since(began), time.Duration(0))
		sandboxtest.Same(t, len(s.Enfinitos.Subscriptions()), 0)
	})
}

// TestBefore registers a stranger's webhook at the moment of a create, whatever the fault: once for each time that it is carried
// out or would be.
func TestBefore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault sandbox.Fault
		want  []string // the labels of what is held afterwards
	}{
		{sandbox.Fault{Effect: sandbox.Patch, Headers: map[string]string{"X-Any": "1"}}, []string{"stranger", "rights"}},
		{sandbox.Fault{Effect: sandbox.DropBefore}, []string{"stranger"}},
		{sandbox.Fault{Effect: sandbox.DropAfter}, []string{"stranger", "rights"}},
		{sandbox.Fault{Effect: sandbox.Status, Status: 503}, []string{"stranger"}},
		{sandbox.Fault{Effect: sandbox.StatusAfter, Status: 503}, []string{"stranger", "rights"}},
		{sandbox.Fault{Effect: sandbox.Truncate}, []string{"stranger", "rights"}},
		{sandbox.Fault{Effect: sandbox.HTML}, []string{"stranger"}},
		{sandbox.Fault{Effect: sandbox.Delay, Milliseconds: 500}, []string{"other", "stranger", "rights"}},
		{sandbox.Fault{Effect: sandbox.Late, Milliseconds: 500}, []string{"other", "stranger", "rights"}},
		{sandbox.Fault{Effect: sandbox.Twice}, []string{"stranger", "rights", "stranger", "rights"}},
	} {
		t.Run(c.fault.Effect, func(t *testing.T) {
			t.Parallel()
			inProcess(t, func(t *testing.T, s *running) {
				s.EnfinitosCalls.Before(func(*http.Request) { s.Enfinitos.Register(enfinitos.Subscription{Label: "stranger"}) })
				if c.fault.Milliseconds > 0 { // another webhook comes while the call waits
					time.AfterFunc(100*time.Millisecond, func() { s.Enfinitos.Register(enfinitos.Subscription{Label: "other"}) })
				}
				addFault(t, s.EnfinitosCalls, c.fault)
				s.enfinitos("POST /v1/webhooks", right)
				pass(time.Second)
				var got []string
				for _, held := range s.Enfinitos.Subscriptions() {
					got = append(got, held.Label)
				}
				sandboxtest.Same(t, got, c.want)
			})
		})
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{DfnsNormalize: func(w *dfns.Webhook) { w.URL += "/" }})
	sandboxtest.Contains(t, s.create().body, `"url":"https://hooks.example.com/in/"`)
	stored := s.Dfns.Webhooks()[0]
	path, update := "/webhooks/"+stored.ID, `{"url":"https://hooks.example.com/out"}`
	sandboxtest.Contains(t, s.send("PUT", path, update, s.userAction("PUT", path, update)).body, `"url":"https://hooks.example.com/out/"`)
	s.Dfns.Register(dfns.Webhook{URL: "https://hooks.example.com/stranger"})
	sandboxtest.Same(t, []string{s.Dfns.Webhooks()[0].URL, s.Dfns.Webhooks()[1].URL},
		[]string{"https://hooks.example.com/out/", "https://hooks.example.com/stranger"})
}
