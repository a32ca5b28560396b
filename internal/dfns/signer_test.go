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
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	secp256k1ecdsa "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/ssh"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

// key is a private key of a kind that can sign for the vendor.
type key struct {
	// forms are the ways in which the key is written.
	forms map[string]string
	// public is the public key as the vendor is told it.
	public   string
	verifies func(message, signature []byte) bool
}

// keys makes one key of each kind, once for all tests.
var keys = sync.OnceValue(func() map[string]key {
	return map[string]key{"Ed25519": newEd25519(), "P-256": newP256(), "secp256k1": newSecp256k1(), "RSA": newRSA()}
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

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func newEd25519() key {
	public, private := must2(ed25519.GenerateKey(rand.Reader))
	return key{
		forms: map[string]string{
			"PKCS#8": block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(private))), "OpenSSH": openSSH(private, ""),
		},
		public: block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(public))),
		verifies: func(message, signature []byte) bool {
			return ed25519.Verify(public, message, signature)
		},
	}
}

// openSSH writes a key in OpenSSH's format, encrypted if there is a passphrase.
func openSSH(private crypto.PrivateKey, passphrase string) string {
	if passphrase == "" {
		return string(pem.EncodeToMemory(must(ssh.MarshalPrivateKey(private, "comment"))))
	}
	return string(pem.EncodeToMemory(must(ssh.MarshalPrivateKeyWithPassphrase(private, "comment", []byte(passphrase)))))
}

func must2[A, B any](a A, b B, err error) (A, B) {
	if err != nil {
		panic(err)
	}
	return a, b
}

func newP256() key {
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	sec1 := block("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(private)))
	return key{
		forms: map[string]string{
			"PKCS#8":                    block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(private))),
			"SEC1":                      sec1,
			"SEC1 as openssl prints it": block("EC PARAMETERS", must(asn1.Marshal(oidP256))) + sec1,
			"OpenSSH":                   openSSH(private, ""),
		},
		public: block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&private.PublicKey))),
		verifies: func(message, signature []byte) bool {
			digest := sha256.Sum256(message)
			return ecdsa.VerifyASN1(&private.PublicKey, digest[:], signature)
		},
	}
}

func newRSA() key {
	private := must(rsa.GenerateKey(rand.Reader, 2048))
	return key{
		forms: map[string]string{
			"PKCS#8": block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(private))),
			"PKCS#1": block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private)), "OpenSSH": openSSH(private, ""),
		},
		public: block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&private.PublicKey))),
		verifies: func(message, signature []byte) bool {
			digest := sha256.Sum256(message)
			return rsa.VerifyPKCS1v15(&private.PublicKey, crypto.SHA256, digest[:], signature) == nil
		},
	}
}

