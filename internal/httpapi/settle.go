package httpapi

import (
	"context"
	"fmt"
	"time"
)

// SettleTime is the one assumption about time: what an API has carried out, its reads and lists show within this time. It is
// counted from this client's own last sending. No other duration decides what is done or said.
const SettleTime = 20 * time.Second

// UntilSettled waits until reads must show what the API carried out at a time. It fails immediately if the context would end
// before that.
func (c *Client) UntilSettled(ctx context.Context, carriedOut time.Time) error {
	pause := min(c.config.SettleTime, time.Until(carriedOut.Add(c.config.SettleTime)))
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
		return fmt.Errorf("the API's reads may be out of date for another %s, which is longer than this operation's timeout allows: %w",
			pause.Round(time.Second), context.DeadlineExceeded)
	}
	return wait(ctx, max(0, pause))
}

// UntilOld waits until an object is so old, by its own date, that reads must show it, and reports whether there was anything to
// wait for. Of a date that cannot be read, it assumes that it is now. An object without a date was only named, in an import.
func (c *Client) UntilOld(ctx context.Context, created string) (waited bool, err error) {
	if created == "" {
		return false, nil
	}
	at := time.Now()
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime} {
		if told, err := time.Parse(layout, created); err == nil {
			at = told
			break
		}
	}
	if time.Since(at) >= c.config.SettleTime {
		return false, nil
	}
	return true, c.UntilSettled(ctx, at)
}
