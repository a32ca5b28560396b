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
	for text, isSecret := range map[string]bool{
		"": false, " ": false, "********": false, "whs-••••": false, "whs-Ab3…": false, "whs-...": false, "REDACTED": false,
		"[redacted]": false, "(hidden)": false, "<masked>": false, "{secret}": false, "whs-abcd####": false,
		"whs-" + strings.Repeat("X", 6): false, "whs-000000": false, "whs abc": false, "whs-abc\n": false,
		"whs-1r2kk5x2ftk4ilg3ucftgs7rzbjs1du8": true, "whs-xxXxx0a00000_b~": true, "other/kind+of==secret.v2": true,
	} {
		encoded, _ := json.Marshal(text)
		var got httpapi.Secret
		if err := json.Unmarshal(encoded, &got); err != nil || (string(got) == text && text != "") != isSecret || !isSecret && got != "" {
			t.Errorf("%q is read as %q: %v", text, got, err)
		}
	}
}