func newSecp256k1() key {
	private := must(secp256k1.GeneratePrivateKey())
	public := private.PubKey()
	scalar, point := private.Serialize(), public.SerializeUncompressed()
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
		verifies: func(message, signature []byte) bool {
			digest := sha256.Sum256(message)
			parsed, err := secp256k1ecdsa.ParseDERSignature(signature)
			return err == nil && parsed.Verify(digest[:], public)
		},
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

func TestParsePrivateKey(t *testing.T) {
	t.Parallel()
	spellings := map[string]func(string) string{
		"as it is":           func(text string) string { return text },
		"literal \\n":        func(text string) string { return strings.ReplaceAll(text, "\n", `\n`) },
		"literal \\r\\n":     func(text string) string { return strings.ReplaceAll(text, "\n", `\r\n`) },
		"CR":                 func(text string) string { return strings.ReplaceAll(text, "\n", "\r") },
		"byte order mark":    func(text string) string { return "\ufeff" + text },
		"indented":           func(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") },
		"double quotes":      func(text string) string { return `"` + text + `"` },
		"single quotes":      func(text string) string { return "'" + strings.ReplaceAll(text, "\n", `\n`) + "'\n" },
		"CRLF":               func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") },
		"no newline at end":  strings.TrimSpace,
		"text around":        func(text string) string { return "my key\n" + text + "\nbe careful\n" },
		"certificate before": func(text string) string { return block("CERTIFICATE", []byte("x")) + text },
		"public key before":  func(text string) string { return keys()["RSA"].public + text },
		"blanks for breaks":  func(text string) string { return strings.ReplaceAll(text, "\n", " ") },
		"breaks lost":        func(text string) string { return strings.ReplaceAll(text, "\n", "") },
	}
	message := []byte(`{"challenge":"abc","type":"key.get"}`)
	for kind, key := range keys() {
		for form, text := range key.forms {
			for spelling, spell := range spellings {
				t.Run(kind+" "+form+" "+spelling, func(t *testing.T) {
					t.Parallel()
					signer, err := dfns.ParsePrivateKey(spell(text))
					if err != nil {
						t.Fatal(err)
					}
					signature, err := signer.Sign(t.Context(), message)
					if err != nil {
						t.Fatal(err)
					}
					if !key.verifies(message, signature) {
						t.Error("the signature does not verify")
					}
					if key.verifies(append(message, ' '), signature) {
						t.Error("the signature verifies for another message")
					}
				})
			}
		}
	}
}

func TestEd25519SignatureIsRaw(t *testing.T) {
	t.Parallel()
	signer, err := dfns.ParsePrivateKey(keys()["Ed25519"].forms["PKCS#8"])
	if err != nil {
		t.Fatal(err)
	}
	if signature, err := signer.Sign(t.Context(), nil); err != nil || len(signature) != 64 {
		t.Errorf("the signature has %d bytes: %v", len(signature), err)
	}
}

func TestParsePrivateKeyRefuses(t *testing.T) {
	t.Parallel()
	const unparsable = "cannot be parsed: it must hold an Ed25519, P-256, secp256k1 or RSA key"
	p256 := keys()["P-256"].forms
	scalar := make([]byte, 32)
	scalar[31] = 7
	tests := map[string]struct{ text, want string }{
		"P-384 in PKCS#8":     {newECDSA(elliptic.P384(), "PRIVATE KEY", x509Pkcs8), "curve P-384"},
		"P-384 in SEC1":       {newECDSA(elliptic.P384(), "EC PRIVATE KEY", x509.MarshalECPrivateKey), "curve P-384"},
		"P-521":               {newECDSA(elliptic.P521(), "PRIVATE KEY", x509Pkcs8), "curve P-521"},
		"brainpool in PKCS#8": {block("PRIVATE KEY", pkcs8(oidBrainpool, sec1(scalar, nil, nil))), "the PRIVATE KEY block " + unparsable},
		"brainpool in SEC1":   {block("EC PRIVATE KEY", sec1(scalar, oidBrainpool, nil)), "the EC PRIVATE KEY block " + unparsable},
		"SEC1 without curve":  {block("EC PRIVATE KEY", sec1(scalar, nil, nil)), unparsable},
		"two curves":          {block("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(scalar, oidBrainpool, nil))), unparsable},
		"secp256k1 zero":      {block("PRIVATE KEY", pkcs8(oidSecp256k1, sec1(make([]byte, 32), nil, nil))), unparsable},
		"secp256k1 order": {
			block("EC PRIVATE KEY", sec1(secp256k1.Params().N.Bytes(), oidSecp256k1, nil)), unparsable,
		},
		"secp256k1 beyond order": {
			block("EC PRIVATE KEY", sec1(new(big.Int).Add(secp256k1.Params().N, big.NewInt(7)).Bytes(), oidSecp256k1, nil)), unparsable,
		},
		"secp256k1 too long": {
			block("EC PRIVATE KEY", sec1(bytes.Repeat([]byte{7}, 33), oidSecp256k1, nil)), unparsable,
		},
		"secp256k1 garbage inside": {block("PRIVATE KEY", pkcs8(oidSecp256k1, []byte("garbage inside"))), unparsable},
		"RSA 1024":                 {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(smallRSA())), "1024 bits; Dfns requires at least 2048"},
		"X25519": {
			block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(must(ecdh.X25519().GenerateKey(rand.Reader))))), "this kind of key cannot sign for Dfns",
		},
		"public key":         {keys()["P-256"].public, "it is a public key; use the private key that belongs to it"},
		"RSA public key":     {block("RSA PUBLIC KEY", []byte("correct horse battery staple")), "it is a public key"},
		"SSH public key":     {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic me@example.com", "it is a public key"},
		"ECDSA SSH public":   {"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY me", "it is a public key"},
		"certificate":        {newCertificate(), "it is a certificate; use the private key that belongs to it"},
		"garbage in OpenSSH": {block("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00 and so on")), "the OPENSSH PRIVATE KEY block " + unparsable},
		"OpenSSH P-384":      {openSSH(must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)), ""), "curve P-384"},
		"encrypted OpenSSH":  {openSSH(smallRSA(), "correct horse"), "encrypted with a passphrase"},
		"encrypted PKCS#8":   {block("ENCRYPTED PRIVATE KEY", []byte("correct horse battery staple")), "encrypted with a passphrase"},
		"encrypted SEC1": {string(pem.EncodeToMemory(&pem.Block{
			Type: "EC PRIVATE KEY", Bytes: []byte("correct horse battery staple"),
			Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00112233445566778899AABBCCDDEEFF"},
		})), "encrypted with a passphrase"},
		"encrypted, blanks for breaks": {
			"-----BEGIN EC PRIVATE KEY----- Proc-Type: 4,ENCRYPTED DEK-Info: AES-128-CBC,00 Y29ycmVjdA== -----END EC PRIVATE KEY-----",
			"encrypted with a passphrase",
		},
		"empty":                  {"", "it contains no private key"},
		"white space":            {" \n ", "it contains no private key"},
		"garbage":                {"correct horse battery staple", "it contains no private key"},
		"only parameters":        {block("EC PARAMETERS", must(asn1.Marshal(oidP256))), "it contains no private key"},
		"base64 without PEM":     {base64.StdEncoding.EncodeToString([]byte("some private key in DER")), "it contains no private key"},
		"base64 of PEM":          {base64.StdEncoding.EncodeToString([]byte(p256["PKCS#8"])), "it is base64-encoded PEM, so decode it first"},
		"base64 of PEM, wrapped": {wrapped(base64.StdEncoding.EncodeToString([]byte(p256["SEC1"]))), "it is base64-encoded PEM"},
		"base64 of PEM, unpadded": {
			strings.TrimRight(base64.URLEncoding.EncodeToString([]byte("\ufeff"+p256["SEC1"]+" ")), "="), "it is base64-encoded PEM",
		},
		"body without its lines": {body(p256["PKCS#8"]), "it looks like a key without its first and last line"},
		"RSA body in one line":   {strings.ReplaceAll(body(keys()["RSA"].forms["PKCS#1"]), "\n", ""), "without its first and last line"},
		"Ed25519 body":           {body(keys()["Ed25519"].forms["PKCS#8"]), "without its first and last line"},
		"path like base64":       {"MOUNT/keys/dfns", "if it is a file path"},
		"path":                   {"/etc/keys/dfns.pem", "if it is a file path"},
		"cut":                    {p256["PKCS#8"][:100], "it is cut off, because the line"},
		"damaged":                {strings.Replace(p256["PKCS#8"], "\nMI", "\n**", 1), "is damaged, so copy it again"},
		"garbage in PKCS#8":      {block("PRIVATE KEY", []byte("correct horse battery staple")), "the PRIVATE KEY block " + unparsable},
		"garbage in SEC1":        {block("EC PRIVATE KEY", []byte("correct horse battery staple")), "the EC PRIVATE KEY block " + unparsable},
		"garbage in PKCS#1":      {block("RSA PRIVATE KEY", []byte("correct horse battery staple")), "the RSA PRIVATE KEY block " + unparsable},
		"empty block":            {block("PRIVATE KEY", nil), unparsable},
		"SEC1 said to be PKCS1":  {strings.ReplaceAll(p256["SEC1"], "EC PRIVATE", "RSA PRIVATE"), unparsable},
		"PKCS#1 said to be EC":   {strings.ReplaceAll(keys()["RSA"].forms["PKCS#1"], "RSA PRIVATE", "EC PRIVATE"), unparsable},
		"DSA":                    {block("DSA PRIVATE KEY", []byte("some private key of DSA")), "the DSA PRIVATE KEY block " + unparsable},
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

// wrapped breaks a text into lines, as base64 does.
func wrapped(text string) string { return text[:76] + "\n" + text[76:] + "\n" }

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

func newECDSA(curve elliptic.Curve, kind string, marshal func(*ecdsa.PrivateKey) ([]byte, error)) string {
	return block(kind, must(marshal(must(ecdsa.GenerateKey(curve, rand.Reader)))))
}

func x509Pkcs8(key *ecdsa.PrivateKey) ([]byte, error) { return x509.MarshalPKCS8PrivateKey(key) }

func smallRSA() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 1024)) }

func newCertificate() string {
	public, private := must2(ed25519.GenerateKey(rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	return block("CERTIFICATE", must(x509.CreateCertificate(rand.Reader, template, template, public, private)))
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
