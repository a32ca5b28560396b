package dfns_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// organization is an API without a network, so that time in its tests is the bubble's and they know when all is at rest.
type organization struct {
	mu       sync.Mutex
	webhooks []dfns.Webhook
	calls    []string
	contexts []context.Context
	held     map[string]chan struct{}                            // the next call that begins so waits for its channel
	answers  map[string]func(*http.Request) (int, string, error) // instead of the usual ones
	header   http.Header
	deaf     bool // a held call goes on when its caller has gone
}

func newOrganization(count int) *organization {
	o := &organization{
		held: map[string]chan struct{}{}, answers: map[string]func(*http.Request) (int, string, error){}, header: http.Header{},
	}
	for i := range count {
		o.webhooks = append(o.webhooks, dfns.Webhook{
			ID: number(i), URL: "https://h.example", Events: []string{"wallet.created"}, Status: dfns.StatusEnabled,
		})
	}
	return o
}

func number(i int) string { return fmt.Sprintf("wh-%d", i) }

const firstPage = "GET /webhooks?limit=200"

func (o *organization) client(t *testing.T) *dfns.Client {
	t.Helper()
	client, err := dfns.New(dfns.Config{
		CredentialID: "cr-1", Signer: signerFunc(func([]byte) ([]byte, error) { return []byte("signature"), nil }),
		HTTP: httpapi.Config{BaseURL: "http://api.example", MaxRetries: 3, RetryWait: time.Nanosecond, Transport: o},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// answer sets what calls that begin so are answered.
func (o *organization) answer(call string, status int, body string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answers[call] = func(*http.Request) (int, string, error) { return status, body, nil }
}

// heal takes back what answer and cut have set.
func (o *organization) heal() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.answers)
}

func (o *organization) cut(call string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answers[call] = func(*http.Request) (int, string, error) { return 0, "", io.ErrUnexpectedEOF }
}

// hold keeps the next call that begins so from being answered until the function it returns is called.
func (o *organization) hold(call string) (release func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	gate := make(chan struct{})
	o.held[call] = gate
	return func() { close(gate) }
}

// made returns the calls so far and forgets them.
func (o *organization) made() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := o.calls
	o.calls = nil
	return out
}

// RoundTrip answers as the API was when the call came.
func (o *organization) RoundTrip(r *http.Request) (*http.Response, error) {
	call := r.Method + " " + r.URL.RequestURI()
	o.mu.Lock()
	o.calls = append(o.calls, call)
	o.contexts = append(o.contexts, r.Context())
	status, body, err := o.serve(call, r)
	header, gone := o.header.Clone(), r.Context().Done()
	if o.deaf {
		gone = nil
	}
	var gate chan struct{}
	for start, held := range o.held {
		if strings.HasPrefix(call, start) {
			gate = held
			delete(o.held, start)
		}
	}
	o.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-gone:
		}
	}
	if r.Context().Err() != nil {
		return nil, r.Context().Err()
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Request: r, Header: header, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (o *organization) serve(call string, r *http.Request) (int, string, error) {
	for start, answer := range o.answers {
		if strings.HasPrefix(call, start) {
			return answer(r)
		}
	}
	id := strings.TrimPrefix(r.URL.Path, "/webhooks/")
	at := slices.IndexFunc(o.webhooks, func(w dfns.Webhook) bool { return w.ID == id })
	switch {
	case call == "POST /auth/action/init":
		return 200, `{"challenge":"Y2g","challengeIdentifier":"id","allowCredentials":{"key":[{"id":"cr-1"}]}}`, nil
	case call == "POST /auth/action":
		return 200, `{"userAction":"token"}`, nil
	case r.URL.Path == "/webhooks":
		return 200, o.page(r), nil
	case at < 0:
		return 404, `{"error":{"message":"Webhook not found"}}`, nil
	case r.Method == http.MethodPut:
		_ = json.NewDecoder(r.Body).Decode(&o.webhooks[at])
	case r.Method == http.MethodDelete:
		o.webhooks = slices.Delete(o.webhooks, at, at+1)
		return 200, `{"deleted":true}`, nil
	}
	body, err := json.Marshal(o.webhooks[at])
	return 200, string(body), err
}

func (o *organization) page(r *http.Request) string {
	from := 0
	if token, _ := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("paginationToken")); len(token) > 0 {
		from, _ = strconv.Atoi(string(token))
	}
	size, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	to := min(from+size, len(o.webhooks))
	page := map[string]any{"items": append([]dfns.Webhook{}, o.webhooks[from:to]...)}
	if to < len(o.webhooks) {
		page["nextPageToken"] = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(to)))
	}
	body, _ := json.Marshal(page)
	return string(body)
}

