//go:build live

package cli_test

import (
	"errors"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// TestLive runs the life of a webhook with each account in the environment.
func TestLive(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			lifecycle(v, t, acctest.Live(t, v.Account, accounts()))
		})
	}
}

// TestLiveSweep is make sweep.
func TestLiveSweep(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			swept, err := acctest.Sweep(t.Context(), v.Client(t, acctest.Live(t, v.Account, accounts())), time.Now())
			t.Logf("deleted %d webhooks: %q", len(swept), swept)
			if errors.Is(err, acctest.ErrNoList) {
				t.Log(err)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// accounts are those of all vendors.
func accounts() (out []acctest.Account) {
	for _, v := range Vendors {
		out = append(out, v.Account)
	}
	return out
}
