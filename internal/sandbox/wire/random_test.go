package wire_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

func source(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func TestTextAlphabet(t *testing.T) {
	t.Parallel()
	const alphabet = "0123456789abcdefghijklmnopqrstuv"
	text := wire.Text(source(1), 10_000)
	if len(text) != 10_000 || strings.Trim(text, alphabet) != "" {
		t.Errorf("there are %d characters, with others than %s among them: %q", len(text), alphabet, strings.Trim(text, alphabet))
	}
	for _, character := range alphabet {
		if count := strings.Count(text, string(character)); count < 200 || count > 450 { // 312.5 are expected
			t.Errorf("%q occurs %d times", character, count)
		}
	}
}

func TestTextLength(t *testing.T) {
	t.Parallel()
	random := source(1)
	for _, n := range []int{0, 1, 20, 40} {
		if text := wire.Text(random, n); len(text) != n {
			t.Errorf("%q has %d characters, want %d", text, len(text), n)
		}
	}
}

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
