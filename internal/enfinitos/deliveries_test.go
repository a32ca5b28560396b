package enfinitos_test

import (
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

func TestListDeliveries(t *testing.T) {
	t.Parallel()
	s, client := start(t, false)
	id := s.Enfinitos.Register(example)
	var ids []string // newest first
	for i := range 120 {
		ids = append(ids, s.Enfinitos.AddDelivery(state.Delivery{WebhookID: id, Status: []string{state.Delivered, state.Failed}[i/110]}))
	}
	s.Enfinitos.AddDelivery(state.Delivery{WebhookID: s.Enfinitos.Register(example), Status: state.Failed})
	slices.Reverse(ids)
	for name, test := range map[string]struct {
		list       iter.Seq2[*enfinitos.Delivery, error]
		stop, want int
		queries    string
	}{
		"zero is the default":   {client.ListDeliveries(t.Context(), id, "", 0), 0, 120, "limit=50, cursor=50&limit=50, cursor=100&limit=50"},
		"exact multiple":        {client.ListDeliveries(t.Context(), id, "", 60), 0, 120, "limit=60, cursor=60&limit=60"},
		"the page's last":       {client.ListDeliveries(t.Context(), id, "", 50), 50, 50, "limit=50"},
		"the next page's first": {client.ListDeliveries(t.Context(), id, "", 50), 51, 51, "limit=50, cursor=50&limit=50"},
		"one status":            {client.ListDeliveries(t.Context(), id, "failed", 6), 0, 10, "limit=6&status=failed, cursor=6&limit=6&status=failed"},
		"recent":                {client.RecentDeliveries(t.Context(), id, 1), 0, 120, "limit=200"},
	} {
		for range 2 { // a sequence that is gone through again starts anew
			var got []string
			for delivery, err := range test.list {
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if got = append(got, delivery.ID); len(got) == test.stop {
					break
				}
			}
			want := strings.ReplaceAll("GET /v1/webhooks/ID/deliveries?"+test.queries, ", ", "\nGET /v1/webhooks/ID/deliveries?")
			if diff := cmp.Diff(strings.ReplaceAll(want, "ID", id), journal(s)); diff != "" || !slices.Equal(got, ids[:test.want]) {
				t.Errorf("%s: %q, with the calls (-want +got):\n%s", name, got, diff)
			}
		}
	}
}

// Every field is read, and what is odd or missing stays empty.
func TestDeliveryInAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]enfinitos.Delivery{
		`{"deliveryId":"dlv_1","subscriptionId":"whs_1","developerId":"dev_1","status":"failed","payload":"{\"a\":1}",
		"firstAttemptedAt":"2026-01-01T00:00:00Z","lastAttemptedAt":"2026-01-02T00:00:00Z","attemptCount":2,"httpStatus":503,
		"responseBodyExcerpt":"<html>","errorMessage":"slow","nextRetryAt":"2026-01-03T00:00:00Z",
		"deliveredAt":"2026-01-04T00:00:00Z","signatureHeader":"t=1,v1=a"}`: {
			ID: "dlv_1", SubscriptionID: "whs_1", DeveloperID: "dev_1", Status: "failed", Payload: `{"a":1}`,
			FirstAttemptedAt: "2026-01-01T00:00:00Z", LastAttemptedAt: "2026-01-02T00:00:00Z", AttemptCount: some(int64(2)),
			HTTPStatus: some(int64(503)), ResponseBodyExcerpt: "<html>", ErrorMessage: "slow", NextRetryAt: "2026-01-03T00:00:00Z",
			DeliveredAt: "2026-01-04T00:00:00Z", SignatureHeader: "t=1,v1=a",
		},
		`{"deliveryId":"dlv_1","developerId":null,"status":7,"attemptCount":0,"httpStatus":{},"next":{"a":[1]}}`: {ID: "dlv_1", AttemptCount: some(int64(0))},
	} {
		a := serve(t, map[string]http.HandlerFunc{
			routes["list"]:   holds(`{"deliveries":[` + body + `]}`),
			routes["replay"]: holds(`{"replay":{"ok":false,"errorMessage":"refused"},"delivery":` + body + `}`),
		})
		listed, err1 := collect(a.client(t).ListDeliveries(t.Context(), "whs_1", "", 0))
		replayed, err2 := a.client(t).ReplayDelivery(t.Context(), "whs_1", "dlv_1")
		result := enfinitos.ReplayResult{Delivery: want}
		result.Replay.OK, result.Replay.ErrorMessage = some(false), "refused"
		if diff := cmp.Diff([]any{[]*enfinitos.Delivery{&want}, result, nil, nil}, []any{listed, replayed, err1, err2}); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// A cursor of any type is passed on as it is, and a list ends without one.
func TestCursors(t *testing.T) {
	t.Parallel()
	for end, want := range map[string][]string{
		`,"nextCursor":0`: {"", "0"}, `,"nextCursor":"ü&?#\"\u003d"`: {"", `ü&?#"=`}, `,"nextCursor":null`: {""}, `,"nextCursor":""`: {""}, ``: {""},
	} {
		var asked []string
		a := serve(t, map[string]http.HandlerFunc{routes["list"]: func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.Query().Get("cursor"))
			body := `{"deliveries":[{"deliveryId":"dlv_1"}]` + end + `}`
			if len(asked) == 2 {
				body = `{"deliveries":[{"deliveryId":"dlv_2"}],"nextCursor":null}`
			}
			holds(body)(w, r)
		}})
		got, err := collect(a.client(t).ListDeliveries(t.Context(), "whs_1", "", 0))
		if diff := cmp.Diff(want, asked); diff != "" || err != nil || len(got) != len(want) {
			t.Errorf("%s: %d deliveries, %v (-want +got):\n%s", end, len(got), err, diff)
		}
	}
}

