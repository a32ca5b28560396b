package tfwebhook_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	ago := func(hours int) time.Time { return now.Add(time.Duration(-hours) * time.Hour) }
	all := []tfwebhook.Delivery{
		{Fate: tfwebhook.Delivered, First: ago(40), Last: ago(30), DeliveredAt: ago(30)},
		{Fate: tfwebhook.Delivered, First: ago(30), Last: ago(23), DeliveredAt: ago(23), FailedAt: ago(29), Error: "500"},
		{Fate: tfwebhook.Pending, First: ago(5), Last: ago(3), FailedAt: ago(3), Error: "503: busy"},
		{Fate: tfwebhook.Pending, First: ago(8), Last: ago(6), FailedAt: ago(6), Error: "502"},
		{Fate: tfwebhook.Pending},
		{Fate: tfwebhook.Lost, First: ago(28), Last: ago(4), FailedAt: ago(4), Error: "501"},
		{Fate: tfwebhook.Lost, First: ago(62), Last: ago(60), LostAt: ago(25), FailedAt: ago(60), BySchedule: true},
		{Fate: tfwebhook.Unclear, Last: ago(26)},
		{Fate: tfwebhook.Delivered},
	}
	const times = `"2026-09-30T13:00:00Z" "2026-10-01T04:00:00Z" "503: busy" `
	for name, test := range map[string]struct {
		window     string // empty for the default of 24 hours
		deliveries []tfwebhook.Delivery
		readAll    bool
		want       string // delivered, pending, lost, last_delivered_at, oldest_pending_at, last_error, basis, complete
	}{
		"nothing":        {"", nil, true, "0 0 0 <null> <null> <null> <null> true"},
		"a day":          {"", all[:8], true, "1 3 1 " + times + `"api" true`},
		"two hours":      {"2h", all[:8], true, `0 3 0 <null> "2026-10-01T04:00:00Z" "503: busy" "api" true`},
		"two days":       {"48h", all[:7], true, "2 3 2 " + times + `"schedule" true`},
		"unclear":        {"48h", all[:8], true, "2 3 2 " + times + `"schedule" false`},
		"without a time": {"", all[8:], true, "0 0 0 <null> <null> <null> <null> false"},
		"not all read":   {"", all[:1], false, "0 0 0 <null> <null> <null> <null> false"},
	} {
		h := tfwebhook.Health{Window: tfwebhook.StringOrNull(test.window)}
		h.Count(test.deliveries, h.Since(now), test.readAll)
		got := fmt.Sprint(h.Delivered, h.Pending, h.Lost, h.LastDeliveredAt, h.OldestPendingAt, h.LastError, h.Basis, h.Complete)
		if got != test.want {
			t.Errorf("%s: it is\n%s, want\n%s", name, got, test.want)
		}
	}
}

// A window is a time span for which the vendors keep what they have delivered.
func TestWindow(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	const invalid = "Invalid Window: The value must be a duration longer than 0s and at most 744h (31 days): "
	for window, want := range map[string]string{
		"1m": "", "744h": "", "744h1s": invalid + "it is longer", "0s": invalid + "it is not longer than 0s", "-1h": invalid + "it is not longer than 0s",
		"31d": invalid + `its units are s, m and h, so write "744h"`, "24": invalid + `it has no unit, so write "24s"`,
		"": invalid + "its units are s, m and h. ", "0d": invalid + "its units are s, m and h. ", "-1": invalid + "its units are s, m and h. ",
	} {
		config := map[string]acctest.Value{"webhook_id": acctest.String("wh-1"), "window": acctest.String(window)}
		got := acctest.Text(provider.ValidateData("webhook_dfns_delivery_health", config))
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%q: %s, want %s", window, got, want)
		}
	}
}
