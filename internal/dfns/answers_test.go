package dfns_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

func TestTolerantDecoding(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want dfns.Webhook
	}{
		"least":              {`{"id":"wh-1","url":"u"}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"secret":             {`{"id":"wh-1","url":"u","secret":"whs-a1"}`, dfns.Webhook{ID: "wh-1", URL: "u", Secret: "whs-a1"}},
		"null secret":        {`{"id":"wh-1","url":"u","secret":null}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"empty secret":       {`{"id":"wh-1","url":"u","secret":""}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"asterisks":          {`{"id":"wh-1","url":"u","secret":"********"}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"asterisks at end":   {`{"id":"wh-1","url":"u","secret":"whs-abc*****"}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"ellipsis":           {`{"id":"wh-1","url":"u","secret":"whs-abc…"}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"escaped ellipsis":   {`{"id":"wh-1","url":"u","secret":"whs-abc\u2026"}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"three dots":         {`{"id":"wh-1","url":"u","secret":"whs-abc...xyz"}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"bullets":            {`{"id":"wh-1","url":"u","secret":"••••"}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"unknown fields":     {`{"id":"wh-1","url":"u","name":"n","nested":{"id":"x"},"list":[1]}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"nulls":              {`{"id":"wh-1","url":"u","description":null,"events":null,"status":null}`, dfns.Webhook{ID: "wh-1", URL: "u"}},
		"unknown status":     {`{"id":"wh-1","url":"u","status":"Paused"}`, dfns.Webhook{ID: "wh-1", URL: "u", Status: "Paused"}},
		"unknown event kind": {`{"id":"wh-1","url":"u","events":["new.kind"]}`, dfns.Webhook{ID: "wh-1", URL: "u", Events: []string{"new.kind"}}},
		"white space":        {"\n {\"id\":\"wh-1\",\"url\":\"u\"} \n", dfns.Webhook{ID: "wh-1", URL: "u"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{
				"POST /webhooks": says(200, test.body), "PUT /webhooks/wh-1": says(200, test.body), "GET /webhooks/wh-1": says(200, test.body),
			})
			client := a.client(t)
			answers := map[string]func() (*dfns.Webhook, error){
				"create": func() (*dfns.Webhook, error) { return client.CreateWebhook(t.Context(), dfns.CreateWebhookRequest{}) },
				"update": func() (*dfns.Webhook, error) {
					return client.UpdateWebhook(t.Context(), "wh-1", dfns.UpdateWebhookRequest{})
				},
				"get": func() (*dfns.Webhook, error) { return client.GetWebhook(t.Context(), "wh-1") },
			}
			for operation, answer := range answers {
				got, err := answer()
				if diff := cmp.Diff(&test.want, got); diff != "" || err != nil {
					t.Errorf("%s: %v (-want +got):\n%s", operation, err, diff)
				}
			}
		})
	}
}

// unreadable are answers of status 200 that do not hold a webhook.
var unreadable = map[string]http.HandlerFunc{
	"HTML":          says(200, "<html><body>Sign in</body></html>"),
	"nothing":       says(200, "{}"),
	"null":          says(200, "null"),
	"list":          says(200, "[]"),
	"text":          says(200, `"fine"`),
	"empty":         says(200, ""),
	"cut JSON":      says(200, `{"id":"wh-1","url":"https://h.ex`),
	"truncated":     cuts(`{"id":"wh-1","url":"https://h.ex`),
	"wrong type":    says(200, `{"id":"wh-1","url":"u","events":"*"}`),
	"id is missing": says(200, `{"url":"u"}`),
	"url is empty":  says(200, `{"id":"wh-1","url":""}`),
	"secret object": says(200, `{"id":"wh-1","url":"u","secret":{"value":"whs-hunter2"}}`),
	"secret number": says(200, `{"id":"wh-1","url":"u","secret":4815162342}`),
	"other id":      says(200, `{"id":"wh-2","url":"u"}`),
	"list page":     says(200, `{"items":[{"id":"wh-1","url":"u"}]}`),
}

func TestUnreadableWebhook(t *testing.T) {
	t.Parallel()
	for what, handler := range unreadable {
		for _, operation := range operations {
			if !strings.Contains("create update get", operation.name) || what == "other id" && operation.name == "create" {
				continue
			}
			t.Run(what+" "+operation.name, func(t *testing.T) {
				t.Parallel()
				a := serve(t, map[string]http.HandlerFunc{operation.route(): handler})
				err := operation.run(t.Context(), a.client(t))
				var failed *dfns.Error
				if !errors.As(err, &failed) || failed.Cause == nil || !dfns.OutcomeUnknown(err) {
					t.Fatalf("%v, want that the outcome is unknown", err)
				}
				if !strings.HasPrefix(err.Error(), operation.route()+": ") || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "4815") {
					t.Errorf("the error is %v", err)
				}
				if dfns.IsNotFound(err) || dfns.Status(err) != 0 {
					t.Errorf("%v passes for a refusal", err)
				}
			})
		}
	}
}

func TestTextOfUnreadableAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"HTML":     "GET /webhooks/wh-1: 200 OK: the answer cannot be read: it is an HTML page, so a proxy may have answered instead of the API",
		"nothing":  "GET /webhooks/wh-1: 200 OK: the answer cannot be read: it is not a webhook",
		"other id": "GET /webhooks/wh-1: 200 OK: the answer cannot be read: it is about webhook wh-2 instead of wh-1",
	}
	for what, want := range tests {
		a := serve(t, map[string]http.HandlerFunc{"GET /webhooks/wh-1": unreadable[what]})
		if _, err := a.client(t).GetWebhook(t.Context(), "wh-1"); err == nil || err.Error() != want {
			t.Errorf("%s: the error is\n%v, want\n%s", what, err, want)
		}
	}
}

