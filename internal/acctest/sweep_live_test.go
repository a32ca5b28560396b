//go:build live

package acctest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// TestLiveSweep is make sweep.
func TestLiveSweep(t *testing.T) {
	t.Parallel()
	for _, vendor := range acctest.Vendors {
		t.Run(vendor.Name(), func(t *testing.T) {
			t.Parallel()
			swept, err := acctest.Live(t, vendor).Sweep(t, vendor, time.Now())
			t.Logf("deleted or paused %d webhooks: %q", len(swept), swept)
			if errors.Is(err, acctest.ErrNoList) {
				t.Log(err)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
