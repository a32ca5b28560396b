package acctest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// minimumAge protects the webhooks of a run in progress from a sweep.
const minimumAge = time.Hour

// ErrNoList reports that the webhooks to sweep cannot be listed.
var ErrNoList = errors.New("this API has no call to list its webhooks")

// candidate is a webhook of any vendor in a sweep.
type candidate struct {
	id, url, name, created string
}

// leftover reports whether a live test made the webhook long ago. In doubt it belongs to somebody else.
func (c candidate) leftover(now time.Time) bool {
	created, err := time.Parse(time.RFC3339, c.created)
	return err == nil && now.Sub(created) > minimumAge &&
		strings.HasPrefix(c.url, receivers+NamePrefix) && (c.name == "" || strings.HasPrefix(c.name, NamePrefix))
}

// Sweep deletes the webhooks of a vendor that killed runs of the live tests have left, and returns their ids. It continues after a
// failure: one webhook that cannot be deleted must not protect the others.
func (e *Env) Sweep(t testing.TB, vendor Vendor, now time.Time) (swept []string, err error) {
	t.Helper()
	all, err := vendor.list(t, e)
	for _, found := range all {
		if !found.leftover(now) {
			continue
		}
		if failed := vendor.remove(t, e, found.id); failed != nil {
			err = errors.Join(err, fmt.Errorf("sweeping %s: %w", found.id, failed))
			continue
		}
		swept = append(swept, found.id)
	}
	return swept, err
}
