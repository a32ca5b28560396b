package dfns_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// read is ReadWebhook of a webhook that must exist.
func read(t *testing.T, client *dfns.Client, id string) *dfns.Webhook {
	t.Helper()
	webhook, err := client.ReadWebhook(t.Context(), id, "")
	if err != nil || webhook.ID != id {
		t.Errorf("reading %s: %+v, %v", id, webhook, err)
		return &dfns.Webhook{}
	}
	return webhook
}

// readAll reads webhooks, so many at the same time.
func readAll(t *testing.T, client *dfns.Client, ids []string, parallel int) {
	t.Helper()
	queue := make(chan string)
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() {
			for id := range queue {
				read(t, client, id)
			}
		})
	}
	for _, id := range ids {
		queue <- id
	}
	close(queue)
	all.Wait()
}

// One webhook takes one call, more take another one for each 200, however slow the API is and however many are read at a time.
func TestReadsShareAList(t *testing.T) {
	t.Parallel()
	for count, calls := range map[int]int{1: 1, 2: 2, 200: 2, 201: 3, 1000: 6} {
		for _, latency := range []time.Duration{0, 3 * time.Second} {
			for _, parallel := range []int{1, 10, 1000} {
				inVirtualTime(t, latency, func(t *testing.T, s *sandbox.Sandbox, client *dfns.Client) {
					readAll(t, client, register(s, count), parallel)
					made := withoutIDs(journal(s))
					lists := slices.DeleteFunc(slices.Clone(made), func(call string) bool { return call == get })
					if len(made) != calls || len(lists) != calls-1 {
						t.Errorf("%d webhooks, %d at a time, %s for a call: %q, want one GET and %d lists", count, parallel, latency, made, calls-1)
					}
				})
			}
		}
	}
}

// Whoever reads a webhook again wants to know what it is now. What is created later is not in the list.
func TestListServesEachWebhookOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s)
	ids := register(s, 3)
	readAll(t, client, ids, 1)
	sameCalls(t, s, get, listing)
	readAll(t, client, ids[:1], 1)
	sameCalls(t, s)
	readAll(t, client, append(ids, register(s, 1)...), 1)
	sameCalls(t, s, get, get, get, get)
}

func TestEveryChangeDropsTheList(t *testing.T) {
	t.Parallel()
	for _, operation := range changes() {
		s := start(t)
		client := newClient(t, s)
		ids := register(s, 3)
		readAll(t, client, ids[:2], 1)
		fault(t, s, operation.route()+` {"effect":"status","status":400}`)
		_, _ = operation.run(t.Context(), client) // a refused one counts too
		s.DfnsCalls.ForgetCalls()
		readAll(t, client, ids[1:], 1)
		sameCalls(t, s, get, listing)
	}
}

// No read that begins after a change uses a list that began before the end of the change, also when the list is not there yet.
func TestChangeDropsAListInBetween(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		list, change time.Duration // when they begin; a change takes three seconds
		takes        time.Duration // how long the list takes
		gets         int
	}{
		"before":                    {list: 0, change: 10 * time.Second, takes: time.Second, gets: 2},
		"begins before":             {list: 0, change: time.Second, takes: 3 * time.Second, gets: 2},
		"begins before, ends after": {list: 0, change: time.Second, takes: 20 * time.Second, gets: 2},
		"meanwhile":                 {list: time.Second, change: 0, takes: time.Second, gets: 3}, // the first read of a change is a GET
		"begins meanwhile":          {list: time.Second, change: 0, takes: 20 * time.Second, gets: 3},
	} {
		inVirtualTime(t, time.Second, func(t *testing.T, s *sandbox.Sandbox, client *dfns.Client) {
			ids := register(s, 2)
			read(t, client, ids[0])
			fault(t, s, fmt.Sprintf(`GET /webhooks {"effect":"delay","ms":%d}`, (test.takes-time.Second).Milliseconds()))
			var reading sync.WaitGroup
			reading.Go(func() {
				<-time.After(test.list)
				readAll(t, client, ids, 2)
			})
			<-time.After(test.change)
			describe(t, client, ids[1], "new")
			for range 2 {
				if got := read(t, client, ids[1]); got.Description != "new" {
					t.Errorf("%s: it is as it was before the change: %+v", name, got)
				}
			}
			reading.Wait()
			want := []string{"PUT /webhooks/ID", challenge, answer, listing, listing}
			want = append(want, slices.Repeat([]string{get}, test.gets)...)
			got := withoutIDs(journal(s))
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: calls (-want +got):\n%s", name, diff)
			}
		})
	}
}

