package dfns_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// After an answer of another form, the outcome is unknown. It never passes for a refusal, nor for the proof that something is gone, and
// the error says what is wrong with it and quotes nothing.
func TestUnreadableAnswer(t *testing.T) {
	t.Parallel()
	const noWebhook = "it is not a webhook"
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		// every says that no operation can read it; the others may be answers to one that is not about webhooks.
		every bool
		want  string // the error of a get
	}{
		"HTML":          {says(200, "<html><body>Sign in</body></html>"), true, "it is an HTML page, so a proxy may have answered instead of the API"},
		"cut JSON":      {says(200, `{"id":"wh-1","url":"https://h.ex`), true, "unexpected end of JSON input"},
		"truncated":     {cuts(`{"id":"wh-1","url":"https://h.ex`), true, ""},
		"nothing":       {says(200, "{}"), false, noWebhook},
		"null":          {says(200, "null"), false, noWebhook},
		"id is missing": {says(200, `{"url":"u"}`), false, noWebhook},
		"url is empty":  {says(200, `{"id":"wh-1","url":""}`), false, noWebhook},
		"url is a list": {says(200, `{"id":"wh-1","url":["https://hunter2.example"]}`), false, noWebhook},
		"other id":      {says(200, `{"id":"wh-2","url":"u"}`), false, "it is about webhook wh-2 instead of wh-1"},
	} {
		for _, operation := range operations {
			ofWebhooks := slices.Contains([]string{"create", "update", "get"}, operation.name) && (name != "other id" || operation.name != "create")
			if !ofWebhooks && !test.every {
				continue
			}
			t.Run(name+" "+operation.name, func(t *testing.T) {
				t.Parallel()
				a := serve(t, map[string]http.HandlerFunc{operation.route(): test.answer})
				err := operation.run(t.Context(), a.client(t))
				if outcome(err) != httpapi.Unknown || dfns.IsNotFound(err) || dfns.Status(err) != 0 || strings.Contains(err.Error(), "hunter2") {
					t.Fatalf("%v, want that the outcome is unknown", err)
				}
				want := operation.route() + ": 200 OK: the answer cannot be read: " + test.want
				if operation.name == "get" && test.want != "" && err.Error() != want+a.at() {
					t.Errorf("the error is\n%v, want\n%s", err, want)
				}
			})
		}
	}
}

// Only {"deleted": true} says that a webhook was deleted. After any other answer, a read says what was done. A read that still shows
// the webhook counts only when it must show what was carried out.
func TestAnswerToADelete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status   int
		body     string
		sendings int // 0 if it is believed
	}{
		"true":              {200, `{"deleted":true}`, 0},
		"text":              {200, `{"deleted":"true"}`, 0},
		"with other fields": {200, `{"id":7,"deleted":true}`, 0},
		"false":             {200, `{"deleted":false}`, 4},
		"null":              {200, `{"deleted":null}`, 4},
		"one":               {200, `{"deleted":1}`, 4},
		"nothing":           {200, `{}`, 4},
		"a message":         {200, `{"message":"Service is in maintenance"}`, 4},
		"empty":             {200, "", 4},
		"204":               {204, "", 4},
		"HTML":              {200, "<html>", 4},
		"404":               {404, `{"error":{"message":"Webhook not found"}}`, 1},
		"404 of a gateway":  {404, `{"message":"no Route matched"}`, 4},
	} {
		for _, effect := range []string{sandbox.Status, sandbox.StatusAfter} {
			inVirtualTime(t, 0, func(t *testing.T, s *sandbox.Sandbox, client *dfns.Client) {
				id := s.Dfns.Register(held())
				fault(t, s, sandbox.Fault{Method: "DELETE", Effect: effect, Status: test.status, Body: &test.body})
				began := time.Now()
				err := client.DeleteWebhook(t.Context(), id, "")
				took := time.Since(began).Round(time.Second)
				calls := slices.DeleteFunc(withoutIDs(journal(s)), func(call string) bool { return strings.HasPrefix(call, "POST") })
				want := slices.Repeat([]string{"DELETE /webhooks/ID"}, max(1, test.sendings))
				switch {
				case test.sendings == 0:
					if err != nil || took != 0 {
						t.Errorf("%s: it ends after %s in %v", name, took, err)
					}
				case effect == sandbox.StatusAfter:
					want = append(want, get, listing)
					if !dfns.IsNotFound(err) || took != 0 {
						t.Errorf("%s, deleted: it ends after %s in %v", name, took, err)
					}
				default:
					want = append(want, get, get)
					if err == nil || outcome(err) != httpapi.NotMade || dfns.IsNotFound(err) || took != httpapi.SettleTime {
						t.Errorf("%s, not deleted: it ends after %s in %v", name, took, err)
					}
				}
				if diff := cmp.Diff(want, calls); diff != "" {
					t.Errorf("%s, %s: calls (-want +got):\n%s", name, effect, diff)
				}
			}, func(config *dfns.Config) { config.HTTP.SettleTime = httpapi.SettleTime })
		}
	}
}