func TestUnreadableAnswerOfTheOthers(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"HTML", "list", "text", "truncated", "cut JSON"} {
		for _, operation := range operations {
			t.Run(what+" "+operation.name, func(t *testing.T) {
				t.Parallel()
				a := serve(t, map[string]http.HandlerFunc{operation.route(): unreadable[what]})
				if err := operation.run(t.Context(), a.client(t)); !dfns.OutcomeUnknown(err) || dfns.IsNotFound(err) {
					t.Errorf("it ends in %v, want that the outcome is unknown", err)
				}
			})
		}
	}
}

func TestAnswerToADelete(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
		want   string // a part of the error, empty for success
	}{
		"true":           {200, `{"deleted":true}`, ""},
		"as a string":    {200, `{"deleted":"true"}`, ""},
		"no body":        {200, "", ""},
		"204":            {204, "", ""},
		"nothing":        {200, "{}", ""},
		"the webhook":    {200, `{"id":"wh-1","url":"u"}`, ""},
		"false":          {200, `{"deleted":false}`, "did not delete"},
		"false string":   {200, `{"deleted":"false"}`, "did not delete"},
		"approval":       {202, `{"deleted":true}`, "waits for the approval that a policy requires"},
		"HTML":           {200, "<html>", "cannot be read"},
		"other webhook?": {404, `{"error":{"message":"Webhook not found"}}`, "404 Not Found: Webhook not found"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{"DELETE /webhooks/wh-1": says(test.status, test.body)})
			err := a.client(t).DeleteWebhook(t.Context(), "wh-1")
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("it ends in %v, want an error about %q", err, test.want)
			}
		})
	}
}

// What a policy holds back was not done, whatever the body of the answer says.
func TestPendingApproval(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", "<html>", `{"id":"wh-1","url":"u","secret":"whs-1","deleted":true,"status":"200","items":[]}`} {
		for _, operation := range operations {
			a := serve(t, map[string]http.HandlerFunc{operation.route(): says(202, body)})
			err := operation.run(t.Context(), a.client(t))
			if !errors.Is(err, dfns.ErrPendingApproval) || dfns.IsNotFound(err) || dfns.OutcomeUnknown(err) {
				t.Errorf("%s: it ends in %v, want ErrPendingApproval", operation.name, err)
			}
			if want := operation.route() + ": 202 Accepted: "; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: the error is %v, want it to begin with %s", operation.name, err, want)
			}
		}
	}
}

