package tfdfns

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// try is an attempt, its result, and when the API says that the next one is due, counted from the first.
type try struct {
	at     time.Duration
	status string
	next   time.Duration
}

const (
	min12 = 12 * time.Minute
	day   = 24 * time.Hour
)

var began = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// shapes are how the API may show the attempts of an event: with the fields of the prose, where a retry names the first attempt or the
// one before, and with those of the schema alone.
var shapes = map[string]func(number int, next time.Duration, event *dfns.WebhookEvent){
	"names the first": func(number int, next time.Duration, event *dfns.WebhookEvent) { numbered(number, next, event, "whe-0") },
	"names the one before": func(number int, next time.Duration, event *dfns.WebhookEvent) {
		numbered(number, next, event, fmt.Sprintf("whe-%d", number-2))
	},
	"bare": func(int, time.Duration, *dfns.WebhookEvent) {},
}

func numbered(number int, next time.Duration, event *dfns.WebhookEvent, retryOf string) {
	text := fmt.Sprintf(`{"deliveryAttempt": %d, "deliveryFailed": %t}`, number, event.Status != "200")
	if err := json.Unmarshal([]byte(text), event); err != nil {
		panic(err)
	}
	if number > 1 {
		event.RetryOf = retryOf
	}
	if next > 0 {
		event.NextAttemptDate = began.Add(next).Format("2006-01-02T15:04:05.000Z")
	}
}

// Each history that Dfns documents has the same verdict in every shape and in every order of the list.
func TestVerdict(t *testing.T) {
	t.Parallel()
	failures := []try{
		{0, "500", time.Minute}, {time.Minute, "ECONNREFUSED", min12}, {min12, "302", 2 * time.Hour}, {2 * time.Hour, "201", day}, {day, "500", 0},
	}
	after := func(count int, further ...try) []try { return append(slices.Clone(failures[:count]), further...) }
	for name, test := range map[string]struct {
		tries []try
		now   time.Duration
		want  tfwebhook.Fate
		basis string // where the API says what the prose promises; elsewhere it is the schedule
	}{
		"success at first":         {[]try{{0, "200", 0}}, time.Hour, tfwebhook.Delivered, ""},
		"pending after the first":  {after(1), 30 * time.Second, tfwebhook.Pending, "api"},
		"pending after the fourth": {after(4), 20 * time.Hour, tfwebhook.Pending, "api"},
		"a little overdue":         {after(1), time.Hour, tfwebhook.Pending, "api"},
		"lost":                     {after(5), day, tfwebhook.Lost, "api"},
		"disabled at the second":   {after(1), 2 * time.Hour, tfwebhook.Lost, "schedule"},
		"disabled at the last":     {after(4), day + 2*time.Hour, tfwebhook.Lost, "schedule"},
		"enabled again in time":    {after(3, try{2 * time.Hour, "200", 0}), 3 * time.Hour, tfwebhook.Delivered, ""},
		"late attempts":            {[]try{{0, "500", 0}, {15 * time.Minute, "500", 2 * time.Hour}}, 100 * time.Minute, tfwebhook.Pending, "api"},
		"a sandbox's faster time":  {[]try{{0, "500", 1}, {0, "500", 1}, {0, "500", 1}, {0, "500", 1}, {0, "500", 0}}, time.Minute, tfwebhook.Lost, "api"},
		"replayed":                 {after(5, try{2 * day, "200", 0}), 3 * day, tfwebhook.Delivered, ""},
		"a failed duplicate":       {[]try{{0, "200", 0}, {1, "500", 0}}, time.Hour, tfwebhook.Delivered, ""},
	} {
		for shape, show := range shapes {
			attempts := []*dfns.WebhookEvent{ // another event of the same moment, and one of the same content at another time
				{ID: "whe-a", Date: "d", Kind: "key.created", Data: []byte(`{"key": 2}`), Status: "200", TimestampSent: began.Unix()},
				{ID: "whe-b", Date: "e", Kind: "key.created", Data: []byte(`{"key": 1}`), Status: "200", TimestampSent: began.Unix()},
			}
			for i, try := range test.tries {
				attempt := &dfns.WebhookEvent{
					ID: fmt.Sprintf("whe-%d", i), Date: "d", Kind: "key.created", Data: []byte([]string{`{"key":1}`, `{ "key": 1 }`}[i%2]),
					Status: try.status, TimestampSent: began.Add(try.at).Unix(),
				}
				show(i+1, try.next, attempt)
				attempts = append(attempts, attempt)
			}
			for range 2 {
				slices.Reverse(attempts)
				var got tfwebhook.Health
				found := deliveries(attempts, began.Add(test.now))
				got.Count(found, began.Add(-time.Hour), true)
				count := map[tfwebhook.Fate]int64{tfwebhook.Delivered: 2}
				count[test.want]++
				want := []any{count[tfwebhook.Delivered], count[tfwebhook.Pending], count[tfwebhook.Lost], test.basis, true}
				if shape == "bare" && test.basis != "" {
					want[3] = "schedule"
				}
				verdict := []any{got.Delivered.ValueInt64(), got.Pending.ValueInt64(), got.Lost.ValueInt64(), got.Basis.ValueString(), got.Complete.ValueBool()}
				if diff := cmp.Diff(want, verdict); diff != "" {
					t.Errorf("%s, %s: delivered, pending, lost, basis, complete (-want +got):\n%s", name, shape, diff)
				}
			}
		}
	}
}

// What the API says decides, and what it does not say makes the verdict incomplete.
func TestVerdictOnOddAnswers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]tfwebhook.Fate{
		`"id": "1", "status": "500", "timestampSent": 1, "deliveryAttempt": 1`:      tfwebhook.Lost, // no next attempt
		`"id": "1", "status": "500", "timestampSent": 1, "nextAttemptDate": "soon"`: tfwebhook.Pending,
		`"id": "1", "status": "500", "timestampSent": 1, "deliveryFailed": false`:   tfwebhook.Delivered,
		`"id": "1", "status": "200", "timestampSent": 1, "deliveryFailed": "true"`:  tfwebhook.Pending,
		`"id": "1", "status": "200", "timestampSent": 1, "retryOf": "1"`:            tfwebhook.Delivered,
		`"id": "1", "status": "500"`:          tfwebhook.Unclear,
		`"id": "1", "timestampSent": 1`:       tfwebhook.Unclear,
		`"status": "200", "timestampSent": 1`: tfwebhook.Unclear,
	} {
		var attempt dfns.WebhookEvent
		if err := json.Unmarshal([]byte("{"+text+"}"), &attempt); err != nil {
			t.Fatal(err)
		}
		got := deliveries([]*dfns.WebhookEvent{&attempt}, time.Unix(30, 0))
		if len(got) != 1 || got[0].Fate != want {
			t.Errorf("%s: it is %+v, want %d", text, got, want)
		}
	}
}
