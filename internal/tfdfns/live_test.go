//go:build live

package tfdfns_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// TestLive runs the cases at the account that the environment gives.
func TestLive(t *testing.T) {
	t.Parallel()
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, acctest.Live(t, acctest.AtDfns))
		})
	}
}