func TestGetConfirmsNotFound(t *testing.T) {
	t.Parallel()
	const notFound = `{"error":{"message":"Webhook not found"}}`
	tests := map[string]struct {
		get, list http.HandlerFunc
		want      bool
		calls     int
	}{
		"confirmed":                   {says(404, notFound), says(200, `{"items":[]}`), true, 2},
		"confirmed by others":         {says(404, notFound), says(200, `{"items":[{"id":"wh-2","url":"u"}],"nextPageToken":"t"}`), true, 2},
		"listing 404s too":            {says(404, notFound), says(404, notFound), false, 2},
		"listing 404s in HTML":        {says(404, notFound), says(404, "<html>"), false, 2},
		"listing is forbidden":        {says(404, notFound), says(403, `{"error":{"message":"no"}}`), false, 2},
		"listing is HTML":             {says(404, notFound), says(200, "<html>"), false, 2},
		"listing is held back":        {says(404, notFound), says(202, `{"items":[]}`), false, 2},
		"listing webhooks fails":      {says(404, notFound), says(500, ""), false, 5},
		"listing is cut":              {says(404, notFound), cuts(`{"items":`), false, 5},
		"404 in HTML":                 {says(404, "<html>"), says(200, `{"items":[]}`), false, 1},
		"404 of another shape":        {says(404, `{"reason":"no route"}`), says(200, `{"items":[]}`), false, 1},
		"404 without body":            {says(404, ""), says(200, `{"items":[]}`), false, 1},
		"top-level message confirmed": {says(404, `{"message":"not found"}`), says(200, `{"items":[]}`), true, 2},
		"forbidden":                   {says(403, notFound), says(200, `{"items":[]}`), false, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{"GET /webhooks/wh-1": test.get, "GET /webhooks": test.list})
			_, err := a.client(t).GetWebhook(t.Context(), "wh-1")
			if err == nil || dfns.IsNotFound(err) != test.want {
				t.Errorf("IsNotFound is %t for %v", !test.want, err)
			}
			if calls := a.made(); len(calls) != test.calls || calls[0] != "GET /webhooks/wh-1" || len(calls) > 1 && calls[1] != "GET /webhooks?limit=1" {
				t.Errorf("the calls are %q", calls)
			}
			if !test.want && test.calls > 1 && !strings.Contains(err.Error(), "unknown whether the webhook is gone, because listing webhooks fails too") {
				t.Errorf("the error does not tell why: %v", err)
			}
		})
	}
}

func TestConfirmationIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a := serve(t, map[string]http.HandlerFunc{
		"GET /webhooks/wh-1": says(404, `{"error":{"message":"Webhook not found"}}`),
		"GET /webhooks": func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		},
	})
	if _, err := a.client(t).GetWebhook(ctx, "wh-1"); !errors.Is(err, context.Canceled) || dfns.IsNotFound(err) {
		t.Errorf("it ends in %v", err)
	}
}

func TestNotFoundAtTheSandbox(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	for _, operation := range operations {
		if operation.name == "create" || operation.name == "list" {
			continue
		}
		if err := operation.run(t.Context(), client); !dfns.IsNotFound(err) || dfns.OutcomeUnknown(err) {
			t.Errorf("%s: it ends in %v, want that there is no such object", operation.name, err)
		}
	}
}

