package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// object is what a vendor's client decodes.
type object struct {
	ID     string
	Events []string
	Odd    string
	Active httpapi.Optional[bool]
	Count  httpapi.Optional[int]
	Label  httpapi.Optional[string]
}

func body(text string) *httpapi.Response {
	return &httpapi.Response{Status: 200, Body: []byte(text), Header: http.Header{}}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	yes, three, label := httpapi.Optional[bool]{Value: new(true)}, httpapi.Optional[int]{Value: new(3)}, httpapi.Optional[string]{Value: new("l")}
	full := object{ID: "1", Active: yes, Count: three, Label: label}
	for text, want := range map[string]object{
		`{"id":"1","active":"true","count":"3","label":"l","more":[{}]}`:  full,
		`{"odd":{"id":"2"},"active":true,"count":3,"label":"l","id":"1"}`: full,
		`{"id":"1","active":null,"count":null,"label":null}`:              {ID: "1"},
		`{"id":"1","active":"yes","count":3.5,"label":7}`:                 {ID: "1"},
		`{"id":"1","active":"","count":[],"label":{},"events":"a"}`:       {ID: "1"},
		`{"id":1,"events":["a",7,"b"]}`:                                   {Events: []string{"a", "", "b"}},
		`null`:                                                            {},
	} {
		got, err := httpapi.Decode[object](get("a"), body(text))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":              "unexpected end of JSON input",
		`{"id":"1`:      "unexpected end of JSON input",
		`{"id":"1"} {}`: "invalid character '{' after top-level value",
		`["1"]`:         "json: cannot unmarshal array into Go value of type httpapi_test.object",
		" \n" + html:    "it is an HTML page, so a proxy may have answered instead of the API",
	} {
		_, err := httpapi.Decode[object](post("a"), body(text))
		want = "POST /a: 200 OK: the answer cannot be read: " + want
		if err == nil || err.Error() != want || !isUnknown(err) || httpapi.Status(err) != 0 {
			t.Errorf("%s: the error is\n%v, want\n%s", text, err, want)
		}
	}
	answered := body("x")
	answered.Header.Set("Content-Type", "text/html")
	if _, err := httpapi.Decode[object](get("a"), answered); !strings.Contains(err.Error(), "an HTML page") {
		t.Errorf("the error is %v", err)
	}
}

type page struct {
	Items httpapi.Items[object]
	Next  httpapi.Token
}

