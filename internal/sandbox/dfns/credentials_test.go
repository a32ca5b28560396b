package dfns_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	secp256k1ecdsa "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// A secp256k1 key pair made with OpenSSL, because crypto/x509 can write neither half. It guards nothing.
const (
	secp256k1Scalar = "2c3bc7068f5056ae7c2e8f26d56a8fe95ebc47b1ed0a92621182e55588a3d0c5"
	secp256k1Public = `-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAESzz1RuchBPX6hcWA3DyLSXZhKU9YI4GJ
cPDr3UUkQnj15gsNYkDujDWx9dIKfd7M2nlJEWI3de03qUO2DK+aiA==
-----END PUBLIC KEY-----
`
)

func must[T any](t *testing.T) func(T, error) T {
	return func(out T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func newEd25519(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	return ed25519.NewKeyFromSeed(must[[]byte](t)(hex.DecodeString(strings.Repeat("5a", 32))))
}

func signEd25519(key ed25519.PrivateKey) func([]byte) []byte {
	return func(message []byte) []byte { return ed25519.Sign(key, message) }
}

func publicPEM(t *testing.T, key crypto.PublicKey) string {
	t.Helper()
	der := must[[]byte](t)(x509.MarshalPKIXPublicKey(key))
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// pair is a public key as it is registered, and what signs with the private one.
type pair struct {
	public string
	sign   func(message []byte) []byte
}

func ed25519Pair(t *testing.T) pair {
	key := newEd25519(t)
	return pair{publicPEM(t, key.Public()), signEd25519(key)}
}

func p256Pair(t *testing.T) pair {
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return pair{publicPEM(t, key.Public()), func(message []byte) []byte {
		digest := sha256.Sum256(message)
		return must[[]byte](t)(ecdsa.SignASN1(rand.Reader, key, digest[:]))
	}}
}

func secp256k1Pair(t *testing.T) pair {
	key := secp256k1.PrivKeyFromBytes(must[[]byte](t)(hex.DecodeString(secp256k1Scalar)))
	return pair{secp256k1Public, func(message []byte) []byte {
		digest := sha256.Sum256(message)
		return secp256k1ecdsa.Sign(key, digest[:]).Serialize()
	}}
}

func rsaPair(t *testing.T) pair {
	key := must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048))
	return pair{publicPEM(t, key.Public()), func(message []byte) []byte {
		digest := sha256.Sum256(message)
		return must[[]byte](t)(rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:]))
	}}
}

func (a *api) addCredential(id, public string) reply {
	a.t.Helper()
	return a.control("/_sandbox/credentials", sandboxtest.Encode(a.t, map[string]string{"id": id, "public_key": public}))
}

var keyTypes = map[string]func(*testing.T) pair{
	"Ed25519": ed25519Pair, "P-256": p256Pair, "secp256k1": secp256k1Pair, "RSA": rsaPair,
}

func TestKeyTypes(t *testing.T) {
	t.Parallel()
	for name, newPair := range keyTypes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, keys := start(t), newPair(t)
			sandboxtest.Same(t, a.addCredential("any-non-empty_ID", keys.public).status, 204)
			a.signer = signer{id: "any-non-empty_ID", sign: keys.sign}
			a.create("*")
			sandboxtest.Same(t, a.challenge("POST", "/webhooks", "").AllowCredentials.Key[1].ID, "any-non-empty_ID")
			for _, sign := range []func([]byte) []byte{
				func([]byte) []byte { return keys.sign([]byte("other")) },
				func([]byte) []byte { return []byte("nonsense") },
			} {
				completion := a.answerTo(a.challenge("POST", "/webhooks", minimal))
				completion.signer.sign = sign
				a.complete(completion).refused(401, "signature")
			}
		})
	}
}

func TestRefusedCredentials(t *testing.T) {
	t.Parallel()
	a := start(t)
	good := publicPEM(t, newEd25519(t).Public())
	p384 := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	x25519 := must[*ecdh.PrivateKey](t)(ecdh.X25519().GenerateKey(rand.Reader))
	for _, c := range []struct{ id, public, words string }{
		{"", good, "id is required"},
		{a.signer.id, good, "already"},
		{"cr-more", "", "PUBLIC KEY"},
		{"cr-more", "nonsense", "PUBLIC KEY"},
		{"cr-more", strings.ReplaceAll(good, "PUBLIC", "PRIVATE"), "PUBLIC KEY"},
		{"cr-more", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "parsed"},
		{"cr-more", publicPEM(t, p384.Public()), "neither"},
		{"cr-more", publicPEM(t, x25519.Public()), "neither"},
		{"cr-more", publicPEM(t, shortRSA(t)), "neither"},
	} {
		a.addCredential(c.id, c.public).refused(400, c.words)
	}
	a.control("/_sandbox/credentials", "nonsense").refused(400, "")
	sandboxtest.Same(t, len(a.challenge("POST", "/webhooks", "").AllowCredentials.Key), 1)
}

func shortRSA(t *testing.T) crypto.PublicKey {
	t.Helper()
	return must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 1024)).Public()
}

// TestTokenNamesTheOrganization holds because the official SDKs refuse a token without this claim.
func TestTokenNamesTheOrganization(t *testing.T) {
	t.Parallel()
	a := start(t)
	parts := strings.Split(a.token, ".")
	sandboxtest.Same(t, len(parts), 3)
	var claims map[string]any
	if err := json.Unmarshal(must[[]byte](t)(base64.RawURLEncoding.DecodeString(parts[1])), &claims); err != nil {
		t.Fatal(err)
	}
	metadata, _ := claims["https://custom/app_metadata"].(map[string]any)
	if id, _ := metadata["orgId"].(string); !strings.HasPrefix(id, "or-") {
		t.Errorf("the claims are %v", claims)
	}
}