// With a base URL that is wrong, everything is a 404, which must never pass for a webhook that is gone.
func TestWrongBaseURL(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"error":{"message":"Not Found"}}`, `{"message":"Not Found"}`, "<html>", ""} {
		a := serve(t, map[string]http.HandlerFunc{"/v9/": says(404, body)})
		client := a.client(t, func(c *dfns.Config) { c.HTTP.BaseURL += "/v9" })
		for _, operation := range operations {
			if strings.Contains(operation.name, "event") || operation.name == "list" {
				continue // the caller has asked for the webhook before, or asks for no object
			}
			if err := operation.run(t.Context(), client); err == nil || dfns.IsNotFound(err) {
				t.Errorf("%s answered %q: it ends in %v", operation.name, body, err)
			}
		}
	}
}

func TestOutcomeOfAChange(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		handler http.HandlerFunc
		want    bool
	}{
		"400":      {says(400, `{"error":{"message":"url is not valid"}}`), false},
		"used":     {says(400, `{"error":{"message":"user action has already been used"}}`), true}, // sent once, so who has used it?
		"Used.":    {says(400, `{"error":{"message":"User action has already been used."}}`), true},
		"url used": {says(400, `{"error":{"message":"url has already been used"}}`), false},
		"409":      {says(409, `{"error":{"message":"user action has already been used"}}`), false},
		"403":      {says(403, `{"error":{"message":"user action signature is missing or invalid"}}`), false},
		"404":      {says(404, `{"error":{"message":"Webhook not found"}}`), false},
		"429":      {says(429, ""), false},
		"500":      {says(500, `{"error":{"message":"Internal Server Error"}}`), true},
		"502 HTML": {says(502, "<html>"), true},
		"cut":      {cuts(""), true},
	}
	for name, test := range tests {
		for _, operation := range operations {
			if !operation.change() {
				continue
			}
			a := serve(t, map[string]http.HandlerFunc{operation.route(): test.handler})
			if err := operation.run(t.Context(), a.client(t)); err == nil || dfns.OutcomeUnknown(err) != test.want {
				t.Errorf("%s %s: OutcomeUnknown is %t for %v", operation.name, name, !test.want, err)
			}
		}
	}
}

func TestErrorShapes(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"error":{"id":"err-1","status":400,"message":"bad","details":{"a":1}}}`: "400 Bad Request: bad",
		`{"message":"bad"}`:                             "400 Bad Request: bad",
		`{"error":{"message":""},"message":"bad"}`:      "400 Bad Request: bad",
		`{"error":{"message":"inner"},"message":"top"}`: "400 Bad Request: inner",
		`{"error":"bad"}`:                               `400 Bad Request: {"error":"bad"}`,
		`{"error":{}}`:                                  `400 Bad Request: {"error":{}}`,
		`null`:                                          "400 Bad Request: null",
		`[]`:                                            "400 Bad Request: []",
		``:                                              "400 Bad Request: an empty body",
		`<html>`:                                        "400 Bad Request: an HTML page, so a proxy may have answered instead of the API",
	}
	for body, want := range tests {
		a := serve(t, map[string]http.HandlerFunc{"GET /webhooks/wh-1": says(400, body)})
		_, err := a.client(t).GetWebhook(t.Context(), "wh-1")
		if want := "GET /webhooks/wh-1: " + want; err == nil || err.Error() != want {
			t.Errorf("%s: the error is\n%v, want\n%s", body, err, want)
		}
	}
}

func TestPageTokenIsRepeated(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		next  map[string]string // the token that the page of a token ends with
		pages int
	}{
		"at once":  {map[string]string{"": "a", "a": "a"}, 2},
		"in turns": {map[string]string{"": "a", "a": "b", "b": "a"}, 3},
	}
	for name, test := range tests {
		a := serve(t, map[string]http.HandlerFunc{
			"GET /webhooks": func(w http.ResponseWriter, r *http.Request) {
				next := test.next[r.URL.Query().Get("paginationToken")]
				says(200, fmt.Sprintf(`{"items":[{"id":"wh-1","url":"u"}],"nextPageToken":%q}`, next))(w, r)
			},
		})
		got, err := collect(a.client(t).ListWebhooks(t.Context(), 0))
		if err == nil || !strings.Contains(err.Error(), "the same page token twice") {
			t.Errorf("%s: it ends in %v", name, err)
		}
		if len(got) != test.pages || len(a.made()) != test.pages {
			t.Errorf("%s: %d webhooks in %d calls, want %d", name, len(got), len(a.made()), test.pages)
		}
	}
}