func TestItemsAndToken(t *testing.T) {
	t.Parallel()
	list := func(ids ...string) httpapi.Items[object] {
		out := httpapi.Items[object]{IsList: true, List: []object{}}
		for _, id := range ids {
			out.List = append(out.List, object{ID: id})
		}
		return out
	}
	for text, want := range map[string]page{
		`{"items":[{"id":"1"},{"id":"2"}],"next":"t"}`: {list("1", "2"), "t"},
		`{"items":[]}`: {list(), ""},
		`{"items":[{"id":"1","events":7},{"id":2},3,null,[]]}`: {list("1", "", "", "", ""), ""},
		`{"items":null,"next":null}`:                           {},
		`{"items":{"id":"1"},"next":""}`:                       {},
		`{"items":"[]","next":12345678901234567890}`:           {Next: "12345678901234567890"},
		`{"next":{"after":"x"}}`:                               {Next: `{"after":"x"}`},
	} {
		got, err := httpapi.Decode[page](get("a"), body(text))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	// A page is written as its ids and its next token.
	pageOf := func(text string) httpapi.Page[object] {
		ids, next, _ := strings.Cut(text, " ")
		out := httpapi.Page[object]{Next: httpapi.Token(next), Filtered: strings.HasPrefix(next, "f")}
		out.Items.IsList = ids != "none"
		for id := range strings.SplitSeq(ids, ",") {
			if id != "" {
				out.Items.List = append(out.Items.List, object{ID: id})
			}
		}
		return out
	}
	long := func(pages int) (out []string) {
		for i := range pages - 1 {
			out = append(out, fmt.Sprintf("%d t%d", i, i))
		}
		return append(out, "last")
	}
	const nothingNew = "200 OK: the API sent a page without anything new and a token for another page, so the list has no end"
	for name, test := range map[string]struct {
		pages []string
		items int
		want  string // the end of the error, empty if the list is complete
	}{
		"none":                    {[]string{""}, 0, ""},
		"three":                   {[]string{"1,2 a", "3 b", "4"}, 4, ""},
		"an object moved":         {[]string{"1,2 a", "2,3"}, 3, ""},
		"tokens in a circle":      {[]string{"1 a", "2 b", "3 a", "4"}, 3, "200 OK: the API sent the same page token twice, so the list has no end"},
		"nothing new":             {[]string{"1,2 a", "2,1 b", "3"}, 2, nothingNew},
		"empty page with a token": {[]string{" a", "1"}, 0, nothingNew},
		"filtered pages":          {[]string{" f1", "1 f2", " f3", ""}, 1, ""},
		"nothing new, filtered":   {[]string{"1 f1", "1 f2"}, 1, nothingNew},
		"no list later":           {[]string{"1 a", "none"}, 1, "200 OK: the answer is not a list"},
		"50 pages":                {long(50), 50, ""},
		"51 pages":                {long(51), 50, "200 OK: the list has more than 50 pages"},
		"an error":                {[]string{"1 a"}, 1, "no more"},
	} {
		calls, items, problem := 0, 0, error(nil)
		for _, err := range httpapi.PagesUpTo(0, []string{"a", "b c"}, func(token httpapi.Token) (httpapi.Page[object], error) {
			if calls++; calls > len(test.pages) {
				return httpapi.Page[object]{}, errors.New("no more")
			}
			if calls > 1 && token != pageOf(test.pages[calls-2]).Next {
				t.Errorf("%s: page %d was fetched with the token %q", name, calls, token)
			}
			return pageOf(test.pages[calls-1]), nil
		}, func(o *object) string { return o.ID }) {
			if problem = err; err == nil {
				items++
			}
		}
		if items != test.items || (problem == nil) != (test.want == "") || problem != nil && !strings.HasSuffix(problem.Error(), test.want) {
			t.Errorf("%s: %d items, want %d: %v", name, items, test.items, problem)
		}
	}
}

func TestUntilSettled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := scripted(t, nil, func(c *httpapi.Config) { c.SettleTime = time.Minute })
		for age, wait := range map[time.Duration]time.Duration{0: time.Minute, 15 * time.Second: 45 * time.Second, time.Hour: 0} {
			start := time.Now()
			if err := client.UntilSettled(t.Context(), start.Add(-age)); err != nil || time.Since(start) != wait {
				t.Errorf("%s: after %s: %v", age, time.Since(start), err)
			}
		}
	})
}

// Only the vendor's own 404 can prove that an object is gone. Every other error leaves it open.
func TestGone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		gone bool
	}{
		"own 404":     {&httpapi.Error{Status: 404, Recognized: true}, true},
		"another 404": {&httpapi.Error{Status: 404}, false},
		"own 403":     {&httpapi.Error{Status: 403, Recognized: true}, false},
		"none":        {nil, false},
		"cut list":    {httpapi.MorePagesError(2), false},
	} {
		proved := httpapi.Gone(test.err)
		exists, err := httpapi.Exists(proved)
		if httpapi.IsNotFound(proved) != test.gone || httpapi.IsOwn404(test.err) != test.gone || !errors.Is(proved, test.err) ||
			exists == test.gone || (err == nil) != (test.gone || test.err == nil) || httpapi.IsCut(test.err) != (name == "cut list") {
			t.Errorf("%s: it is %v; the object exists: %t, %v", name, proved, exists, err)
		}
	}
}

