package dfns_test

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"golang.org/x/crypto/ssh"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

// key is a private key of a kind that can sign for the vendor.
type key struct {
	// forms are the ways in which the key is written.
	forms map[string]string
	// public is the public key as the vendor gets it.
	public string
}

// keys makes one key of each kind, once for all tests.
var keys = sync.OnceValue(func() map[string]key {
	_, edwards := must2(ed25519.GenerateKey(rand.Reader))
	p256 := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	modulus := must(rsa.GenerateKey(rand.Reader, 2048))
	sec1 := block("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(p256)))
	return map[string]key{
		"Ed25519":   keyOf(edwards, nil),
		"P-256":     keyOf(p256, map[string]string{"SEC1": sec1, "SEC1 as openssl prints it": block("EC PARAMETERS", must(asn1.Marshal(oidP256))) + sec1}),
		"RSA":       keyOf(modulus, map[string]string{"PKCS#1": block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(modulus))}),
		"secp256k1": newSecp256k1(),
	}
})

var (
	oidEC        = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidP256      = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	oidSecp256k1 = asn1.ObjectIdentifier{1, 3, 132, 0, 10}
	oidBrainpool = asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1, 7}
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func must2[A, B any](a A, b B, err error) (A, B) { return a, must(b, err) }

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// keyOf is a key in the forms that every kind has, and in others.
func keyOf(private crypto.Signer, forms map[string]string) key {
	out := key{forms: map[string]string{
		"PKCS#8": block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(private))), "OpenSSH": openSSH(private, ""),
	}, public: block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(private.Public())))}
	maps.Copy(out.forms, forms)
	return out
}

// openSSH writes a key in OpenSSH's format, encrypted if there is a passphrase.
func openSSH(private crypto.PrivateKey, passphrase string) string {
	if passphrase == "" {
		return string(pem.EncodeToMemory(must(ssh.MarshalPrivateKey(private, "comment"))))
	}
	return string(pem.EncodeToMemory(must(ssh.MarshalPrivateKeyWithPassphrase(private, "comment", []byte(passphrase)))))
}