func TestTolerantLists(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"items":[]}`, `{"items":[],"nextPageToken":null}`, `{"items":[],"total":0}`} {
		a := serve(t, map[string]http.HandlerFunc{"GET /webhooks": says(200, body)})
		if got, err := collect(a.client(t).ListWebhooks(t.Context(), 0)); err != nil || len(got) != 0 || len(a.made()) != 1 {
			t.Errorf("%s: %d webhooks in %d calls: %v", body, len(got), len(a.made()), err)
		}
	}
}

// An answer without items is no empty list: a proxy's {} must not prove that a webhook is gone.
func TestListWithoutItems(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"items":null}`, `null`} {
		a := serve(t, map[string]http.HandlerFunc{
			"GET /webhooks":      says(200, body),
			"GET /webhooks/wh-1": says(404, `{"message":"not found"}`),
		})
		if _, err := collect(a.client(t).ListWebhooks(t.Context(), 0)); err == nil {
			t.Errorf("%s passes for an empty list", body)
		}
		if _, err := a.client(t).GetWebhook(t.Context(), "wh-1"); err == nil || dfns.IsNotFound(err) {
			t.Errorf("%s passes for the proof that the webhook is gone: %v", body, err)
		}
	}
}

// What the least item holds is a webhook. One without an id or a url hides which webhook it is, so the list ends in an error
// that says where it is: passed over it would prove that a webhook is not there.
func TestIncompleteItems(t *testing.T) {
	t.Parallel()
	for item, problem := range map[string]string{
		`{"id":"wh-2","url":"u"}`:                           "",
		`{"id":"wh-2","url":"u","events":null,"new":{}}`:    "",
		`{"id":"wh-2","url":"u","events":[],"status":null}`: "",
		`null`:                           "item 2 of the list is not a webhook",
		`{}`:                             "item 2 of the list is not a webhook",
		`{"url":"https://u:hunter2@h"}`:  "item 2 of the list is not a webhook",
		`{"id":"wh-2","url":null}`:       "item 2 of the list, wh-2, is not a webhook",
		`{"id":"wh-2","events":["a.b"]}`: "item 2 of the list, wh-2, is not a webhook",
	} {
		a := serve(t, map[string]http.HandlerFunc{
			"GET /webhooks":      says(200, `{"items":[{"id":"wh-1","url":"u"},`+item+`,{"id":"wh-3","url":"u"}]}`),
			"GET /webhooks/wh-3": says(404, `{"message":"not found"}`),
		})
		got, err := collect(a.client(t).ListWebhooks(t.Context(), 0))
		want := "GET /webhooks: 200 OK: " + problem + ": it lacks an id or a url"
		if problem == "" && (err != nil || len(got) != 3) || problem != "" && (err == nil || err.Error() != want || len(got) != 1) {
			t.Errorf("%s: %d webhooks and %v, want %q", item, len(got), err, problem)
		}
	}
}

