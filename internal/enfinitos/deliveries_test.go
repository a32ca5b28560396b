package enfinitos_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

func TestListDeliveries(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	client := at(t, s)
	id := s.Enfinitos.Register(example)
	var ids []string // newest first
	for range 120 {
		ids = append(ids, s.Enfinitos.AddDelivery(state.Delivery{SubscriptionID: id, Status: state.Delivered}))
	}
	slices.Reverse(ids)
	tests := map[string]struct {
		size, take int
		queries    []string
	}{
		"all":                   {50, 120, []string{"limit=50", "cursor=50&limit=50", "cursor=100&limit=50"}},
		"zero is the default":   {0, 120, []string{"limit=50", "cursor=50&limit=50", "cursor=100&limit=50"}},
		"more":                  {120, 120, []string{"limit=120"}},
		"the next page's first": {50, 51, []string{"limit=50", "cursor=50&limit=50"}},
	}
	for name, test := range tests {
		var got []string
		for delivery, err := range client.ListDeliveries(t.Context(), id, "", test.size) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got = append(got, delivery.ID)
			if len(got) == test.take && test.take < 120 {
				break
			}
		}
		if !slices.Equal(got, ids[:test.take]) {
			t.Errorf("%s: there are %d deliveries, or not the right ones", name, len(got))
		}
		var want []string
		for _, query := range test.queries {
			want = append(want, "GET /v1/webhooks/"+id+"/deliveries?"+query)
		}
		if diff := cmp.Diff(want, journal(s)); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", name, diff)
		}
	}
}

