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
	t.Run("Dfns", func(t *testing.T) {
		t.Parallel()
		env := acctest.Live(t, acctest.AtDfns)
		swept, err := env.SweepDfns(t.Context(), env.DfnsClient(t), time.Now())
		t.Logf("deleted %d webhooks: %q", len(swept), swept)
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("EnfinitOS", func(t *testing.T) {
		t.Parallel()
		env := acctest.Live(t, acctest.AtEnfinitos)
		swept, err := env.SweepEnfinitos(t.Context(), env.EnfinitosClient(t), time.Now())
		t.Logf("deleted or paused %d subscriptions: %q", len(swept), swept)
		if errors.Is(err, acctest.ErrNoList) {
			t.Log(err)
		} else if err != nil {
			t.Error(err)
		}
	})
}