// If the API refuses to list, or its list proves nothing, reads read their webhooks, and the list is not requested again. If the API
// fails, the reads that wait for the list fail together: it must not get a thousand calls instead. The next read tries again.
func TestListIsRefusedOrFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   string
		lists   int
		refused bool
	}{
		"403":            {`{"effect":"status","status":403}`, 1, true},
		"404":            {`{"effect":"status","status":404}`, 1, true},
		"approval":       {`{"effect":"status","status":202,"body":"{\"items\":[]}"}`, 1, true},
		"HTML":           {`{"effect":"html","status":200}`, 1, true},
		"no list":        {`{"effect":"status","status":200,"body":"{}"}`, 1, true},
		"no webhook":     {`{"effect":"patch","patch":{"items":{"url":null}}}`, 1, true},
		"repeated token": {`{"effect":"patch","patch":{"items":{"id":"wh-$n"},"nextPageToken":"same"}}`, 2, true},
		"endless":        {`{"effect":"patch","patch":{"items":{"id":"wh-$n"},"nextPageToken":"t$n"}}`, 50, true},
		"500":            {`{"effect":"status","status":500}`, 4, false},
		"401":            {`{"effect":"status","status":401}`, 1, false},
		"408":            {`{"effect":"status","status":408}`, 1, false},
		"429":            {`{"effect":"status","status":429,"retry_after":3600}`, 1, false},
		"cut":            {`{"effect":"drop_before"}`, 4, false},
		"second page":    {`{"effect":"truncate","skip":1}`, 5, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inVirtualTime(t, time.Second, func(t *testing.T, s *sandbox.Sandbox, client *dfns.Client) {
				ids := register(s, 201)
				fault(t, s, "GET /webhooks "+test.fault)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				read(t, client, ids[0])
				var all sync.WaitGroup
				for _, id := range ids {
					all.Go(func() {
						_, err := client.ReadWebhook(ctx, id, "")
						if failed := err != nil && strings.Contains(err.Error(), "GET /webhooks: "); failed == test.refused || httpapi.IsNotFound(err) {
							t.Errorf("a read ends in %v", err)
						}
					})
				}
				all.Wait()
				gets := 1
				if test.refused {
					describe(t, client, ids[0], "new")
					readAll(t, client, ids[:2], 1)
					gets = 1 + len(ids) + 2
				}
				made := withoutIDs(journal(s))
				if got := count(made, "GET /webhooks") - test.lists; got != gets {
					t.Errorf("there are %d reads beside %d lists, want %d", got, test.lists, gets)
				}
				s.DfnsCalls.ClearFaults()
				<-time.After(time.Hour) // the pause that the API has required
				readAll(t, client, ids, 10)
				if lists := count(journal(s), "GET /webhooks?limit=200"); !test.refused && lists != 1 {
					t.Errorf("after that, %d lists begin", lists)
				}
			})
		})
	}
}

// Whoever gives up, or has less time, fails alone: the others get their webhook, if need be from another list.
func TestOneReadGivesUp(t *testing.T) {
	t.Parallel()
	for first, calls := range map[bool][]string{true: {get, listing, listing}, false: {get, listing}} { // whether it began the list
		for _, reason := range []error{context.Canceled, context.DeadlineExceeded} {
			inVirtualTime(t, 3*time.Second, func(t *testing.T, s *sandbox.Sandbox, client *dfns.Client) {
				ids := register(s, 3)
				read(t, client, ids[0])
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				if errors.Is(reason, context.Canceled) {
					ctx, cancel = context.WithCancel(t.Context())
					time.AfterFunc(2*time.Second, cancel)
				}
				defer cancel()
				began := time.Now()
				var all sync.WaitGroup
				givesUp := func() {
					if _, err := client.ReadWebhook(ctx, ids[1], ""); !errors.Is(err, reason) || time.Since(began) != 2*time.Second {
						t.Errorf("%t: it ends after %s in %v, want %v", first, time.Since(began), err, reason)
					}
				}
				waits := func() { read(t, client, ids[2]) }
				order := []func(){waits, givesUp}
				if first {
					slices.Reverse(order)
				}
				for _, reading := range order {
					all.Go(reading)
					<-time.After(time.Millisecond)
				}
				all.Wait()
				sameCalls(t, s, calls...)
			})
		}
	}
}

// A list that began before a 404 does not prove it. Whoever comes while one is on its way shares the next one.
func TestListBeginsAfterThe404(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, 2*time.Second, func(t *testing.T, s *sandbox.Sandbox, client *dfns.Client) {
		began := time.Now()
		var all sync.WaitGroup
		for _, start := range []time.Duration{0, time.Second, 1500 * time.Millisecond} {
			all.Go(func() {
				<-time.After(start)
				if _, err := client.GetWebhook(t.Context(), "wh-none"); !httpapi.IsNotFound(err) {
					t.Errorf("it ends in %v", err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); took != 6*time.Second {
			t.Errorf("it takes %s, want 6 s: a GET and two lists", took)
		}
		sameCalls(t, s, get, get, get, listing, listing)
	})
}