func TestListOfOneStatus(t *testing.T) {
	t.Parallel()
	a := serve(t, map[string]http.HandlerFunc{deliveries: holds(emptyPage)})
	_, err := collect(a.client(t).ListDeliveries(t.Context(), "whs_1", "failed", 0))
	if diff := cmp.Diff([]string{deliveries + "?limit=50&status=failed"}, a.made()); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestDeliveryAtTheSandbox(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	id := s.Enfinitos.Register(example)
	if err := s.Enfinitos.RecordEvent("right.issued", []byte(`{"right":1}`)); err != nil {
		t.Fatal(err)
	}
	got, err := collect(at(t, s).ListDeliveries(t.Context(), id, "", 0))
	if err != nil || len(got) != 1 {
		t.Fatalf("there are %d deliveries: %v", len(got), err)
	}
	held := s.Enfinitos.Deliveries()[0]
	want := &enfinitos.Delivery{
		ID: held.ID, SubscriptionID: id, DeveloperID: got[0].DeveloperID, Status: "delivered", Payload: held.Payload,
		FirstAttemptedAt: nowText, LastAttemptedAt: nowText, DeliveredAt: nowText, AttemptCount: some(int64(1)), HTTPStatus: some(int64(200)),
	}
	if diff := cmp.Diff(want, got[0]); diff != "" || !strings.HasPrefix(got[0].DeveloperID, "dev_") || !strings.Contains(held.Payload, `{"right":1}`) {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const deliveries = "GET /v1/webhooks/whs_1/deliveries"

func TestTolerantDelivery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want enfinitos.Delivery
	}{
		"nulls": {
			`{"deliveryId":"dlv_1","subscriptionId":"whs_1","developerId":null,"status":null,"payload":null,"firstAttemptedAt":null,
			"lastAttemptedAt":null,"attemptCount":null,"httpStatus":null,"responseBodyExcerpt":null,"errorMessage":null,
			"nextRetryAt":null,"deliveredAt":null,"signatureHeader":null}`, enfinitos.Delivery{ID: "dlv_1", SubscriptionID: "whs_1"},
		},
		"everything": {
			`{"deliveryId":"dlv_1","subscriptionId":"whs_1","developerId":"dev_1","status":"failed","payload":"{\"a\":1}",
			"firstAttemptedAt":"2026-01-01T00:00:00Z","lastAttemptedAt":"2026-01-02T00:00:00Z","attemptCount":2,"httpStatus":503,
			"responseBodyExcerpt":"<html>","errorMessage":"slow","nextRetryAt":"2026-01-03T00:00:00Z",
			"deliveredAt":"2026-01-04T00:00:00Z","signatureHeader":"t=1,v1=a"}`,
			enfinitos.Delivery{
				ID: "dlv_1", SubscriptionID: "whs_1", DeveloperID: "dev_1", Status: "failed", Payload: `{"a":1}`,
				FirstAttemptedAt: "2026-01-01T00:00:00Z", LastAttemptedAt: "2026-01-02T00:00:00Z", AttemptCount: some(int64(2)),
				HTTPStatus: some(int64(503)), ResponseBodyExcerpt: "<html>", ErrorMessage: "slow", NextRetryAt: "2026-01-03T00:00:00Z",
				DeliveredAt: "2026-01-04T00:00:00Z", SignatureHeader: "t=1,v1=a",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, map[string]http.HandlerFunc{
				deliveries: holds(`{"deliveries":[` + test.body + `]}`),
				"POST /v1/webhooks/whs_1/deliveries/dlv_1/replay": holds(`{"replay":{"ok":true},"delivery":` + test.body + `}`),
			})
			listed, err := collect(a.client(t).ListDeliveries(t.Context(), "whs_1", "", 0))
			if diff := cmp.Diff([]*enfinitos.Delivery{&test.want}, listed); diff != "" || err != nil {
				t.Errorf("listed: %v (-want +got):\n%s", err, diff)
			}
			replayed, err := a.client(t).ReplayDelivery(t.Context(), "whs_1", "dlv_1")
			if diff := cmp.Diff(test.want, replayed.Delivery); diff != "" || err != nil {
				t.Errorf("replayed: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// cursors are the ends of a page, and what the next page is asked for by; nothing where there is none.
var cursors = map[string]string{
	`,"nextCursor":50`:     "50",
	`,"nextCursor":0`:      "0",
	`,"nextCursor":"ü&?#"`: "ü&?#",
	`,"nextCursor":null`:   "",
	`,"nextCursor":""`:     "",
	``:                     "",
}

func TestCursors(t *testing.T) {
	t.Parallel()
	for end, want := range cursors {
		var asked []string
		a := serve(t, map[string]http.HandlerFunc{deliveries: func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.Query().Get("cursor"))
			body := `{"deliveries":[{"deliveryId":"dlv_1"}]` + end + `}`
			if len(asked) == 2 {
				body = `{"deliveries":[{"deliveryId":"dlv_2"}],"nextCursor":null}`
			}
			holds(body)(w, r)
		}})
		got, err := collect(a.client(t).ListDeliveries(t.Context(), "whs_1", "", 0))
		calls := []string{""}
		if want != "" {
			calls = append(calls, want)
		}
		if diff := cmp.Diff(calls, asked); diff != "" || err != nil || len(got) != len(calls) {
			t.Errorf("%s: %d deliveries, %v (-want +got):\n%s", end, len(got), err, diff)
		}
	}
}

func TestListEndsWithAnError(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	id := s.Enfinitos.Register(example)
	for range 3 {
		s.Enfinitos.AddDelivery(state.Delivery{SubscriptionID: id})
	}
	fault(t, s, sandbox.Fault{Path: "/v1/webhooks/*/deliveries", Skip: 1, Effect: sandbox.Status, Status: 403})
	items, errors := 0, 0
	for delivery, err := range at(t, s).ListDeliveries(t.Context(), id, "", 2) {
		switch {
		case err == nil && errors == 0:
			items++
		case enfinitos.Status(err) == 403 && delivery == nil:
			errors++
		default:
			t.Errorf("the sequence has %v, %v", delivery, err)
		}
	}
	if items != 2 || errors != 1 {
		t.Errorf("there are %d deliveries and %d errors", items, errors)
	}
	if _, err := collect(at(t, s).ListDeliveries(t.Context(), "whs_none", "", 2)); enfinitos.Status(err) != 403 {
		t.Errorf("of no subscription it ends in %v", err)
	}
}

// received returns a subscription whose receiver answers 200.
func received(t *testing.T) state.Subscription {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	return state.Subscription{URL: server.URL, Events: example.Events, Label: example.Label}
}

func TestReplayDelivery(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	client := at(t, s)
	id := s.Enfinitos.Register(received(t))
	delivery := s.Enfinitos.AddDelivery(state.Delivery{SubscriptionID: id, Status: state.DeadLettered, Attempts: 5})
	for _, failure := range []string{"connection refused", ""} {
		s.Enfinitos.FailReplays(failure)
		got, err := client.ReplayDelivery(t.Context(), id, delivery)
		if err != nil || *got.Replay.OK.Value != (failure == "") || got.Replay.ErrorMessage != failure || got.Delivery.ID != delivery {
			t.Errorf("failing with %q it is %+v, %v", failure, got, err)
		}
		if wanted := map[bool]string{true: "delivered", false: "dead_lettered"}[failure == ""]; got.Delivery.Status != wanted {
			t.Errorf("failing with %q the delivery is %s, want %s", failure, got.Delivery.Status, wanted)
		}
	}
	call := "POST /v1/webhooks/" + id + "/deliveries/" + delivery + "/replay" // without a body
	if diff := cmp.Diff([]string{call, call}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	for _, ids := range [][2]string{{id, "dlv_none"}, {"whs_none", delivery}} {
		if _, err := client.ReplayDelivery(t.Context(), ids[0], ids[1]); enfinitos.Status(err) != 404 {
			t.Errorf("%q: it ends in %v", ids, err)
		}
	}
}

func TestProcessDue(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	client := at(t, s)
	id := s.Enfinitos.Register(received(t))
	for range 3 {
		s.Enfinitos.AddDelivery(state.Delivery{SubscriptionID: id, Status: state.Failed, NextRetry: now})
	}
	first, err1 := client.ProcessDue(t.Context(), 2)
	second, err2 := client.ProcessDue(t.Context(), 50)
	want := []enfinitos.DrainResult{{Processed: some(int64(2)), Delivered: 2, BatchLimit: 2}, {Processed: some(int64(1)), Delivered: 1, BatchLimit: 50}}
	if diff := cmp.Diff(want, []enfinitos.DrainResult{first, second}); diff != "" || err1 != nil || err2 != nil {
		t.Errorf("%v, %v (-want +got):\n%s", err1, err2, diff)
	}
	const call = "POST /v1/webhooks/deliveries/process-due "
	if diff := cmp.Diff([]string{call + `{"limit":2}`, call + `{"limit":50}`}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	for _, limit := range []int64{0, 51} {
		if _, err := client.ProcessDue(t.Context(), limit); enfinitos.Status(err) != 400 {
			t.Errorf("a limit of %d ends in %v", limit, err)
		}
	}
}