// An empty page does not end a list that has another one.
func TestEmptyPageInBetween(t *testing.T) {
	t.Parallel()
	a := serve(t, map[string]http.HandlerFunc{
		"GET /webhooks": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("paginationToken") == "" {
				says(200, `{"items":[],"nextPageToken":"a/b+c="}`)(w, r)
				return
			}
			says(200, `{"items":[{"id":"wh-1","url":"u"}]}`)(w, r)
		},
	})
	got, err := collect(a.client(t).ListWebhooks(t.Context(), 0))
	if err != nil || len(got) != 1 || got[0].ID != "wh-1" {
		t.Errorf("it is %+v, %v", got, err)
	}
	if diff := cmp.Diff([]string{"GET /webhooks?limit=200", "GET /webhooks?limit=200&paginationToken=a%2Fb%2Bc%3D"}, a.made()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestTolerantEvent(t *testing.T) {
	t.Parallel()
	a := serve(t, map[string]http.HandlerFunc{
		"GET /webhooks/wh-1/events/whe-1": says(200, `{"id":"whe-1","kind":"new.kind","data":null,"status":"ETIMEDOUT","error":"slow",
			"timestampSent":1700000000,"retryOf":"whe-0","nextAttemptDate":"2023-11-01T08:52:01.186Z","new":{}}`),
	})
	got, err := a.client(t).GetWebhookEvent(t.Context(), "wh-1", "whe-1")
	want := &dfns.WebhookEvent{
		ID: "whe-1", Kind: "new.kind", Data: []byte("null"), Status: "ETIMEDOUT", Error: "slow", TimestampSent: 1700000000,
		RetryOf: "whe-0", NextAttemptDate: "2023-11-01T08:52:01.186Z",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// An object that is not the event asked for, such as a proxy's {}, is no answer.
func TestAnswerAboutAnotherEvent(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"id":"whe-2","kind":"wallet.created"}`} {
		a := serve(t, map[string]http.HandlerFunc{"GET /webhooks/wh-1/events/whe-1": says(200, body)})
		_, err := a.client(t).GetWebhookEvent(t.Context(), "wh-1", "whe-1")
		if err == nil || dfns.IsNotFound(err) || !strings.Contains(err.Error(), "not about this event") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// A strange id must not make a call about something else.
func TestStrangeIDs(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", ".", ".."} {
		a := serve(t, nil)
		client := a.client(t)
		_, err := client.GetWebhook(t.Context(), id)
		if err == nil || dfns.IsNotFound(err) || len(a.made()) != 0 {
			t.Errorf("getting %q ends in %v after %q", id, err, a.made())
		}
		if err := client.DeleteWebhook(t.Context(), id); err == nil || dfns.IsNotFound(err) || dfns.OutcomeUnknown(err) {
			t.Errorf("deleting %q ends in %v", id, err)
		}
	}
	s := start(t)
	for _, id := range []string{"a/b", "../webhooks", "%2e%2e", "ü?#"} {
		if err := newClient(t, s).DeleteWebhook(t.Context(), id); !dfns.IsNotFound(err) {
			t.Errorf("deleting %q ends in %v, want that it is not found", id, err)
		}
	}
}

func TestUnusable(t *testing.T) {
	t.Parallel()
	reason := errors.New("auth_token is not known yet")
	for _, operation := range operations {
		err := operation.run(t.Context(), dfns.Unusable(reason))
		if !errors.Is(err, reason) || dfns.IsNotFound(err) || dfns.OutcomeUnknown(err) || dfns.Status(err) != 0 {
			t.Errorf("%s: it ends in %v", operation.name, err)
		}
	}
}

// A client without a key reads, and says of every change that it lacks one, before it calls the API.
func TestUnsigned(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s, func(config *dfns.Config) { config.CredentialID, config.Signer = "", nil })
	if client.CanChange() {
		t.Error("it claims that it can make changes")
	}
	for _, operation := range operations {
		if !operation.change() {
			continue
		}
		err := operation.run(t.Context(), client)
		var signing *dfns.SigningError
		if !errors.Is(err, dfns.ErrUnsigned) || !errors.As(err, &signing) || dfns.OutcomeUnknown(err) {
			t.Errorf("%s: it ends in %v", operation.name, err)
		}
	}
	if calls := s.DfnsCalls.Journal(); len(calls) != 0 {
		t.Errorf("the API was called: %v", calls)
	}
	if _, err := client.GetWebhook(t.Context(), s.Dfns.Register(held("Enabled"))); err != nil {
		t.Error(err)
	}
}

func TestNewRefusesBaseURL(t *testing.T) {
	t.Parallel()
	if client, err := dfns.New(dfns.Config{}); err == nil || client != nil {
		t.Errorf("a client without base URL: %v, %v", client, err)
	}
}
