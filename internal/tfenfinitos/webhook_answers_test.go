package tfenfinitos_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// A rotation is told to those who hold the secret that no longer signs, and to nobody else.
func TestRotationWarning(t *testing.T) {
	t.Parallel()
	const known, later = "2026-10-01T12:00:00Z", "2026-10-02T12:00:00Z"
	for name, test := range map[string]struct {
		held          bool
		state, server string
		warns         bool
	}{
		"rotated since":                  {true, known, later, true},
		"rotated for the first time":     {true, "", later, true},
		"as known":                       {true, known, known, false},
		"the API does not tell any more": {true, known, "", false},
		"an imported one":                {false, known, later, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			id := register(env)
			rotated := strings.Replace(strconv.Quote(test.server), `""`, "null", 1)
			inject(t, env, sandbox.Fault{Method: "GET", Effect: "patch", Patch: json.RawMessage(`{"data":{"subscription":{"secretLastRotatedAt":` + rotated + `}}}`)})()
			provider := configured(t, env)
			attributes := state(id)
			if test.state != "" {
				attributes["secret_last_rotated_at"] = acctest.String(test.state)
			}
			if !test.held {
				delete(attributes, "secret")
			}
			got := acctest.Text(provider.Read("webhook_enfinitos", attributes))
			if strings.Contains(got, "Rotated Outside") != test.warns || !test.warns && got != "" {
				t.Errorf("got %q", got)
			}
		})
	}
}
