package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// What stands for a secret is no secret.
func TestSecretMasked(t *testing.T) {
	t.Parallel()
	for _, mask := range []string{
		"", " ", "********", "whs-****************", "whs-••••", "whs-Ab3…", "whs-...", "REDACTED", "[redacted]", "(hidden)", "<masked>",
		"{secret}", "whs-abcd####", "whs-" + strings.Repeat("x", 32), "whs-" + strings.Repeat("X", 8), "whs-00000000", "whs abc", "whs-abc\n",
	} {
		if got := secretOf(t, mask); got != "" {
			t.Errorf("%q is taken for a secret", got)
		}
	}
	for _, secret := range []httpapi.Secret{"whs-1r2kk5x2ftk4ilg3ucftgs7rzbjs1du8", "whs-xxXx0a000_b~", "other/kind+of==secret.v2"} {
		if got := secretOf(t, string(secret)); got != secret {
			t.Errorf("%q is read as %q", secret, got)
		}
	}
}

func secretOf(t *testing.T, text string) (out httpapi.Secret) {
	t.Helper()
	encoded, err := json.Marshal(text)
	if err == nil {
		err = json.Unmarshal(encoded, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}
