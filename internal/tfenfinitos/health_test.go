package tfenfinitos

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// Each history that EnfinitOS documents has the same verdict whether the API shows everything, omits the status as the vendor's
// samples do, or shows only times and the last result.
func TestVerdict(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		status   string
		attempts int
		last     time.Duration // after the first attempt
		result   int           // 0 for a receiver that did not answer
		retry    bool
		now      time.Duration
		want     tfwebhook.Fate
	}{
		"success at first":         {"delivered", 1, 0, 200, false, day, tfwebhook.Delivered},
		"success at third":         {"delivered", 3, 150 * time.Second, 204, false, day, tfwebhook.Delivered},
		"pending after the first":  {"failed", 1, 0, 500, true, 10 * time.Second, tfwebhook.Pending},
		"pending after the second": {"failed", 2, 30 * time.Second, 0, true, time.Minute, tfwebhook.Pending},
		"pending after the third":  {"failed", 3, 150 * time.Second, 302, true, 5 * time.Minute, tfwebhook.Pending},
		"pending after the fourth": {"failed", 4, 750 * time.Second, 500, true, time.Hour, tfwebhook.Pending},
		"lost":                     {"dead_lettered", 5, 4350 * time.Second, 500, false, day, tfwebhook.Lost},
		"resumed, then delivered":  {"delivered", 2, 10 * time.Hour, 200, false, day, tfwebhook.Delivered},
		"replayed":                 {"delivered", 6, 20 * time.Hour, 200, false, day, tfwebhook.Delivered},
		"replayed in vain":         {"dead_lettered", 6, 20 * time.Hour, 500, false, day, tfwebhook.Lost},
	} {
		at := func(since time.Duration) string { return began.Add(since).Format(`"2006-01-02T15:04:05.000Z"`) }
		bare := fmt.Sprintf(`"deliveryId": "dlv_1", "firstAttemptedAt": %s, "lastAttemptedAt": %s, "errorMessage": "refused"`, at(0), at(test.last))
		if test.result != 0 {
			bare += fmt.Sprintf(`, "httpStatus": %d`, test.result)
		}
		full := bare + fmt.Sprintf(`, "attemptCount": %d`, test.attempts)
		if test.retry {
			full += `, "nextRetryAt": ` + at(test.last+time.Minute)
		}
		for shape, text := range map[string]string{
			"full": full + `, "status": "` + test.status + `"`, "unknown status": full + `, "status": "on_hold"`, "no status": full, "bare": bare,
		} {
			got, want := judge(t, text, began.Add(test.now)), tfwebhook.Delivery{Fate: test.want, First: began, Last: began.Add(test.last)}
			if want.BySchedule = shape == "bare" && test.want != tfwebhook.Delivered; test.want == tfwebhook.Delivered {
				want.DeliveredAt = want.Last
			} else {
				want.FailedAt, want.Error, want.LostAt = want.Last, got.Error, got.LostAt
			}
			if diff := cmp.Diff(want, got); diff != "" || strings.HasSuffix(got.Error, "refused") == (test.want == tfwebhook.Delivered) {
				t.Errorf("%s, %s, error %q (-want +got):\n%s", name, shape, got.Error, diff)
			}
		}
	}
}

const day = 24 * time.Hour

func judge(t *testing.T, fields string, now time.Time) tfwebhook.Delivery {
	t.Helper()
	var delivery enfinitos.Delivery
	if err := json.Unmarshal([]byte("{"+fields+"}"), &delivery); err != nil {
		t.Fatal(err)
	}
	return outcome(&delivery, now)
}

// What the API says decides: a paused subscription keeps its deliveries, whatever the schedule says.
func TestVerdictOnOddAnswers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 10, 0, 0, 0, 0, time.UTC)
	const old = `"firstAttemptedAt": "2026-10-01T00:00:00Z"`
	for fields, want := range map[string]tfwebhook.Fate{
		`"status": "queued"`:                                                tfwebhook.Pending,
		`"status": "failed", "attemptCount": 1, ` + old:                     tfwebhook.Pending, // paused
		`"status": "failed", "attemptCount": 5, ` + old:                     tfwebhook.Lost,
		`"status": "failed", "attemptCount": 6, "nextRetryAt": "x", ` + old: tfwebhook.Pending, // replayed in vain meanwhile
		`"attemptCount": 0`:                                                 tfwebhook.Pending,
		`"deliveredAt": "2026-10-01T00:00:00Z"`:                             tfwebhook.Delivered,
		`"status": "dead_lettered", "httpStatus": 200, ` + old:              tfwebhook.Lost,
		`"httpStatus": 500`:                                                 tfwebhook.Unclear,
		old:                                                                 tfwebhook.Lost,
	} {
		if got := judge(t, fields, now); got.Fate != want {
			t.Errorf("%s: it is %+v, want %d", fields, got, want)
		}
	}
}
