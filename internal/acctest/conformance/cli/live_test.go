//go:build live

package cli_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// TestLive runs the life of a webhook with each account in the environment.
func TestLive(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			lifecycle(v, t, acctest.Live(t, v.Account))
		})
	}
}
