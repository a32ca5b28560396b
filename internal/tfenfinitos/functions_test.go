package tfenfinitos_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

func TestSignatureFunction(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	body := acctest.String(`{"a":1}`)
	// Computed with: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_0123
	got, err := provider.Call("enfinitos_signature", acctest.String("whsec_0123"), acctest.Number(1700000000), body)
	want := acctest.String("t=1700000000,v1=1a9d885d49d9ffca0910d910564325c28eb50173b0557e8f884bcfca744322c4")
	if err != nil || !got.Equal(want) {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err := provider.Call("enfinitos_signature", acctest.String("s"), acctest.Number(0), body); err != nil {
		t.Errorf("the first second of 1970: got %s, %v", got, err)
	}
	_, err = provider.Call("enfinitos_signature", acctest.String(""), acctest.Number(1), body)
	if err == nil || !strings.HasPrefix(err.Error(), "argument 0: The secret is empty") {
		t.Errorf("got %v", err)
	}
	for text, timestamp := range map[string]tftypes.Value{
		"is before 1970": acctest.Number(-1), "is not a whole number": tftypes.NewValue(tftypes.Number, 1.5),
		"is too large": tftypes.NewValue(tftypes.Number, 1e30),
	} {
		_, err = provider.Call("enfinitos_signature", acctest.String("s"), timestamp, body)
		if err == nil || !strings.HasPrefix(err.Error(), "argument 1: The timestamp "+text) {
			t.Errorf("got %v, want something about %q", err, text)
		}
	}
}

func TestEventKindsFunction(t *testing.T) {
	t.Parallel()
	got, err := acctest.NewProtocol(t, nil).Call("enfinitos_event_kinds", acctest.String("*.revoked"), acctest.String("right.re*"))
	if want := acctest.StringSet("key.revoked", "right.resumed", "right.revoked"); err != nil || !got.Equal(want) {
		t.Errorf("got %s, %v", got, err)
	}
}
