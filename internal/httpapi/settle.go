package httpapi

import (
	"context"
	"time"
)

// SettleTime is the one assumption about time: what an API has carried out, its reads and lists show within this time. It is
// counted from this client's own last sending. No other duration decides what is done or said.
const SettleTime = 20 * time.Second

// UntilSettled waits until reads must show what the API carried out at a time. It fails immediately if the context would end
// before that.
func (c *Client) UntilSettled(ctx context.Context, carriedOut time.Time) error {
	pause := min(c.config.SettleTime, time.Until(carriedOut.Add(c.config.SettleTime)))
	return waitUntil(ctx, time.Now().Add(pause), "the API's reads may be out of date for another")
}

// dateOf reads the date of an object. Of a date that cannot be read, it assumes that it is now.
func dateOf(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime} {
		if date, err := time.Parse(layout, text); err == nil {
			return date
		}
	}
	return time.Now()
}