// A list ends with the first error, which says what is wrong with it.
func TestDeliveriesEndWithAnError(t *testing.T) {
	t.Parallel()
	for want, further := range map[string]string{
		"more than 3 pages":        `{"deliveries":[{"deliveryId":"dlv_%d"}],"nextCursor":%[1]d}`,
		"the answer is not a list": `{"deliveries":null,"nextCursor":%d}`,
	} {
		made := 0
		a := serve(t, map[string]http.HandlerFunc{routes["list"]: func(w http.ResponseWriter, r *http.Request) {
			made++
			page := `{"deliveries":[{"deliveryId":"dlv_%d"}],"nextCursor":%[1]d}`
			if made > 1 {
				page = further
			}
			holds(fmt.Sprintf(page, made))(w, r)
		}})
		got, err := collect(a.client(t).RecentDeliveries(t.Context(), "whs_1", 3))
		if err == nil || !strings.Contains(err.Error(), "/v1/webhooks/whs_1/deliveries: 200 OK: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("it ends in %v, want %s", err, want)
		}
		if cut := strings.HasPrefix(want, "more"); httpapi.IsCut(err) != cut || len(got) != map[bool]int{true: 3, false: 1}[cut] {
			t.Errorf("%d deliveries before %v", len(got), err)
		}
	}
}

func TestProcessDue(t *testing.T) {
	t.Parallel()
	var sent []byte
	a := serve(t, map[string]http.HandlerFunc{routes["process due"]: func(w http.ResponseWriter, r *http.Request) {
		sent, _ = io.ReadAll(r.Body)
		holds(`{"processed":10,"delivered":7,"failed":2,"deadLettered":1,"batchLimit":20}`)(w, r)
	}})
	got, err := a.client(t).ProcessDue(t.Context(), 20)
	want := enfinitos.DrainResult{Processed: some(int64(10)), Delivered: 7, Failed: 2, DeadLettered: 1, BatchLimit: 20}
	if diff := cmp.Diff(want, got); diff != "" || err != nil || string(sent) != `{"limit":20}` {
		t.Errorf("%s was sent: %v (-want +got):\n%s", sent, err, diff)
	}
}
