package wire_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

func source(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func TestRandomIsDeterministic(t *testing.T) {
	t.Parallel()
	one, same, other := source(1), source(1), source(2)
	for range 3 {
		first, again, different := wire.Text(one, 20), wire.Text(same, 20), wire.Text(other, 20)
		if first != again || first == different {
			t.Errorf("the texts are %q, %q and, of another seed, %q", first, again, different)
		}
	}
	if first, next := wire.Text(one, 20), wire.Text(one, 20); first == next {
		t.Errorf("the same text %q comes twice", first)
	}
	if got := wire.Bytes(source(1), 40); len(got) != 40 || !bytes.Equal(got, wire.Bytes(source(1), 40)) {
		t.Errorf("the bytes are %x", got)
	}
}
