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

func TestParsePrivateKeyRefuses(t *testing.T) {
	t.Parallel()
	const unparsable = "cannot be parsed: it must hold an Ed25519, P-256, secp256k1 or RSA key"
	p256 := keys()["P-256"].forms
	scalar := make([]byte, 32)
	scalar[31] = 7
	tests := map[string]struct{ text, want string }{
		"P-384":                    {block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))))), "curve P-384"},
		"brainpool in PKCS#8":      {block("PRIVATE KEY", pkcs8(oidBrainpool, sec1(scalar, nil, nil))), "the PRIVATE KEY block " + unparsable},
		"SEC1 without curve":       {block("EC PRIVATE KEY", sec1(scalar, nil, nil)), unparsable},
		"two curves":               {block("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(scalar, oidBrainpool, nil))), unparsable},
		"secp256k1 zero":           {block("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(make([]byte, 32), nil, nil))), unparsable},
		"secp256k1 order":          {block("EC PRIVATE KEY", sec1(secp256k1.Params().N.Bytes(), oidSecp256k1, nil)), unparsable},
		"secp256k1 too long":       {block("EC PRIVATE KEY", sec1(bytes.Repeat([]byte{7}, 33), oidSecp256k1, nil)), unparsable},
		"secp256k1 garbage inside": {block("PRIVATE KEY", pkcs8(oidSecp256k1, []byte("garbage inside"))), unparsable},
		"RSA 1024":                 {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(smallRSA())), "1024 bits; Dfns requires at least 2048"},
		"X25519": {
			block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(must(ecdh.X25519().GenerateKey(rand.Reader))))), "this kind of key cannot sign for Dfns",
		},
		"public key":              {keys()["P-256"].public, "it is a public key; use the private key that belongs to it"},
		"SSH public key":          {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic me@example.com", "it is a public key"},
		"ECDSA SSH public":        {"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY me", "it is a public key"},
		"certificate":             {block("CERTIFICATE", []byte("x")), "it is a certificate; use the private key that belongs to it"},
		"garbage in OpenSSH":      {block("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00 and so on")), "the OPENSSH PRIVATE KEY block " + unparsable},
		"encrypted OpenSSH":       {openSSH(smallRSA(), "correct horse"), "encrypted with a passphrase"},
		"encrypted PKCS#8":        {block("ENCRYPTED PRIVATE KEY", []byte("correct horse battery staple")), "encrypted with a passphrase"},
		"encrypted SEC1":          {strings.Replace(p256["SEC1"], "\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", 1), "encrypted with a passphrase"},
		"garbage":                 {"correct horse battery staple", "it contains no private key"},
		"only parameters":         {block("EC PARAMETERS", must(asn1.Marshal(oidP256))), "it contains no private key"},
		"base64 of PEM, unpadded": {strings.TrimRight(base64.URLEncoding.EncodeToString([]byte("\ufeff"+p256["SEC1"]+" ")), "="), "it is base64-encoded PEM"},
		"body without its lines":  {body(p256["PKCS#8"]), "it looks like a key without its first and last line"},
		"Ed25519 body":            {body(keys()["Ed25519"].forms["PKCS#8"]), "without its first and last line"},
		"path like base64":        {"MOUNT/keys/dfns", "if it is a file path"},
		"path":                    {"/etc/keys/dfns.pem", "if it is a file path"},
		"cut":                     {p256["PKCS#8"][:100], "it is cut off, because the line"},
		"damaged":                 {strings.Replace(p256["PKCS#8"], "\nMI", "\n**", 1), "is damaged, so copy it again"},
		"garbage in PKCS#8":       {block("PRIVATE KEY", []byte("correct horse battery staple")), "the PRIVATE KEY block " + unparsable},
		"DSA":                     {block("DSA PRIVATE KEY", []byte("some private key of DSA")), "the DSA PRIVATE KEY block " + unparsable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signer, err := dfns.ParsePrivateKey(test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("it ends in %v, %v, want an error about %q", signer, err, test.want)
			}
			if part := quoted(err.Error(), test.text); part != "" {
				t.Errorf("%q quotes %q", err, part)
			}
		})
	}
}

// body returns what is between the first and the last line of a PEM text.
func body(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[1:len(lines)-1], "\n")
}

// quoted returns a stretch of a key, as it is written or as it is encoded, that occurs in an error.
func quoted(message, text string) string {
	const stretch = 8
	lines := strings.Split(text, "\n")
	for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
		lines = append(lines, string(block.Bytes))
	}
	for _, line := range lines {
		if strings.HasPrefix(line, "-----") && strings.Count(line, "-----") == 2 {
			continue // it begins or ends a block
		}
		for i := 0; i+stretch <= len(line); i++ {
			part := line[i : i+stretch]
			if strings.Contains(message, part) && !strings.Contains("-----BEGIN PRIVATE KEY-----", part) {
				return part
			}
		}
	}
	return ""
}

func smallRSA() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 1024)) }

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