// What a policy holds back was not done, whatever the body of the answer says.
func TestPendingApproval(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", "<html>", `{"id":"wh-1","url":"u","secret":"whs-1","deleted":true,"status":"200","items":[]}`} {
		for _, operation := range operations {
			a := serve(t, map[string]http.HandlerFunc{operation.route(): says(202, body)})
			err := operation.run(t.Context(), a.client(t))
			if !errors.Is(err, dfns.ErrPendingApproval) || dfns.IsNotFound(err) {
				t.Errorf("%s: it ends in %v, want ErrPendingApproval", operation.name, err)
			}
			if want := operation.route() + ": 202 Accepted: "; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: the error is %v, want it to begin with %s", operation.name, err, want)
			}
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

// Only the documented shape proves that the API itself has answered. A message at the top level may be a gateway's.
func TestErrorShapes(t *testing.T) {
	t.Parallel()
	for body, test := range map[string]struct {
		text       string
		recognized bool
	}{
		`{"error":{"id":"err-1","status":400,"message":"bad","details":{"a":1}}}`: {"bad", true},
		`{"error":{"message":"inner"},"message":"top"}`:                           {"inner", true},
		`{"message":"bad"}`:                        {"bad", false},
		`{"error":{"message":""},"message":"bad"}`: {"bad", false},
		`{"error":"bad"}`:                          {`{"error":"bad"}`, false},
		`{"error":{"message":{"a":1}}}`:            {`{"error":{"message":{"a":1}}}`, false},
		`{"error":{}}`:                             {`{"error":{}}`, false},
		``:                                         {"an empty body", false},
		`<html>`:                                   {"an HTML page, so a proxy may have answered instead of the API", false},
	} {
		a := serve(t, map[string]http.HandlerFunc{"GET /webhooks/wh-1": says(400, body)})
		_, err := a.client(t).GetWebhook(t.Context(), "wh-1")
		if want := "GET /webhooks/wh-1: 400 Bad Request: " + test.text; err == nil || err.Error() != want+a.at() {
			t.Errorf("%s: the error is\n%v, want\n%s", body, err, want)
		}
		if refused, ok := errors.AsType[*dfns.Error](err); !ok || refused.Recognized != test.recognized {
			t.Errorf("%s: it is recognized: %t", body, !test.recognized)
		}
	}
}

// A filtered list may have an empty page before its end, and a list is cut where it may not go on.
func TestPagesOfEvents(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"": `{"items": [], "nextPageToken": "2"}`, "2": `{"items": [{"id": "whe-1"}], "nextPageToken": "3"}`, "3": `{"items": []}`}
	client := serve(t, map[string]http.HandlerFunc{"GET /webhooks/wh-1/events": func(w http.ResponseWriter, r *http.Request) {
		says(200, pages[r.URL.Query().Get("paginationToken")])(w, r)
	}}).client(t)
	for _, calls := range []int{0, 2, 3} {
		_, err := collect(client.ListWebhookEvents(t.Context(), "wh-1", dfns.EventFilter{MaxCalls: calls}, 0))
		got, filtered := collect(client.ListWebhookEvents(t.Context(), "wh-1", dfns.EventFilter{Kind: "key.created", MaxCalls: calls}, 0))
		if err == nil || dfns.IsCut(err) || dfns.IsCut(filtered) != (calls == 2) || (filtered == nil) != (calls != 2) || len(got) != 1 {
			t.Errorf("at most %d calls: %v; filtered, %d events, %v", calls, err, len(got), filtered)
		}
	}
}