// What the API says not to exist is asked for again when it is 20 s old by its own date.
func TestConfirmGone(t *testing.T) {
	t.Parallel()
	const young, wait, missing = 5 * time.Second, 15 * time.Second, "no such webhook"
	gone, other := &httpapi.NotFoundError{Err: errors.New(missing)}, errors.New("403")
	tooLong := missing + ": the API's reads may be out of date for another 15s, which is longer than this operation's timeout allows: "
	for name, test := range map[string]struct {
		answers []error
		layout  string
		age     time.Duration
		timeout time.Duration
		wait    time.Duration // 0 if it is asked for only once
		want    string
	}{
		"there":                {[]error{nil}, time.RFC3339, 0, time.Hour, 0, "<nil>"},
		"another error":        {[]error{other}, time.RFC3339, 0, time.Hour, 0, "403"},
		"old enough":           {[]error{gone}, time.RFC3339, 20 * time.Second, time.Hour, 0, missing},
		"no date":              {[]error{gone}, "", young, time.Hour, 0, missing},
		"young and gone":       {[]error{gone, gone}, time.RFC3339, young, time.Hour, wait, missing},
		"young and shown late": {[]error{gone, nil}, time.RFC3339, young, time.Hour, wait, "<nil>"},
		"young, then an error": {[]error{gone, other}, time.RFC3339, young, time.Hour, wait, "403"},
		"future":               {[]error{gone, gone}, time.RFC3339, -time.Hour, time.Hour, 20 * time.Second, missing},
		"+0000 and a fraction": {[]error{gone, gone}, "2006-01-02T15:04:05.000-0700", young, time.Hour, wait, missing},
		"no zone":              {[]error{gone, gone}, "2006-01-02T15:04:05", young, time.Hour, wait, missing},
		"no zone, spaced":      {[]error{gone, gone}, time.DateTime, young, time.Hour, wait, missing},
		"unreadable":           {[]error{gone, gone}, "yesterday", time.Hour, time.Hour, 20 * time.Second, missing},
		"no time to confirm":   {[]error{gone}, time.RFC3339, young, 10 * time.Second, 0, tooLong + "context deadline exceeded"},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, _ := scripted(t, nil)
			ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
			defer cancel()
			calls, start := 0, time.Now()
			got, err := httpapi.ConfirmGone(ctx, client, start.Add(-test.age).UTC().Format(test.layout), func(context.Context) (int, error) {
				calls++
				return calls, test.answers[calls-1]
			})
			if got != len(test.answers) || calls != got || time.Since(start) != test.wait || fmt.Sprint(err) != test.want {
				t.Errorf("%s: %d of %d calls, after %s: %v", name, got, calls, time.Since(start), err)
			}
			if httpapi.IsNotFound(err) != (test.want == missing) || errors.Is(err, context.DeadlineExceeded) != (test.timeout < time.Hour) {
				t.Errorf("%s: it passes for gone, or for a timeout, or not: %v", name, err)
			}
		})
	}
	if httpapi.IsNotFound(&httpapi.Error{Status: 404, Recognized: true}) || !httpapi.IsNotFound(fmt.Errorf("outside: %w", gone)) {
		t.Error("only what is proved is gone")
	}
}

// What stands for a secret is no secret.
func TestSecretMasked(t *testing.T) {
	t.Parallel()
	for text, isSecret := range map[string]bool{
		"": false, " ": false, "********": false, "whs-••••": false, "whs-Ab3…": false, "whs-...": false, "REDACTED": false,
		"[redacted]": false, "(hidden)": false, "<masked>": false, "{secret}": false, "whs-abcd####": false,
		"whs-" + strings.Repeat("X", 6): false, "whs-000000": false, "whs abc": false, "whs-abc\n": false,
		"whs-1r2kk5x2ftk4ilg3ucftgs7rzbjs1du8": true, "whs-xxXxx0a00000_b~": true, "other/kind+of==secret.v2": true,
	} {
		encoded, _ := json.Marshal(text)
		var got httpapi.Secret
		if err := json.Unmarshal(encoded, &got); err != nil || (string(got) == text && text != "") != isSecret || !isSecret && got != "" {
			t.Errorf("%q is read as %q: %v", text, got, err)
		}
	}
}