// read is ReadWebhook of a webhook that must be there.
func read(t *testing.T, client *dfns.Client, id string) *dfns.Webhook {
	t.Helper()
	webhook, err := client.ReadWebhook(t.Context(), id)
	if err != nil || webhook.ID != id {
		t.Errorf("reading %s: %+v, %v", id, webhook, err)
		return &dfns.Webhook{}
	}
	return webhook
}

func update(t *testing.T, client *dfns.Client, id, description string) {
	t.Helper()
	if _, err := client.UpdateWebhook(t.Context(), id, dfns.UpdateWebhookRequest{Description: &description}); err != nil {
		t.Error(err)
	}
}

func sameCalls(t *testing.T, o *organization, want ...string) {
	t.Helper()
	got := o.made()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// One webhook costs one call, more of them one and one for each 200, however many are read at a time.
func TestReadsShareAList(t *testing.T) {
	t.Parallel()
	for count, most := range map[int]int{1: 1, 2: 2, 3: 2, 200: 2, 201: 3, 450: 4, 1000: 6, 2000: 11} {
		for _, parallel := range []int{1, 10} {
			synctest.Test(t, func(t *testing.T) {
				o := newOrganization(count)
				client := o.client(t)
				slots := make(chan struct{}, parallel)
				var all sync.WaitGroup
				for i := range count {
					slots <- struct{}{}
					all.Go(func() {
						read(t, client, number(i))
						<-slots
					})
				}
				all.Wait()
				if made := o.made(); len(made) != most {
					t.Errorf("%d webhooks, %d at a time, cost %d calls, want %d", count, parallel, len(made), most)
				}
			})
		}
	}
}

// A read is alone when none is under way and none has been for the life of a list.
func TestReadAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(3)
		client := o.client(t)
		for range 3 {
			read(t, client, "wh-0")
			sameCalls(t, o, "GET /webhooks/wh-0")
			<-time.After(10 * time.Second)
		}
		read(t, client, "wh-0")
		<-time.After(10*time.Second - 1)
		read(t, client, "wh-1")
		sameCalls(t, o, "GET /webhooks/wh-0", firstPage)
	})
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(3)
		client := o.client(t)
		release := o.hold("GET /webhooks/wh-0")
		go read(t, client, "wh-0")
		<-time.After(time.Minute) // it is still under way
		read(t, client, "wh-1")
		sameCalls(t, o, "GET /webhooks/wh-0", firstPage)
		<-time.After(time.Minute)
		release()
		synctest.Wait()
		<-time.After(10*time.Second - 1) // after its end
		read(t, client, "wh-2")
		sameCalls(t, o, firstPage)
	})
}

func TestReadsWaitForOneFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(450)
		client := o.client(t)
		read(t, client, "wh-0")
		release := o.hold(firstPage)
		for i := range 100 {
			go read(t, client, number(i))
		}
		synctest.Wait()
		sameCalls(t, o, "GET /webhooks/wh-0", firstPage)
		release()
		synctest.Wait()
		sameCalls(t, o, firstPage+"&paginationToken=MjAw", firstPage+"&paginationToken=NDAw")
	})
}

// A list is good for ten seconds after its last page, also when reads never cease.
func TestLifeOfAList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(2)
		client := o.client(t)
		read(t, client, "wh-0")
		release := o.hold(firstPage)
		go read(t, client, "wh-0")
		<-time.After(time.Minute)
		release()
		synctest.Wait()
		o.made()
		o.webhooks[1].Description = "changed by others"
		for _, after := range []time.Duration{5 * time.Second, 5*time.Second - 1} {
			<-time.After(after)
			if got := read(t, client, "wh-1"); got.Description != "" {
				t.Errorf("it was read anew: %+v", got)
			}
		}
		sameCalls(t, o)
		<-time.After(1)
		if got := read(t, client, "wh-1"); got.Description == "" {
			t.Error("the list has outlived itself")
		}
		sameCalls(t, o, firstPage)
	})
}