// newSecp256k1 makes a key of the curve that the standard library does not know.
func newSecp256k1() key {
	private := must(secp256k1.GeneratePrivateKey())
	scalar, point := private.Serialize(), private.PubKey().SerializeUncompressed()
	named := block("EC PRIVATE KEY", sec1(scalar, oidSecp256k1, point))
	return key{
		forms: map[string]string{
			"PKCS#8":                    block("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(scalar, nil, point))),
			"PKCS#8 naming it twice":    block("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(scalar, oidSecp256k1, point))),
			"PKCS#8 without public key": block("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(scalar, nil, nil))),
			"SEC1":                      named,
			"SEC1 as openssl prints it": block("EC PARAMETERS", must(asn1.Marshal(oidSecp256k1))) + named,
		},
		public: block("PUBLIC KEY", must(asn1.Marshal(struct {
			Algorithm pkix.AlgorithmIdentifier
			Key       asn1.BitString
		}{algorithm(oidSecp256k1), asn1.BitString{Bytes: point, BitLength: 8 * len(point)}}))),
	}
}

func algorithm(curve asn1.ObjectIdentifier) pkix.AlgorithmIdentifier {
	return pkix.AlgorithmIdentifier{Algorithm: oidEC, Parameters: asn1.RawValue{FullBytes: must(asn1.Marshal(curve))}}
}

// sec1 encodes an ECPrivateKey (RFC 5915). Curve and public key may be nil.
func sec1(scalar []byte, curve asn1.ObjectIdentifier, point []byte) []byte {
	return must(asn1.Marshal(struct {
		Version    int
		PrivateKey []byte
		Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}{1, scalar, curve, asn1.BitString{Bytes: point, BitLength: 8 * len(point)}}))
}

// pkcs8 encodes a PrivateKeyInfo (RFC 5958) around an ECPrivateKey.
func pkcs8(curve asn1.ObjectIdentifier, inner []byte) []byte {
	return must(asn1.Marshal(struct {
		Version    int
		Algorithm  pkix.AlgorithmIdentifier
		PrivateKey []byte
	}{0, algorithm(curve), inner}))
}

// The API accepts what each kind of key signs, in whatever form the key is written and whatever surrounds it. Bytes that JSON escapes are
// signed as they are sent.
func TestEveryKindOfKeySigns(t *testing.T) {
	t.Parallel()
	for kind, key := range keys() {
		s := start(t)
		must(0, s.Dfns.AddCredential("cr-"+kind, key.public))
		for form, text := range key.forms {
			for i, spelling := range []string{
				text, "my key\n" + text + "\nbe careful\n", strings.ReplaceAll(text, "\n", `\n`), block("CERTIFICATE", []byte("x")) + text,
				key.public + text,
			} {
				signer := must(dfns.ParsePrivateKey(spelling))
				client := newClient(t, s, func(c *dfns.Config) { c.CredentialID, c.Signer = "cr-"+kind, signer })
				if _, err := client.CreateWebhook(t.Context(), dfns.Settings{URL: "https://h.example/?a&<b>", Events: []string{"*"}}); err != nil {
					t.Errorf("%s in %s, spelling %d: %v", kind, form, i, err)
				}
			}
		}
	}
}

// What cannot sign is refused with a text that says what it is instead and quotes nothing of it.
func TestParsePrivateKeyRefuses(t *testing.T) {
	t.Parallel()
	const none = "it contains no private key in PEM (-----BEGIN … PRIVATE KEY-----)"
	const belongs, encrypted = "; use the private key that belongs to it", "the private key is encrypted with a passphrase; use a decrypted copy"
	const bare = none + "; it looks like a key without its first and last line: include -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----"
	const file = none + "; if it is a file path, use file(…) or put the content of the file into the variable"
	unparsable := func(kind string, der []byte) [2]string {
		return [2]string{block(kind, der), "the " + kind + " block cannot be parsed: it must hold an Ed25519, P-256, secp256k1 or RSA key"}
	}
	pkcs := func(key any) string { return block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key))) }
	small, p256 := must(rsa.GenerateKey(rand.Reader, 1024)), keys()["P-256"].forms
	phrase, scalar := []byte("correct horse battery staple"), bytes.Repeat([]byte{7}, 32)
	for name, test := range map[string][2]string{
		"P-384":               {pkcs(must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))), "the key uses the curve P-384; for ECDSA, Dfns accepts only P-256 and secp256k1"},
		"RSA 1024":            {pkcs(small), "the RSA key has 1024 bits; Dfns requires at least 2048"},
		"X25519":              {pkcs(must(ecdh.X25519().GenerateKey(rand.Reader))), "this kind of key cannot sign for Dfns; it must be Ed25519, P-256, secp256k1 or RSA"},
		"brainpool in PKCS#8": unparsable("PRIVATE KEY", pkcs8(oidBrainpool, sec1(scalar, nil, nil))),
		"SEC1 without curve":  unparsable("EC PRIVATE KEY", sec1(scalar, nil, nil)),
		"two curves":          unparsable("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(scalar, oidBrainpool, nil))),
		"secp256k1 zero":      unparsable("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(make([]byte, 32), nil, nil))),
		"secp256k1 order":     unparsable("EC PRIVATE KEY", sec1(secp256k1.Params().N.Bytes(), oidSecp256k1, nil)),
		"secp256k1 too long":  unparsable("EC PRIVATE KEY", sec1(append(scalar, 7), oidSecp256k1, nil)),
		"garbage inside":      unparsable("PRIVATE KEY", pkcs8(oidSecp256k1, phrase)),
		"garbage in PKCS#8":   unparsable("PRIVATE KEY", phrase),
		"garbage in OpenSSH":  unparsable("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00 and so on")),
		"DSA":                 unparsable("DSA PRIVATE KEY", phrase),
		"public key":          {keys()["P-256"].public, none + ": it is a public key" + belongs},
		"SSH public key":      {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic me@example.com", none + ": it is a public key" + belongs},
		"ECDSA SSH public":    {"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY me", none + ": it is a public key" + belongs},
		"certificate":         {block("CERTIFICATE", phrase), none + ": it is a certificate" + belongs},
		"encrypted OpenSSH":   {openSSH(small, "correct horse"), encrypted},
		"encrypted PKCS#8":    {block("ENCRYPTED PRIVATE KEY", phrase), encrypted},
		"encrypted SEC1":      {strings.Replace(p256["SEC1"], "\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", 1), encrypted},
		"garbage":             {string(phrase), none},
		"only parameters":     {block("EC PARAMETERS", must(asn1.Marshal(oidP256))), none},
		"base64 of PEM": {
			strings.TrimRight(base64.URLEncoding.EncodeToString([]byte("\ufeff"+p256["SEC1"]+" ")), "="),
			none + "; it is base64-encoded PEM, so decode it first (base64decode(…) in a configuration)",
		},
		"P-256 body":       {body(p256["PKCS#8"]), bare},
		"Ed25519 body":     {body(keys()["Ed25519"].forms["PKCS#8"]), bare},
		"path like base64": {"MOUNT/keys/dfns", file},
		"path":             {"/etc/keys/dfns.pem", file},
		"cut":              {p256["PKCS#8"][:100], none + "; it is cut off, because the line -----END … PRIVATE KEY----- is missing"},
		"damaged":          {strings.Replace(p256["PKCS#8"], "\nMI", "\n**", 1), none + "; what is between its first and its last line is damaged, so copy it again"},
	} {
		if signer, err := dfns.ParsePrivateKey(test[0]); err == nil || err.Error() != test[1] {
			t.Errorf("%s: it ends in %v, %v, want %s", name, signer, err, test[1])
		}
	}
}

// body returns what is between the first and the last line of a PEM text.
func body(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[1:len(lines)-1], "\n")
}

// FuzzParsePrivateKey looks for a text that panics, and for an error that quotes its text.
func FuzzParsePrivateKey(f *testing.F) {
	for _, key := range keys() {
		for _, text := range key.forms {
			f.Add(text)
		}
	}
	f.Add(block("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(make([]byte, 32), nil, nil))))
	f.Fuzz(func(t *testing.T, text string) {
		signer, err := dfns.ParsePrivateKey(text)
		if (signer == nil) == (err == nil) {
			t.Errorf("it ends in %v, %v", signer, err)
		}
	})
}
