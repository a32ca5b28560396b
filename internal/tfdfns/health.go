package tfdfns

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// retries are the documented times of the attempts after the first, counted from that one.
var retries = []time.Duration{time.Minute, 12 * time.Minute, 2 * time.Hour, 24 * time.Hour}

// deliveries groups attempts, in whatever order, by their original event, and says what became of each event until now.
func deliveries(attempts []*dfns.WebhookEvent, now time.Time) (out []tfwebhook.Delivery) {
	origins := originals(attempts)
	groups, order := map[string][]*dfns.WebhookEvent{}, []string{}
	for _, attempt := range attempts {
		if attempt.ID == "" {
			out = append(out, tfwebhook.Delivery{Last: sent(attempt)})
			continue
		}
		origin := origins.of(attempt.ID)
		if groups[origin] == nil {
			order = append(order, origin)
		}
		groups[origin] = append(groups[origin], attempt)
	}
	for _, origin := range order {
		out = append(out, delivery(groups[origin], now))
	}
	return out
}

// links lead from the id of a retry to that of another attempt of the same event.
type links map[string]string

// originals links retries to what they retry. Where the API does not say it, the attempts of one event have its kind, date and
// data.
func originals(attempts []*dfns.WebhookEvent) links {
	out, first := links{}, map[string]string{}
	for _, attempt := range attempts {
		switch {
		case attempt.RetryOf != "":
			out[attempt.ID] = attempt.RetryOf
		case attempt.DeliveryAttempt.Value == nil:
			var data bytes.Buffer
			_ = json.Compact(&data, attempt.Data)
			content := attempt.Kind + " " + attempt.Date + " " + data.String()
			if first[content] == "" {
				first[content] = attempt.ID
			}
			out[attempt.ID] = first[content]
		}
	}
	return out
}

// of returns the id of the first attempt. It follows at most so many links as there are, because an API could link in a circle.
func (l links) of(id string) string {
	for range l {
		if l[id] == "" || l[id] == id {
			break
		}
		id = l[id]
	}
	return id
}

// delivery says what became of the event of these attempts. An attempt without a time or a result leaves it unclear.
func delivery(attempts []*dfns.WebhookEvent, now time.Time) tfwebhook.Delivery {
	slices.SortStableFunc(attempts, func(a, b *dfns.WebhookEvent) int {
		return cmp.Or(cmp.Compare(a.TimestampSent, b.TimestampSent), cmp.Compare(number(a), number(b)))
	})
	out := tfwebhook.Delivery{First: sent(attempts[0]), Last: sent(attempts[len(attempts)-1])}
	for _, attempt := range attempts {
		failed := attempt.Failed()
		switch {
		case failed == nil || attempt.TimestampSent <= 0:
			out.Fate = tfwebhook.Unclear
			return out
		case *failed:
			out.FailedAt, out.Error = sent(attempt), tfwebhook.Failure(attempt.Status, attempt.Error)
		default:
			out.DeliveredAt = sent(attempt)
		}
	}
	out.Fate = tfwebhook.Delivered
	if out.DeliveredAt.IsZero() {
		due, reported := nextAttempt(attempts)
		out.Await(due, reported, now)
	}
	return out
}

// nextAttempt returns when the attempt after these failed ones is due, zero if there will be none, and whether the API reports
// that. With the number of an attempt, Dfns reports no time if it was the last one.
func nextAttempt(attempts []*dfns.WebhookEvent) (due time.Time, reported bool) {
	first, last := attempts[0], attempts[len(attempts)-1]
	if due, err := time.Parse(time.RFC3339, last.NextAttemptDate); err == nil {
		return due, true
	}
	if last.NextAttemptDate == "" && last.DeliveryAttempt.Value != nil {
		return time.Time{}, true
	}
	for _, wait := range retries[min(len(attempts)-1, len(retries)):] {
		if due := sent(first).Add(wait); due.After(sent(last)) {
			return due, false
		}
	}
	return time.Time{}, false
}

func sent(attempt *dfns.WebhookEvent) time.Time {
	if attempt.TimestampSent <= 0 {
		return time.Time{}
	}
	return time.Unix(attempt.TimestampSent, 0)
}

func number(attempt *dfns.WebhookEvent) int64 {
	if attempt.DeliveryAttempt.Value == nil {
		return 0
	}
	return *attempt.DeliveryAttempt.Value
}
