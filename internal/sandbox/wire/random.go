package wire

import "math/rand/v2"

// Text returns n characters of an alphabet of digits and lower-case letters.
func Text(random *rand.ChaCha8, n int) string {
	const alphabet = "0123456789abcdefghijklmnopqrstuv"
	out := Bytes(random, n)
	for i := range out {
		out[i] = alphabet[int(out[i])%len(alphabet)]
	}
	return string(out)
}

// Bytes returns n bytes.
func Bytes(random *rand.ChaCha8, n int) []byte {
	out := make([]byte, n)
	_, _ = random.Read(out) // never fails, as its documentation says
	return out
}
