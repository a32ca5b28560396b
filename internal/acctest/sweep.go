package acctest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// minimumAge protects the webhooks of a run in progress from a sweep.
const minimumAge = time.Hour

// ErrNoList reports that the webhooks to sweep cannot be listed.
var ErrNoList = errors.New("this API has no call to list its webhooks")

// Swept is what a sweep needs of a vendor's client.
type Swept interface {
	// List returns all webhooks of an account, or ErrNoList.
	List(ctx context.Context) ([]Candidate, error)
	Delete(ctx context.Context, id string) error
}

// Candidate is a webhook of any vendor in a sweep.
type Candidate struct{ ID, URL, Name, Created string }

// leftover reports whether a live test made the webhook long ago. In doubt it belongs to somebody else.
func (c Candidate) leftover(now time.Time) bool {
	created, err := time.Parse(time.RFC3339, c.Created)
	return err == nil && now.Sub(created) > minimumAge &&
		strings.HasPrefix(c.URL, receivers+NamePrefix) && (c.Name == "" || strings.HasPrefix(c.Name, NamePrefix))
}

// Sweep deletes the webhooks that killed runs of the live tests have left in an account, and returns their ids. It continues after a
// failure: one webhook that cannot be deleted must not protect the others.
func Sweep(ctx context.Context, account Swept, now time.Time) (swept []string, err error) {
	all, err := account.List(ctx)
	for _, found := range all {
		if !found.leftover(now) {
			continue
		}
		if failed := account.Delete(ctx, found.ID); failed != nil && !httpapi.IsNotFound(failed) {
			err = errors.Join(err, fmt.Errorf("sweeping %s: %w", found.ID, failed))
			continue
		}
		swept = append(swept, found.ID)
	}
	return swept, err
}
