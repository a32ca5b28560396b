package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
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

func body(text string, header ...string) *httpapi.Response {
	out := &httpapi.Response{Status: 200, Body: []byte(text), Header: http.Header{}}
	if len(header) > 0 {
		out.Header.Set(header[0], header[1])
	}
	return out
}

func TestDecode(t *testing.T) {
	t.Parallel()
	yes, three, label := httpapi.Optional[bool]{Value: new(true)}, httpapi.Optional[int]{Value: new(3)}, httpapi.Optional[string]{Value: new("l")}
	full := object{ID: "1", Active: yes, Count: three, Label: label}
	for text, want := range map[string]object{
		`{"id":"1","active":true,"count":3,"label":"l"}`:                  full,
		`{"id":"1","active":"true","count":"3","label":"l","more":[{}]}`:  full,
		`{"odd":7,"id":"1","active":true,"count":3,"label":"l"}`:          full,
		`{"odd":{"id":"2"},"active":true,"count":3,"label":"l","id":"1"}`: full,
		`{"id":"1","active":null,"count":null,"label":null}`:              {ID: "1"},
		`{"id":"1","active":"yes","count":3.5,"label":7}`:                 {ID: "1"},
		`{"id":"1","active":{},"count":[],"label":{}}`:                    {ID: "1"},
		`{"id":"1","active":"","count":"","events":"a"}`:                  {ID: "1"},
		`{"id":"1","events":["a",7,"b"]}`:                                 {ID: "1", Events: []string{"a", "", "b"}},
		`{"id":1,"events":{}}`:                                            {},
		`{}`:                                                              {},
		`null`:                                                            {},
	} {
		got, err := httpapi.Decode[object](get("a"), body(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	const read = "POST /a: 200 OK: the answer cannot be read: "
	for text, want := range map[string]string{
		"":              read + "unexpected end of JSON input",
		`{"id":"1`:      read + "unexpected end of JSON input",
		`{"id":"1"} {}`: read + "invalid character '{' after top-level value",
		`["1"]`:         read + "json: cannot unmarshal array into Go value of type httpapi_test.object",
		`"1"`:           read + "json: cannot unmarshal string into Go value of type httpapi_test.object",
		html:            read + "it is an HTML page, so a proxy may have answered instead of the API",
	} {
		_, err := httpapi.Decode[object](post("a"), body(text))
		if err == nil || err.Error() != want || !isUnknown(err) || httpapi.Status(err) != 0 {
			t.Errorf("%s: the error is\n%v, want\n%s", text, err, want)
		}
	}
	if _, err := httpapi.Decode[object](get("a"), body("x", "Content-Type", "text/html")); !strings.Contains(err.Error(), "an HTML page") {
		t.Errorf("the error is %v", err)
	}
}

type page struct {
	Items httpapi.Items[object]
	Next  httpapi.Token
}

func TestItemsAndToken(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		ids    []string // nil if it is no list
		token  httpapi.Token
		isList bool
	}{
		`{"items":[{"id":"1"},{"id":"2"}],"next":"t"}`: {[]string{"1", "2"}, "t", true},
		`{"items":[]}`: {nil, "", true},
		`{"items":[{"id":"1","events":7},{"id":2},3,null,[]]}`: {[]string{"1", "", "", "", ""}, "", true},
		`{"items":null,"next":null}`:                           {nil, "", false},
		`{"items":{"id":"1"},"next":""}`:                       {nil, "", false},
		`{"items":"[]","next":7}`:                              {nil, "7", false},
		`{"next":12345678901234567890}`:                        {nil, "12345678901234567890", false},
		`{"items":7,"next":{"after":"x"}}`:                     {nil, `{"after":"x"}`, false},
		`{"items":[{"id":"1"}],"next":false}`:                  {[]string{"1"}, "false", true},
	} {
		got, err := httpapi.Decode[page](get("a"), body(text))
		var ids []string
		for _, item := range got.Items.List {
			ids = append(ids, item.ID)
		}
		if err != nil || got.Items.IsList != want.isList || got.Next != want.token || want.isList && !slices.Equal(ids, want.ids) {
			t.Errorf("%s: it is read as %+v: %v", text, got, err)
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
		for _, id := range strings.Split(ids, ",") {
			if id != "" && id != "none" {
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
	const noEnd = ", so the list has no end"
	for name, test := range map[string]struct {
		pages []string
		items int
		want  string // a part of the error, empty if the list is complete
	}{
		"one":                     {[]string{"1,2"}, 2, ""},
		"none":                    {[]string{""}, 0, ""},
		"three":                   {[]string{"1,2 a", "3 b", "4"}, 4, ""},
		"empty last page":         {[]string{"1 a", ""}, 1, ""},
		"an object moved":         {[]string{"1,2 a", "2,3"}, 3, ""},
		"token twice":             {[]string{"1 a", "2 a", "3"}, 2, "200 OK: the API sent the same page token twice" + noEnd},
		"tokens in a circle":      {[]string{"1 a", "2 b", "3 a", "4"}, 3, "200 OK: the API sent the same page token twice" + noEnd},
		"nothing new":             {[]string{"1,2 a", "2,1 b", "3"}, 2, "200 OK: the API sent a page without anything new and a token for another page" + noEnd},
		"empty page with a token": {[]string{" a", "1"}, 0, "200 OK: the API sent a page without anything new and a token for another page" + noEnd},
		"filtered pages":          {[]string{" f1", "1 f2", " f3", ""}, 1, ""},
		"nothing new, filtered":   {[]string{"1 f1", "1 f2"}, 1, "200 OK: the API sent a page without anything new and a token for another page" + noEnd},
		"no list":                 {[]string{"none"}, 0, "200 OK: the answer is not a list"},
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
			if err != nil {
				problem = err
			} else {
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
	for name, test := range map[string]struct {
		sent, settle, deadline, cancelled, ends time.Duration
		want                                    error
	}{
		"just sent":           {0, 0, time.Minute, time.Hour, 20 * time.Second, nil},
		"sent before":         {15 * time.Second, 0, time.Minute, time.Hour, 5 * time.Second, nil},
		"sent long before":    {time.Hour, 0, time.Minute, time.Hour, 0, nil},
		"another settle time": {0, time.Second, time.Minute, time.Hour, time.Second, nil},
		"no time for that":    {0, 0, 19 * time.Second, time.Hour, 0, context.DeadlineExceeded},
		"cancelled":           {0, 0, time.Minute, time.Second, time.Second, context.Canceled},
		"cancelled before":    {time.Hour, 0, time.Minute, 0, 0, context.Canceled},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, _ := scripted(t, nil, func(c *httpapi.Config) { c.SettleTime = test.settle })
			ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
			defer cancel()
			time.AfterFunc(test.cancelled, cancel)
			synctest.Wait()
			start := time.Now()
			if err := client.UntilSettled(ctx, start.Add(-test.sent)); !errors.Is(err, test.want) || time.Since(start) != test.ends {
				t.Errorf("%s: after %s: %v", name, time.Since(start), err)
			}
		})
	}
}

// What the API says not to exist is asked for again when it is 20 s old by its own date.
func TestConfirmGone(t *testing.T) {
	t.Parallel()
	gone, other := &httpapi.NotFoundError{Err: errors.New("no such webhook")}, errors.New("403")
	const young, wait = 5 * time.Second, 15 * time.Second
	for name, test := range map[string]struct {
		answers []error
		layout  string
		age     time.Duration
		wait    time.Duration // 0 if it is asked for only once
		want    error
	}{
		"there":                {[]error{nil}, time.RFC3339, 0, 0, nil},
		"another error":        {[]error{other}, time.RFC3339, 0, 0, other},
		"old and gone":         {[]error{gone}, time.RFC3339, time.Hour, 0, gone},
		"old enough":           {[]error{gone}, time.RFC3339, 20 * time.Second, 0, gone},
		"no date":              {[]error{gone}, "", young, 0, gone},
		"young and gone":       {[]error{gone, gone}, time.RFC3339, young, wait, gone},
		"young and shown late": {[]error{gone, nil}, time.RFC3339, young, wait, nil},
		"young, then an error": {[]error{gone, other}, time.RFC3339, young, wait, other},
		"future":               {[]error{gone, gone}, time.RFC3339, -time.Hour, 20 * time.Second, gone},
		"fraction":             {[]error{gone, gone}, "2006-01-02T15:04:05.000Z07:00", young, wait, gone},
		"+0000":                {[]error{gone, gone}, "2006-01-02T15:04:05-0700", young, wait, gone},
		"+0000 fraction":       {[]error{gone, gone}, "2006-01-02T15:04:05.000-0700", young, wait, gone},
		"no zone":              {[]error{gone, gone}, "2006-01-02T15:04:05", young, wait, gone},
		"no zone, spaced":      {[]error{gone, gone}, time.DateTime, young, wait, gone},
		"unreadable":           {[]error{gone, gone}, "yesterday", time.Hour, 20 * time.Second, gone},
		"no time to confirm":   {[]error{gone}, time.RFC3339, young, 0, context.DeadlineExceeded},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, _ := scripted(t, nil)
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			if errors.Is(test.want, context.DeadlineExceeded) {
				ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
			}
			defer cancel()
			calls, start := 0, time.Now()
			got, err := httpapi.ConfirmGone(ctx, client, start.Add(-test.age).UTC().Format(test.layout), func(context.Context) (int, error) {
				calls++
				return calls, test.answers[calls-1]
			})
			if !errors.Is(err, test.want) || httpapi.IsNotFound(err) != errors.Is(test.want, gone) || got != len(test.answers) || calls != got {
				t.Errorf("%s: %d of %d calls: %v", name, got, calls, err)
			}
			if time.Since(start) != test.wait || test.answers[0] != nil && !errors.Is(test.want, other) && err != nil && !strings.Contains(err.Error(), "no such webhook") {
				t.Errorf("%s: after %s: %v", name, time.Since(start), err)
			}
		})
	}
	if httpapi.IsNotFound(nil) || httpapi.IsNotFound(&httpapi.Error{Status: 404, Recognized: true}) || !httpapi.IsNotFound(fmt.Errorf("outside: %w", gone)) {
		t.Error("only what is proved is gone")
	}
}
