package enfinitos_test

import (
	"fmt"
	"maps"
	"regexp"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

var deliveryID = regexp.MustCompile(`^dlv_[a-z0-9]{20}$`)

// page asks for a part of the deliveries of a subscription and returns their ids, the next cursor and the total.
func (a *api) page(id, query string) (ids []string, next, total any) {
	a.t.Helper()
	data := a.send("GET /v1/webhooks/"+id+"/deliveries"+query, "").ok()
	ids = []string{}
	for _, item := range data["deliveries"].([]any) {
		ids = append(ids, item.(map[string]any)["deliveryId"].(string))
	}
	sandboxtest.Same(a.t, len(data), 3)
	return ids, data["nextCursor"], data["total"]
}

func TestDelivery(t *testing.T) {
	t.Parallel()
	a, r := start(t, conventional), sandboxtest.Receive(t, 200)
	id, _ := a.subscribe(r, `"right.issued"`)
	a.clock.Move(time.Minute)
	a.issue(`{"right": {"id": "rgt_1"}}`)
	got := a.listed(id, "delivered", 1)
	if text, _ := got["deliveryId"].(string); !deliveryID.MatchString(text) {
		t.Errorf("the id is %v", got["deliveryId"])
	}
	subscription := a.send("GET /v1/webhooks/"+id, "").subscription()
	const then = "2026-01-02T03:05:05Z"
	sandboxtest.Same(t, subscription["lastDeliveredAt"], any(then))
	sandboxtest.Same(t, sandboxtest.Decode[map[string]any](t, got["payload"].(string)), map[string]any{
		"kind": "right.issued", "data": map[string]any{"right": map[string]any{"id": "rgt_1"}}, "occurredAt": then,
	})
	sandboxtest.Same(t, got, map[string]any{
		"deliveryId": got["deliveryId"], "subscriptionId": id, "developerId": subscription["developerId"], "status": "delivered",
		"payload": got["payload"], "firstAttemptedAt": then, "lastAttemptedAt": then, "attemptCount": 1.0, "httpStatus": 200.0,
		"responseBodyExcerpt": "so it goes", "errorMessage": nil, "nextRetryAt": nil, "deliveredAt": then,
		"signatureHeader": signature(r.Next(t)),
	})
}

func TestPendingDelivery(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	a.server.AddDelivery(enfinitos.Delivery{
		SubscriptionID: id, Status: enfinitos.Queued, Payload: "{}", Error: "no route", NextRetry: epoch.Add(time.Hour),
	})
	got := a.send("GET /v1/webhooks/"+id+"/deliveries", "").ok()["deliveries"].([]any)[0].(map[string]any)
	for name, want := range map[string]any{
		"status": "queued", "firstAttemptedAt": nil, "lastAttemptedAt": nil, "attemptCount": 0.0, "httpStatus": nil,
		"errorMessage": "no route", "nextRetryAt": "2026-01-02T04:04:05Z", "deliveredAt": nil,
	} {
		sandboxtest.Same(t, got[name], want)
	}
}

// deliver adds deliveries of one subscription and returns their ids, newest first.
func (a *api) deliver(id string, statuses ...string) (ids []string) {
	a.t.Helper()
	for _, status := range statuses {
		ids = append([]string{a.server.AddDelivery(enfinitos.Delivery{SubscriptionID: id, Status: status})}, ids...)
	}
	return ids
}

func TestDeliveriesAreFiltered(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, other, empty := a.create("*"), a.create("*"), a.create("*")
	ids := a.deliver(id, "queued", "delivered", "failed", "dead_lettered", "delivered")
	others := a.deliver(other, "delivered")
	tests := []struct {
		id, query string
		want      []string
	}{
		{id, "", ids},
		{id, "?status=", ids},
		{id, "?status=queued", ids[4:]},
		{id, "?status=delivered", []string{ids[0], ids[3]}},
		{id, "?status=failed", ids[2:3]},
		{id, "?status=dead_lettered", ids[1:2]},
		{other, "", others},
		{other, "?status=failed", []string{}},
		{empty, "", []string{}},
	}
	for _, test := range tests {
		got, next, total := a.page(test.id, test.query)
		sandboxtest.Same(t, got, test.want)
		sandboxtest.Same(t, []any{next, total}, []any{nil, float64(len(test.want))})
	}
	recorded := a.server.Deliveries()
	sandboxtest.Same(t, []string{recorded[0].ID, recorded[5].ID}, []string{ids[4], others[0]})
	recorded[0].Status = "changed"
	sandboxtest.Same(t, a.server.Deliveries()[0].Status, "queued")
}

func TestDeliveryPages(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	ids := a.deliver(id, "failed", "delivered", "failed", "failed", "failed")
	const most = "9223372036854775807"
	tests := []struct {
		query      string
		want       []string
		next, many any
	}{
		{"?limit=2", ids[:2], 2.0, 5.0},
		{"?limit=2&cursor=0", ids[:2], 2.0, 5.0},
		{"?limit=2&cursor=2", ids[2:4], 4.0, 5.0},
		{"?limit=2&cursor=4", ids[4:], nil, 5.0},
		{"?limit=2&cursor=3", ids[3:], nil, 5.0}, // a full last page
		{"?limit=5", ids, nil, 5.0},
		{"?cursor=5", []string{}, nil, 5.0},
		{"?cursor=500&limit=1", []string{}, nil, 5.0},
		{"?cursor=1&limit=" + most, ids[1:], nil, 5.0},
		{"?cursor=" + most + "&limit=" + most, []string{}, nil, 5.0},
		{"?status=failed&limit=3", []string{ids[0], ids[1], ids[2]}, 3.0, 4.0},
		{"?status=failed&limit=3&cursor=3", ids[4:], nil, 4.0},
	}
	for _, test := range tests {
		got, next, total := a.page(id, test.query)
		sandboxtest.Same(t, got, test.want)
		sandboxtest.Same(t, []any{test.query, next, total}, []any{test.query, test.next, test.many})
	}
}

func TestDefaultPage(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	for range 51 {
		a.deliver(id, "delivered")
	}
	got, next, total := a.page(id, "")
	sandboxtest.Same(t, []any{len(got), next, total}, []any{50, 50.0, 51.0})
	got, next, _ = a.page(id, "?limit=51")
	sandboxtest.Same(t, []any{len(got), next}, []any{51, nil})
}

func TestBadPages(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := "GET /v1/webhooks/" + a.create("*") + "/deliveries"
	for _, value := range []string{"0", "-1", "ten", "1.5", "9223372036854775808"} {
		a.send(path+"?limit="+value, "").refused(400, "limit")
	}
	for _, value := range []string{"-1", "ten", "1.5", "null"} {
		a.send(path+"?cursor="+value, "").refused(400, "cursor")
	}
	for _, value := range []string{"Failed", "pending", "*"} {
		a.send(path+"?status="+value, "").refused(400, "status must be one of")
	}
	a.send("GET /v1/webhooks/whs_none/deliveries", "").refused(404, "Subscription not found")
}

func TestFailingReplays(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, _ := a.subscribe(sandboxtest.Receive(t, 200), `"*"`)
	other := a.deliver(id, "failed")[0]
	delivery := a.server.AddDelivery(enfinitos.Delivery{
		SubscriptionID: id, Status: enfinitos.DeadLettered, Attempts: 5, HTTPStatus: 500, Error: "broken",
		First: epoch, Last: epoch, NextRetry: epoch,
	})
	call := "POST /v1/webhooks/" + id + "/deliveries/" + delivery + "/replay"
	a.clock.Move(time.Hour)

	a.server.FailReplays("still broken")
	data := a.send(call, "").ok()
	sandboxtest.Same(t, data["replay"], any(map[string]any{"ok": false, "errorMessage": "still broken"}))
	shown(t, data, map[string]any{
		"deliveryId": delivery, "subscriptionId": id, "status": "dead_lettered", "attemptCount": 6.0, "httpStatus": 500.0,
		"errorMessage": "still broken", "firstAttemptedAt": epochText, "lastAttemptedAt": "2026-01-02T04:04:05Z", "deliveredAt": nil,
	})

	a.server.FailReplays("")
	data = a.send(call, "").ok()
	sandboxtest.Same(t, data["replay"], any(map[string]any{"ok": true, "errorMessage": nil}))
	shown(t, data, map[string]any{
		"deliveryId": delivery, "status": "delivered", "attemptCount": 7.0, "httpStatus": 200.0, "errorMessage": nil,
		"deliveredAt": "2026-01-02T04:04:05Z", "nextRetryAt": nil,
	})
	sandboxtest.Same(t, len(data), 2)
	got, _, _ := a.page(id, "?status=failed")
	sandboxtest.Same(t, got, []string{other})
}

// shown compares some fields of the delivery in an answer.
func shown(t *testing.T, data, want map[string]any) {
	t.Helper()
	got := maps.Clone(data["delivery"].(map[string]any))
	maps.DeleteFunc(got, func(name string, _ any) bool { _, wanted := want[name]; return !wanted })
	sandboxtest.Same(t, got, want)
}

func TestReplayOfAnUnknownDelivery(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, other := a.create("*"), a.create("*")
	delivery := a.deliver(id, "failed")[0]
	for path, words := range map[string]string{
		other + "/deliveries/" + delivery:   "Delivery not found",
		id + "/deliveries/dlv_none":         "Delivery not found",
		"whs_none/deliveries/" + delivery:   "Subscription not found",
		"deliveries/deliveries/process-due": "Subscription not found",
	} {
		a.send("POST /v1/webhooks/"+path+"/replay", "").refused(404, words)
	}
	sandboxtest.Same(t, a.server.Deliveries()[0].Attempts, 0)
}

const processDue = "POST /v1/webhooks/deliveries/process-due"

func TestProcessDueBatches(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, _ := a.subscribe(sandboxtest.Receive(t, 200), `"*"`)
	due := func(status string, retry time.Time) {
		a.server.AddDelivery(enfinitos.Delivery{SubscriptionID: id, Status: status, Attempts: 1, HTTPStatus: 500, NextRetry: retry})
	}
	for range 12 {
		due(enfinitos.Failed, epoch)
	}
	due(enfinitos.Failed, epoch.Add(time.Second))
	due(enfinitos.Queued, epoch)
	due(enfinitos.Delivered, epoch)
	due(enfinitos.DeadLettered, epoch)

	for _, step := range []struct {
		body             string
		processed, limit int
	}{{`{"limit":1}`, 1, 1}, {``, 10, 10}, {`{}`, 1, 10}, {`{"limit":50}`, 0, 50}} {
		sandboxtest.Same(t, a.send(processDue, step.body).ok(), map[string]any{
			"processed": float64(step.processed), "delivered": float64(step.processed), "failed": 0.0, "deadLettered": 0.0,
			"batchLimit": float64(step.limit),
		})
	}
	a.clock.Move(time.Second)
	sandboxtest.Same(t, a.send(processDue, "").ok()["processed"], any(1.0))
	counts := map[string]int{}
	for _, delivery := range a.server.Deliveries() {
		counts[fmt.Sprintf("%s %d %t", delivery.Status, delivery.Attempts, delivery.NextRetry.IsZero())]++
	}
	sandboxtest.Same(t, counts, map[string]int{"delivered 2 true": 13, "queued 1 false": 1, "delivered 1 false": 1, "dead_lettered 1 false": 1})
}

func TestProcessDueLimits(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.create("*")
	a.deliver(id, "failed")
	for _, body := range []string{
		`{"limit":0}`, `{"limit":-1}`, `{"limit":51}`, `{"limit":1.5}`, `{"limit":"1"}`, `{"limit":null}`, `{"Limit":1}`,
		`{"limit":1,"more":1}`, `[]`, `null`, `{`,
	} {
		a.send(processDue, body).refused(400, "limit")
	}
	sandboxtest.Same(t, a.server.Deliveries()[0].Status, "failed")
	sandboxtest.Same(t, a.send(processDue, `{"limit":1}`).ok()["processed"], any(1.0))
}
