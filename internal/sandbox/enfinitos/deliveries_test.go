package enfinitos_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

var deliveryID = regexp.MustCompile(`^dlv_[a-z0-9]{20}$`)

// add records a delivery of a subscription, a failed one if it has no status, and returns its id.
func (a *api) add(id string, delivery enfinitos.Delivery) string {
	delivery.WebhookID = id
	if delivery.Status == "" {
		delivery.Status = enfinitos.Failed
	}
	return a.server.AddDelivery(delivery)
}

func (a *api) replay(id, delivery string) string {
	return "POST /v1/webhooks/" + id + "/deliveries/" + delivery + "/replay"
}

// TestDelivery has one delivery in every field, and one that is still to be made.
func TestDelivery(t *testing.T) {
	t.Parallel()
	a, r := start(t, conventional), sandboxtest.Receive(t, 200)
	id := a.create(r.URL)
	a.clock.Move(time.Minute)
	a.issue(`{"right": {"id": "rgt_1"}}`)
	got := a.listed(id, "delivered", 1)
	subscription := a.send("GET /v1/webhooks/"+id, "").ok()["subscription"].(map[string]any)
	const then = "2026-01-02T03:05:05Z"
	want := map[string]any{
		"deliveryId": got["deliveryId"], "subscriptionId": id, "developerId": subscription["developerId"], "status": "delivered",
		"payload": `{"data":{"right":{"id":"rgt_1"}},"kind":"right.issued","occurredAt":"` + then + `"}`, "firstAttemptedAt": then,
		"lastAttemptedAt": then, "attemptCount": 1.0, "httpStatus": 200.0, "responseBodyExcerpt": "so it goes", "errorMessage": nil,
		"nextRetryAt": nil, "deliveredAt": then, "signatureHeader": signature(r.Next(t)),
	}
	sandboxtest.Same(t, got, want)
	sandboxtest.Same(t, []any{subscription["lastDeliveredAt"], deliveryID.MatchString(got["deliveryId"].(string))}, []any{then, true})

	other := a.create(r.URL)
	a.add(other, enfinitos.Delivery{Status: enfinitos.Queued, Payload: "{}", Error: "no route", NextRetry: epoch.Add(time.Hour)})
	got = a.listed(other, "queued", 0)
	maps.Copy(want, map[string]any{
		"deliveryId": got["deliveryId"], "subscriptionId": other, "status": "queued", "payload": "{}", "firstAttemptedAt": nil,
		"lastAttemptedAt": nil, "attemptCount": 0.0, "httpStatus": nil, "responseBodyExcerpt": nil, "errorMessage": "no route",
		"nextRetryAt": "2026-01-02T04:04:05Z", "deliveredAt": nil, "signatureHeader": nil,
	})
	sandboxtest.Same(t, got, want)
}

func TestDeliveryPages(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, other := a.create("https://hooks.example.com/in"), a.create("https://hooks.example.com/in")
	var all []string // newest first
	for _, status := range []string{"queued", "delivered", "failed", "dead_lettered", "failed"} {
		all = slices.Insert(all, 0, a.add(id, enfinitos.Delivery{Status: status}))
	}
	a.add(other, enfinitos.Delivery{Status: "delivered"})
	const most = "9223372036854775807"
	for query, want := range map[string]struct {
		ids         []string
		next, total any
	}{
		"":                                     {all, nil, 5.0},
		"?status=":                             {all, nil, 5.0},
		"?status=queued":                       {all[4:], nil, 1.0},
		"?status=delivered":                    {all[3:4], nil, 1.0},
		"?status=dead_lettered":                {all[1:2], nil, 1.0},
		"?limit=2":                             {all[:2], 2.0, 5.0},
		"?limit=2&cursor=0":                    {all[:2], 2.0, 5.0},
		"?limit=2&cursor=2":                    {all[2:4], 4.0, 5.0},
		"?limit=2&cursor=4":                    {all[4:], nil, 5.0},
		"?limit=2&cursor=3":                    {all[3:], nil, 5.0}, // a full last page
		"?limit=5":                             {all, nil, 5.0},
		"?cursor=5":                            {nil, nil, 5.0},
		"?cursor=500&limit=1":                  {nil, nil, 5.0},
		"?cursor=1&limit=" + most:              {all[1:], nil, 5.0},
		"?cursor=" + most + "&limit=" + most:   {nil, nil, 5.0},
		"?status=failed&limit=1":               {all[:1], 1.0, 2.0},
		"?status=failed&limit=1&cursor=1":      {all[2:3], nil, 2.0},
		"?status=failed&limit=" + most + "&x=": {[]string{all[0], all[2]}, nil, 2.0},
	} {
		data := a.send("GET /v1/webhooks/"+id+"/deliveries"+query, "").ok()
		var ids []string
		for _, item := range data["deliveries"].([]any) {
			ids = append(ids, item.(map[string]any)["deliveryId"].(string))
		}
		sandboxtest.Same(t, []any{query, ids, data["nextCursor"], data["total"]}, []any{query, want.ids, want.next, want.total})
	}
	for range 49 {
		a.add(id, enfinitos.Delivery{})
	}
	data := a.send("GET /v1/webhooks/"+id+"/deliveries", "").ok()
	sandboxtest.Same(t, []any{len(data["deliveries"].([]any)), data["nextCursor"], data["total"]}, []any{50, 50.0, 54.0})
	recorded := a.server.Deliveries()
	sandboxtest.Same(t, []string{recorded[0].ID, recorded[4].ID}, []string{all[4], all[0]})
}

func TestFailingReplays(t *testing.T) {
	t.Parallel()
	a := start(t)
	id, other := a.create(sandboxtest.Receive(t, 200).URL), a.create("https://hooks.example.com/in")
	delivery := a.add(id, enfinitos.Delivery{
		Status: enfinitos.DeadLettered, Attempts: 5, HTTPStatus: 500, Error: "broken", First: epoch, Last: epoch, NextRetry: epoch,
	})
	a.clock.Move(time.Hour)
	a.send(a.replay(other, delivery), "").refused(404, "Delivery not found")
	a.server.FailReplays("still broken")
	shown(t, a.send(a.replay(id, delivery), "").ok(), map[string]any{"ok": false, "errorMessage": "still broken"}, map[string]any{
		"status": "dead_lettered", "attemptCount": 6.0, "httpStatus": 500.0, "errorMessage": "still broken",
		"lastAttemptedAt": "2026-01-02T04:04:05Z", "deliveredAt": nil, "nextRetryAt": epochText,
	})
	a.server.FailReplays("")
	shown(t, a.send(a.replay(id, delivery), "").ok(), map[string]any{"ok": true, "errorMessage": nil}, map[string]any{
		"deliveryId": delivery, "status": "delivered", "attemptCount": 7.0, "httpStatus": 200.0, "errorMessage": nil,
		"firstAttemptedAt": epochText, "deliveredAt": "2026-01-02T04:04:05Z", "nextRetryAt": nil,
	})
}

// shown compares the answer to a replay, and some fields of the delivery in it.
func shown(t *testing.T, data, replay, want map[string]any) {
	t.Helper()
	got := maps.Clone(data["delivery"].(map[string]any))
	maps.DeleteFunc(got, func(name string, _ any) bool { _, wanted := want[name]; return !wanted })
	sandboxtest.Same(t, []any{len(data), data["replay"], got}, []any{2, replay, want})
}
