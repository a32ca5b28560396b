package tfenfinitos

import (
	"cmp"
	"strconv"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// EnfinitOS documents so many attempts, and gaps of 30 seconds, 2 minutes, 10 minutes and 1 hour between them, with a jitter.
// So the last one is made about this long after the first.
const (
	maxAttempts = 5
	lastAttempt = 30*time.Second + 2*time.Minute + 10*time.Minute + time.Hour
)

// outcome says what became of a delivery until now. The status decides. Without one that is known, the result, the next retry
// and the number of attempts decide, and where the API reports none of them, the documented schedule does.
func outcome(api *enfinitos.Delivery, now time.Time) tfwebhook.Delivery {
	first, last, delivered := parse(api.FirstAttemptedAt), parse(api.LastAttemptedAt), parse(api.DeliveredAt)
	out := tfwebhook.Delivery{First: cmp.Or(first, last, delivered), Last: cmp.Or(last, delivered, first), Fate: fate(api)}
	if out.Fate == tfwebhook.Unclear && !out.First.IsZero() {
		out.Await(out.First.Add(lastAttempt), false, now)
	}
	status := ""
	if api.HTTPStatus.Value != nil {
		status = strconv.FormatInt(*api.HTTPStatus.Value, 10)
	}
	switch failure := tfwebhook.Failure(status, api.ErrorMessage); {
	case out.Fate == tfwebhook.Delivered:
		out.DeliveredAt = cmp.Or(delivered, out.Last)
	case failure != "":
		out.FailedAt, out.Error = out.Last, failure
	}
	return out
}

// fate returns what the API reports, Unclear if it is nothing.
func fate(api *enfinitos.Delivery) tfwebhook.Fate {
	attempts, result := api.AttemptCount.Value, api.HTTPStatus.Value
	spent := attempts != nil && *attempts >= maxAttempts && api.NextRetryAt == ""
	switch {
	case api.Status == "delivered":
		return tfwebhook.Delivered
	case api.Status == "dead_lettered", api.Status == "failed" && spent:
		return tfwebhook.Lost
	case api.Status == "queued", api.Status == "failed":
		return tfwebhook.Pending
	case api.DeliveredAt != "", result != nil && *result/100 == 2:
		return tfwebhook.Delivered
	case spent:
		return tfwebhook.Lost
	case attempts != nil, api.NextRetryAt != "":
		return tfwebhook.Pending
	}
	return tfwebhook.Unclear
}

// isBefore reports that even the last scheduled attempt of a delivery was made before a time.
func isBefore(d tfwebhook.Delivery, at time.Time) bool {
	return !d.First.IsZero() && d.First.Add(lastAttempt+tfwebhook.Late).Before(at)
}

// parse returns a time of the API, zero if it is absent or cannot be read.
func parse(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}