// An answer without items is no empty list: a proxy's {} must not prove that a webhook is gone.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	for body, isList := range map[string]bool{
		`{"items":[]}`: true, `{"items":[],"nextPageToken":null}`: true, `{"items":[],"nextPageToken":""}`: true, `{"items":[],"total":0}`: true,
		`{}`: false, `{"items":null}`: false, `{"items":{}}`: false, `null`: false,
	} {
		a := serve(t, map[string]http.HandlerFunc{
			"GET /webhooks":      says(200, body),
			"GET /webhooks/wh-1": says(404, `{"error":{"message":"Webhook not found"}}`),
		})
		if got, err := collect(a.client(t).ListWebhooks(t.Context(), 0)); (err == nil) != isList || len(got) != 0 || len(a.made()) != 1 {
			t.Errorf("%s: %d webhooks in %d calls: %v", body, len(got), len(a.made()), err)
		}
		if _, err := a.client(t).GetWebhook(t.Context(), "wh-1"); err == nil || dfns.IsNotFound(err) != isList {
			t.Errorf("%s passes for the proof that the webhook is gone, or does not: %v", body, err)
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
			"GET /webhooks": says(200, `{"items":[{"id":"wh-1","url":"u"},`+item+`,{"id":"wh-3","url":"u"}]}`),
		})
		got, err := collect(a.client(t).ListWebhooks(t.Context(), 0))
		want := "GET /webhooks: 200 OK: " + problem + ": it lacks an id or a url"
		if problem == "" && (err != nil || len(got) != 3) || problem != "" && (err == nil || err.Error() != want || len(got) != 1) {
			t.Errorf("%s: %d webhooks and %v, want %q", item, len(got), err, problem)
		}
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
func TestIDsAreEscaped(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", ".", ".."} {
		a := serve(t, nil)
		client := a.client(t)
		_, err := client.GetWebhook(t.Context(), id)
		if err == nil || dfns.IsNotFound(err) || len(a.made()) != 0 {
			t.Errorf("getting %q ends in %v after %q", id, err, a.made())
		}
		if err := client.DeleteWebhook(t.Context(), id, ""); err == nil || dfns.IsNotFound(err) || outcome(err) != httpapi.NotMade {
			t.Errorf("deleting %q ends in %v", id, err)
		}
	}
	s := start(t)
	for _, id := range []string{"a/b", "../webhooks", "%2e%2e", "ü?#"} {
		if err := newClient(t, s).DeleteWebhook(t.Context(), id, ""); !dfns.IsNotFound(err) {
			t.Errorf("deleting %q ends in %v, want that it is not found", id, err)
		}
	}
}

func TestUnusable(t *testing.T) {
	t.Parallel()
	reason := errors.New("auth_token is not known yet")
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // as of every operation of a resource
	defer cancel()
	for _, operation := range operations {
		err := operation.run(ctx, dfns.Unusable(reason))
		if !errors.Is(err, reason) || dfns.IsNotFound(err) || outcome(err) != httpapi.NotMade || dfns.Status(err) != 0 {
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
	for _, operation := range changes() {
		err := operation.run(t.Context(), client)
		var signing *dfns.SigningError
		if !errors.Is(err, dfns.ErrUnsigned) || !errors.As(err, &signing) || outcome(err) != httpapi.NotMade {
			t.Errorf("%s: it ends in %v", operation.name, err)
		}
	}
	if calls := s.DfnsCalls.Journal(); len(calls) != 0 {
		t.Errorf("the API was called: %v", calls)
	}
	if _, err := client.GetWebhook(t.Context(), s.Dfns.Register(held())); err != nil {
		t.Error(err)
	}
}
