package httpapi_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

type thing struct {
	ID string `json:"id"`
}

// create makes an object of one content at an API at which nothing ever exists.
func create(t *testing.T, client *httpapi.Client) (*thing, error) {
	t.Helper()
	request := post("objects")
	return httpapi.Create(t.Context(), client, httpapi.Creation[thing]{
		Request: request,
		Note:    intent.Create{Object: "Acme object", Digest: "content", Others: []string{"old"}},
		Exists:  func(context.Context, *intent.Note) (bool, error) { return false, nil },
		Read: func(response *httpapi.Response) (*thing, string, error) {
			out, err := httpapi.Decode[thing](request, response)
			return &out, out.ID, err
		},
	})
}

// The note of a create goes if the create is proved to have made nothing. An answer proves that it has made something only with an id
// that nobody has named before.
func TestCreate(t *testing.T) {
	t.Parallel()
	const stopped = "an earlier create of Acme object"
	for name, test := range map[string]struct {
		first step
		want  string // the error
		next  string // that of the next process
	}{
		"made":              {answer(201, `{"id":"new"}`), "", ""},
		"refused":           {answer(422, `{"error":{"message":"no"}}`), "422 Unprocessable Entity: no (api.test); the change was not made", ""},
		"not sent":          {refused, "not sent", ""},
		"cut":               {cut, "it is unknown whether the change was made", stopped},
		"unreadable":        {answer(201, "maintenance"), "the answer cannot be read", stopped},
		"without an id":     {answer(201, `{}`), "POST /objects: 201 Created: the answer cannot be read: it contains no id", stopped},
		"of a state":        {answer(201, `{"id":"saved"}`), "it is about saved, which existed before", stopped},
		"that existed then": {answer(201, `{"id":"old"}`), "it is about old, which existed before", stopped},
	} {
		dir := t.TempDir()
		noted := func(c *httpapi.Config) { c.Notes = intent.NewLog(dir) }
		client, _ := scripted(t, []step{test.first}, noted, retries(0))
		client.RememberID("saved", true)
		made, err := create(t, client)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) || err == nil && made.ID != "new" {
			t.Errorf("%s: it made %v and ends in %v", name, made, err)
		}
		if client.IsNamed("new") != (err == nil) || client.IsNamed("other") {
			t.Errorf("%s: it names what it has not made", name)
		}
		if left, _ := os.ReadDir(dir); (len(left) == 0) != (test.next == "" && test.want != "") {
			t.Errorf("%s: it leaves %v", name, left)
		}
		next, script := scripted(t, []step{answer(201, `{"id":"another"}`)}, noted)
		_, err = create(t, next)
		unfinished, ok := errors.AsType[*intent.UnfinishedError](err)
		if ok != (test.next != "") || ok && (unfinished.Reason != intent.Unlisted || isUnknown(err) || len(script.bodies) != 0) {
			t.Errorf("%s: the next one ends in %v", name, err)
		}
	}
}

// A client without its configuration answers what needs none, and makes no call.
func TestUnusable(t *testing.T) {
	t.Parallel()
	reason := errors.New("token is not known yet")
	client := httpapi.Unusable(reason)
	_, err := client.Do(t.Context(), get("a"))
	client.RememberID("a", true)
	if !errors.Is(err, reason) || client.IsUsable() || client.Now().IsZero() || client.NoteProblem() != nil || client.Account() != (account.Account{}) {
		t.Errorf("a call ends in %v", err)
	}
	usable, _ := scripted(t, nil, func(c *httpapi.Config) { c.Organization = "or-1" })
	if !usable.IsUsable() || usable.Account() != (account.Account{API: "https://api.test/", Organization: "or-1"}) {
		t.Errorf("its account is %v", usable.Account())
	}
}