// What a caller does to a webhook reaches no other.
func TestReadsDoNotShareMemory(t *testing.T) {
	t.Parallel()
	o := newOrganization(2)
	client := o.client(t)
	read(t, client, "wh-0")
	got := read(t, client, "wh-1")
	got.Events[0], got.URL = "spoiled", "spoiled"
	if got := read(t, client, "wh-1"); got.Events[0] != "wallet.created" || got.URL != "https://h.example" {
		t.Errorf("it is %+v", got)
	}
	like := dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"wallet.created"}}
	client.Unclaimed(like)[0].Events[0] = "spoiled"
	if len(client.Unclaimed(like)) != 2 {
		t.Error("what was looked up is shared")
	}
}

// A secret that the list tells is taken as from anywhere else, a masked one is not.
func TestSecretInAList(t *testing.T) {
	t.Parallel()
	o := newOrganization(1)
	o.answer("GET /webhooks?", 200, `{"items":[{"id":"wh-1","url":"u","secret":"whs-x"},{"id":"wh-2","url":"u","secret":"whs-***"}]}`)
	client := o.client(t)
	read(t, client, "wh-0")
	if got := read(t, client, "wh-1").Secret + read(t, client, "wh-2").Secret; got != "whs-x" {
		t.Errorf("it is %q", got)
	}
}

// No read that begins after a change, whether it was made before, while or after the list was fetched, is served what was
// so before it.
func TestChangeEndsARound(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *testing.T, o *organization, client *dfns.Client) (finish func()){
		"the list was there before": func(t *testing.T, _ *organization, client *dfns.Client) func() {
			read(t, client, "wh-1")
			update(t, client, "wh-1", "new")
			return func() {}
		},
		"the list was on its way": func(t *testing.T, o *organization, client *dfns.Client) func() {
			release := o.hold(firstPage)
			go read(t, client, "wh-1")
			synctest.Wait()
			update(t, client, "wh-1", "new")
			release()
			synctest.Wait()
			return func() {}
		},
		"the list is still on its way": func(t *testing.T, o *organization, client *dfns.Client) func() {
			release := o.hold(firstPage)
			go read(t, client, "wh-1")
			synctest.Wait()
			update(t, client, "wh-1", "new")
			return func() {
				release()
				synctest.Wait()
			}
		},
		"the list was fetched meanwhile": func(t *testing.T, o *organization, client *dfns.Client) func() {
			release := o.hold("POST /auth/action")
			go update(t, client, "wh-1", "new")
			synctest.Wait()
			read(t, client, "wh-0")
			read(t, client, "wh-1")
			release()
			synctest.Wait()
			return func() {}
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOrganization(2)
				client := o.client(t)
				read(t, client, "wh-0")
				defer test(t, o, client)()
				o.made()
				for range 2 {
					if got := read(t, client, "wh-1"); got.Description != "new" {
						t.Errorf("it is as it was before the change: %+v", got)
					}
				}
				sameCalls(t, o, "GET /webhooks/wh-1", firstPage)
				if len(client.Unclaimed(dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"wallet.created"}})) != 1 {
					t.Error("what is in hand is not the latest list")
				}
			})
		})
	}
}

// A list that was there before a change is not used while the change is under way.
func TestReadDuringAChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(2)
		client := o.client(t)
		read(t, client, "wh-0")
		read(t, client, "wh-1")
		release := o.hold("PUT")
		go update(t, client, "wh-1", "new")
		synctest.Wait()
		if got := read(t, client, "wh-1"); got.Description != "new" {
			t.Errorf("it is as it was before the change: %+v", got)
		}
		release()
		synctest.Wait()
	})
}

