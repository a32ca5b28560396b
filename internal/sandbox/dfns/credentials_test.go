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

func publicPEM(key crypto.PublicKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(key))}))
}

func signSecp256k1(message []byte) []byte {
	digest := sha256.Sum256(message)
	return secp256k1ecdsa.Sign(secp256k1.PrivKeyFromBytes(must(hex.DecodeString(secp256k1Scalar))), digest[:]).Serialize()
}

func newEd25519() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

// addCredential makes the control call.
func (a *api) addCredential(body any) reply {
	a.t.Helper()
	return reply{sandboxtest.Serve(a.t.Context(), a.server.Control(), "POST /_sandbox/credentials", sandboxtest.Encode(a.t, body), nil), a.t}
}

func TestKeyTypes(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]crypto.Signer{
		"Ed25519": newEd25519(), "P-256": must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), "secp256k1": nil,
		"RSA": must(rsa.GenerateKey(rand.Reader, 2048)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			public, sign := secp256k1Public, signSecp256k1
			if key != nil {
				public, sign = publicPEM(key.Public()), signing(key)
			}
			sandboxtest.Same(t, a.addCredential(map[string]string{"id": "any-non-empty_ID", "public_key": public}).Status, 204)
			a.signer = signer{"any-non-empty_ID", sign}
			a.change("POST", "/webhooks", minimal).ok()
			sandboxtest.Same(t, a.challenge("POST", "/webhooks", "").AllowCredentials.Key[1].ID, "any-non-empty_ID")
			for _, wrong := range [][]byte{sign([]byte("other")), []byte("nonsense")} {
				completion := a.answerTo(a.challenge("POST", "/webhooks", minimal))
				completion.signer.sign = func([]byte) []byte { return wrong }
				a.complete(completion).refused(401, "signature")
			}
		})
	}
}

func TestRefusedCredentials(t *testing.T) {
	t.Parallel()
	a := start(t)
	good := publicPEM(newEd25519().Public())
	for _, c := range []struct{ id, public, words string }{
		{"", good, "id is required"},
		{a.signer.id, good, "already"},
		{"cr-more", "nonsense", "PUBLIC KEY"},
		{"cr-more", strings.ReplaceAll(good, "PUBLIC", "PRIVATE"), "PUBLIC KEY"},
		{"cr-more", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "parsed"},
		{"cr-more", publicPEM(must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)).Public()), "neither"},
		{"cr-more", publicPEM(must(ecdh.X25519().GenerateKey(rand.Reader)).Public()), "neither"},
		{"cr-more", publicPEM(must(rsa.GenerateKey(rand.Reader, 1024)).Public()), "neither"},
	} {
		a.addCredential(map[string]string{"id": c.id, "public_key": c.public}).refused(400, c.words)
	}
	a.addCredential("nonsense").refused(400, "")
	sandboxtest.Same(t, len(a.challenge("POST", "/webhooks", "").AllowCredentials.Key), 1)
}

// The official SDKs refuse a token without this claim.
func TestTokenNamesTheOrganization(t *testing.T) {
	t.Parallel()
	claims := must(base64.RawURLEncoding.DecodeString(strings.Split(start(t).token, ".")[1]))
	sandboxtest.Contains(t, string(claims), `"https://custom/app_metadata":{"orgId":"or-`)
}