func TestEveryChangeEndsARound(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		if !operation.change() {
			continue
		}
		o := newOrganization(3)
		client := o.client(t)
		read(t, client, "wh-0")
		read(t, client, "wh-2")
		o.answer("POST /webhooks", 200, `{"id":"wh-3","url":"u","status":"200"}`) // good for a create and for a ping
		if err := operation.run(t.Context(), client); err != nil {
			t.Errorf("%s: %v", operation.name, err)
		}
		o.made()
		read(t, client, "wh-2")
		sameCalls(t, o, "GET /webhooks/wh-2")
	}
}

// What became of a change whose answers are lost is asked of the API, also while others have a list in hand.
func TestLostChangeDoesNotShareReads(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method string
		made   func(o *organization)
		change func(t *testing.T, client *dfns.Client)
		read   []string
	}{
		"update": {
			http.MethodPut, func(o *organization) { o.webhooks[1].Description = "new" },
			func(t *testing.T, client *dfns.Client) { update(t, client, "wh-1", "new") },
			[]string{"GET /webhooks/wh-1"},
		},
		"delete": {
			http.MethodDelete, func(o *organization) { o.webhooks = o.webhooks[:1] },
			func(t *testing.T, client *dfns.Client) {
				if err := client.DeleteWebhook(t.Context(), "wh-1"); !dfns.IsNotFound(err) {
					t.Error(err)
				}
			},
			[]string{"GET /webhooks/wh-1", "GET /webhooks?limit=1"},
		},
	}
	for name, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			o := newOrganization(2)
			client := o.client(t)
			o.answers[test.method] = func(*http.Request) (int, string, error) {
				test.made(o)
				return 500, "", nil
			}
			release := o.hold("POST /auth/action/init")
			var changed sync.WaitGroup
			changed.Go(func() { test.change(t, client) })
			synctest.Wait()
			read(t, client, "wh-0")
			read(t, client, "wh-1")
			o.made()
			release()
			changed.Wait()
			lost := slices.Repeat([]string{test.method + " /webhooks/wh-1"}, 4)
			want := slices.Concat([]string{"POST /auth/action"}, lost, test.read)
			if diff := cmp.Diff(want, o.made()); diff != "" {
				t.Errorf("%s: calls (-want +got):\n%s", name, diff)
			}
		})
	}
}

// A webhook counts as gone when the list lacks it and asking for it says so.
func TestMissingFromTheList(t *testing.T) {
	t.Parallel()
	notFound := `{"error":{"message":"Webhook not found"}}`
	tests := map[string]struct {
		status int
		body   string
		gone   bool
		error  string
		calls  int
	}{
		"there all the same":   {200, `{"id":"wh-9","url":"u"}`, false, "", 1},
		"gone":                 {404, notFound, true, "404 Not Found: Webhook not found", 1},
		"a proxy's 404":        {404, "<html>", false, "404 Not Found", 1},
		"forbidden":            {403, notFound, false, "403 Forbidden", 1},
		"failing":              {500, "", false, "500 Internal Server Error", 4},
		"about something else": {200, `{"id":"wh-8","url":"u"}`, false, "instead of wh-9", 1},
	}
	for name, test := range tests {
		o := newOrganization(1)
		o.answer("GET /webhooks/wh-9", test.status, test.body)
		client := o.client(t)
		read(t, client, "wh-0")
		got, err := client.ReadWebhook(t.Context(), "wh-9")
		if dfns.IsNotFound(err) != test.gone || (err == nil) != (test.error == "") || err == nil && got.ID != "wh-9" {
			t.Errorf("%s: it is %+v, %v", name, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), test.error) {
			t.Errorf("%s: the error is %v", name, err)
		}
		want := append([]string{"GET /webhooks/wh-0", firstPage}, slices.Repeat([]string{"GET /webhooks/wh-9"}, test.calls)...)
		sameCalls(t, o, want...)
	}
}

// An item that is no webhook is not there.
func TestListOfFragments(t *testing.T) {
	t.Parallel()
	o := newOrganization(2)
	o.answer("GET /webhooks?", 200, `{"items":[{},{"url":"u"},{"id":"wh-1"}]}`)
	client := o.client(t)
	read(t, client, "wh-0")
	if got := read(t, client, "wh-1"); got.URL != "https://h.example" {
		t.Errorf("it is %+v", got)
	}
	if got, err := client.ReadWebhook(t.Context(), ""); err == nil {
		t.Errorf("a webhook without id was read: %+v", got)
	}
}

// Where the API does not list, reads ask for their webhooks, and the list is not asked for again.
func TestListIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
	}{
		"400": {400, ""}, "403": {403, `{"error":{"message":"no"}}`}, "404": {404, `{"error":{"message":"none"}}`},
		"405": {405, "<html>"}, "does not follow redirects": {302, ""}, "held back": {202, `{"items":[]}`}, "no JSON": {200, "<html>"},
		"no list": {200, `{}`}, "half a list": {200, `{"items":[{"id"`}, "no end": {200, `{"items":[],"nextPageToken":"same"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOrganization(1000)
				o.answer("GET /webhooks?", test.status, test.body)
				client := o.client(t)
				for i := range 500 {
					read(t, client, number(i))
				}
				var all sync.WaitGroup
				for i := range 500 {
					all.Go(func() { read(t, client, number(500+i)) })
				}
				all.Wait()
				update(t, client, "wh-1", "new")
				<-time.After(time.Hour)
				read(t, client, "wh-0")
				read(t, client, "wh-1")
				want := 1000 + 1 + 3 + 2
				if name == "no end" {
					want++ // its second page
				}
				if got := o.made(); len(got) != want {
					t.Errorf("there are %d calls, want %d", len(got), want)
				}
				if _, err := client.ReadWebhook(t.Context(), "wh-none"); dfns.IsNotFound(err) && name != "no end" {
					t.Errorf("with no list to confirm it, it passes for gone: %v", err)
				}
			})
		})
	}
}

// When the API fails, the reads that share a list fail together, and the next one tries again.
func TestListFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fail  func(o *organization)
		calls int
	}{
		"500":                  {func(o *organization) { o.answer("GET /webhooks?", 500, "") }, 4},
		"502":                  {func(o *organization) { o.answer("GET /webhooks?", 502, "<html>") }, 4},
		"401":                  {func(o *organization) { o.answer("GET /webhooks?", 401, "") }, 1},
		"408":                  {func(o *organization) { o.answer("GET /webhooks?", 408, "") }, 1},
		"429":                  {func(o *organization) { o.answer("GET /webhooks?", 429, "") }, 4},
		"cut":                  {func(o *organization) { o.cut("GET /webhooks?") }, 4},
		"cut on the last page": {func(o *organization) { o.cut(firstPage + "&paginationToken=NDAw") }, 6},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOrganization(450)
				client := o.client(t)
				read(t, client, "wh-0")
				o.made()
				test.fail(o)
				release := o.hold(firstPage)
				failures := make(chan error, 50)
				for i := range 50 {
					go func() {
						_, err := client.ReadWebhook(t.Context(), number(i))
						failures <- err
					}()
				}
				synctest.Wait()
				release()
				for range 50 {
					if err := <-failures; err == nil || dfns.IsNotFound(err) || !strings.Contains(err.Error(), "GET /webhooks: ") {
						t.Errorf("a read ends in %v", err)
					}
				}
				if got := o.made(); len(got) != test.calls {
					t.Errorf("the calls are %q", got)
				}
				o.heal()
				read(t, client, "wh-7")
				sameCalls(t, o, firstPage, firstPage+"&paginationToken=MjAw", firstPage+"&paginationToken=NDAw")
			})
		})
	}
}

type loggerKey struct{}

// The read that began a flight gives up. It ends at once, by its own error; the others get their answer.
func TestFirstReadIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(3)
		client := o.client(t)
		read(t, client, "wh-0")
		release := o.hold(firstPage)
		first, cancel := context.WithCancel(context.WithValue(t.Context(), loggerKey{}, "logger"))
		ended := make(chan error, 1)
		go func() {
			_, err := client.ReadWebhook(first, "wh-1")
			ended <- err
		}()
		synctest.Wait()
		go read(t, client, "wh-2")
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "waiting for the list") {
			t.Errorf("it ends in %v", err)
		}
		synctest.Wait()
		if flight := o.contexts[1]; flight.Err() != nil || flight.Value(loggerKey{}) != "logger" {
			t.Errorf("the flight's context: %v, %v", flight.Err(), flight.Value(loggerKey{}))
		}
		release()
		synctest.Wait()
		read(t, client, "wh-1")
		sameCalls(t, o, "GET /webhooks/wh-0", firstPage)
	})
}

// When nobody waits any more the flight ends, and the next read begins another.
func TestEveryReadIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(3)
		client := o.client(t)
		read(t, client, "wh-0")
		release := o.hold(firstPage)
		ended := make(chan error, 2)
		for _, timeout := range []time.Duration{time.Second, time.Minute} {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), timeout)
				defer cancel()
				_, err := client.ReadWebhook(ctx, "wh-1")
				ended <- err
			}()
		}
		for i, at := range []time.Duration{time.Second, time.Minute} {
			synctest.Wait()
			if err := o.contexts[1].Err(); err != nil {
				t.Errorf("the flight ended while somebody waited: %v", err)
			}
			begun := time.Now()
			if err := <-ended; !errors.Is(err, context.DeadlineExceeded) || dfns.OutcomeUnknown(err) {
				t.Errorf("read %d, of %s, ends in %v", i, at, err)
			}
			if i == 0 && time.Since(begun) != time.Second {
				t.Errorf("the first one waited for %s", time.Since(begun))
			}
		}
		synctest.Wait()
		if o.contexts[1].Err() == nil {
			t.Error("the flight goes on for nobody")
		}
		release()
		read(t, client, "wh-1")
		sameCalls(t, o, "GET /webhooks/wh-0", firstPage, firstPage)
	})
}

// A flight that nobody waits for any more, and that has yet to notice, is not joined.
func TestReadAfterEveryoneLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(3)
		o.deaf = true
		client := o.client(t)
		read(t, client, "wh-0")
		release := o.hold(firstPage)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := client.ReadWebhook(ctx, "wh-1")
			ended <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ends in %v", err)
		}
		go read(t, client, "wh-1")
		synctest.Wait()
		release()
		synctest.Wait()
		read(t, client, "wh-2")
		sameCalls(t, o, "GET /webhooks/wh-0", firstPage, firstPage)
	})
}

// A pause that the API asks for and that outlasts everybody's timeout ends the reads at once; with more time they wait.
func TestFlightKeepsTheDeadlines(t *testing.T) {
	t.Parallel()
	const brief, long, none = time.Second, time.Hour, 0
	for _, test := range []struct {
		timeouts []time.Duration // of the reads, in the order in which they come
		want     time.Duration
	}{
		{[]time.Duration{brief, time.Minute}, 0},
		{[]time.Duration{brief, long}, 10 * time.Minute},
		{[]time.Duration{long, brief}, 10 * time.Minute},
		{[]time.Duration{brief, none}, 10 * time.Minute},
		{[]time.Duration{none, brief}, 10 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := newOrganization(2)
			client := o.client(t)
			read(t, client, "wh-0")
			o.header.Set("Retry-After", "600")
			o.answer("GET /webhooks?", 429, "")
			release := o.hold(firstPage)
			ended := make(chan error, 2)
			for _, timeout := range test.timeouts {
				go func() {
					ctx := t.Context()
					if timeout > 0 {
						limited, cancel := context.WithTimeout(ctx, timeout)
						defer cancel()
						ctx = limited
					}
					_, err := client.ReadWebhook(ctx, "wh-1")
					ended <- err
				}()
				synctest.Wait()
			}
			begun := time.Now()
			release()
			synctest.Wait()
			o.heal()
			err := errors.Join(<-ended, <-ended)
			if took := time.Since(begun); took != test.want || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("with timeouts of %s the reads took %s, want %s: %v", test.timeouts, took, test.want, err)
			}
		})
	}
}

// In an organization of many webhooks a few reads do not wait for a list of all of them, and many do not lose by it.
func TestLargeOrganization(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		webhooks, reads, most int
	}{
		"two of many":       {100_000, 2, 1 + 10 + 1},
		"a few of many":     {100_000, 100, 100 + 10},
		"a hundredth":       {100_000, 1000, 1100},
		"all of a few more": {5000, 5000, 90},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrganization(test.webhooks)
			client := o.client(t)
			// Spread over the list, in no order.
			for i := range test.reads {
				read(t, client, number((i*7919+4999)%test.reads*(test.webhooks/test.reads)))
			}
			if made := len(o.made()); made > test.most {
				t.Errorf("there are %d calls, want at most %d", made, test.most)
			}
		})
	}
}

func TestClientsShareNothing(t *testing.T) {
	t.Parallel()
	o := newOrganization(3)
	one, other := o.client(t), o.client(t)
	read(t, one, "wh-0")
	read(t, one, "wh-1")
	one.Claim("wh-0")
	o.made()
	read(t, other, "wh-1")
	read(t, other, "wh-2")
	sameCalls(t, o, "GET /webhooks/wh-1", firstPage)
	if got := other.Unclaimed(dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"wallet.created"}}); len(got) != 3 {
		t.Errorf("there are %d", len(got))
	}
}

// Every read that begins after an update sees it, whatever else goes on.
func TestReadsSeeChanges(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	var ids []string
	for range 8 {
		ids = append(ids, s.Dfns.Register(state.Webhook{URL: "https://h.example", Events: []string{"*"}, Status: "Enabled"}))
	}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			for i := range 10 {
				update(t, client, id, strconv.Itoa(i))
				for range 3 {
					if got := read(t, client, id); got.Description != strconv.Itoa(i) {
						t.Errorf("update %d of %s is not seen: %+v", i, id, got)
					}
				}
			}
		})
	}
	all.Wait()
}

// A list that is on its way is not in hand, though its first page is there.
func TestUnclaimedWhileListing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrganization(201)
		client := o.client(t)
		read(t, client, "wh-0")
		release := o.hold(firstPage + "&paginationToken")
		go read(t, client, "wh-1")
		synctest.Wait()
		like := dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"wallet.created"}}
		if got := client.Unclaimed(like); len(got) != 0 {
			t.Errorf("there are %d", len(got))
		}
		release()
		synctest.Wait()
		if got := client.Unclaimed(like); len(got) != 201 {
			t.Errorf("there are %d in the whole list", len(got))
		}
	})
}

// What is in hand and nobody's is known without a call.
func TestUnclaimed(t *testing.T) {
	t.Parallel()
	o := newOrganization(8)
	for i := range o.webhooks {
		o.webhooks[i].DateCreated = fmt.Sprintf("2026-01-0%dT00:00:00.000Z", 9-i)
	}
	o.webhooks[2].URL = "https://other.example"
	o.webhooks[3].Events = []string{"*"}
	o.webhooks[4].Status = dfns.StatusDisabled
	o.webhooks[5].Description = "other"
	o.webhooks[6].URL = "https://H.example:443"
	client := o.client(t)
	like := dfns.CreateWebhookRequest{URL: "https://h.example", Events: []string{"wallet.created", "wallet.created"}, Status: "Enabled"}
	unclaimed := func() (ids []string) {
		for _, webhook := range client.Unclaimed(like) {
			ids = append(ids, webhook.ID)
		}
		return ids
	}
	read(t, client, "wh-0")
	if got := unclaimed(); len(got) != 0 {
		t.Errorf("without a list there are %q", got)
	}
	read(t, client, "wh-1")
	o.made()
	client.Claim("wh-2")
	if diff := cmp.Diff([]string{"wh-7", "wh-6", "wh-1", "wh-0"}, unclaimed()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sameCalls(t, o)
	o.answer("POST /webhooks", 200, `{"id":"wh-1","url":"https://h.example"}`)
	if _, err := client.CreateWebhook(t.Context(), like); err != nil {
		t.Fatal(err)
	}
	if got := unclaimed(); len(got) != 0 {
		t.Errorf("after a change there are %q", got)
	}
	read(t, client, "wh-0")
	read(t, client, "wh-0")
	if diff := cmp.Diff([]string{"wh-7", "wh-6", "wh-0"}, unclaimed()); diff != "" {
		t.Errorf("what this client has created (-want +got):\n%s", diff)
	}
	client.Claim("wh-0")
	if got := unclaimed(); len(got) != 0 {
		t.Errorf("a state names an equal one, so that the others are meant to be: %q", got)
	}
}
