package dfns

import (
	"context"
	"crypto"
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
	"errors"
	"fmt"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	secp256k1ecdsa "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/ssh"

	"github.com/webhook-providers/terraform-provider-webhook/internal/keytext"
)

// minimumRSA is the smallest RSA key, in bits, that the vendor accepts.
const minimumRSA = 2048

// signerFunc signs with a key held in memory.
type signerFunc func(message []byte) ([]byte, error)

// Sign implements Signer.
func (sign signerFunc) Sign(_ context.Context, message []byte) ([]byte, error) { return sign(message) }

// ParsePrivateKey returns a Signer for a PEM private key: Ed25519, P-256, secp256k1, or RSA of at least 2048 bits, in
// PKCS#8, SEC1, PKCS#1 or OpenSSH's format. Its errors say what the text is instead, and never quote it.
func ParsePrivateKey(text string) (Signer, error) {
	block, err := privateKeyBlock(text)
	if err != nil {
		return nil, err
	}
	key, err := parseBlock(block)
	if err != nil {
		return nil, err
	}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return signerFunc(func(message []byte) ([]byte, error) { return ed25519.Sign(key, message), nil }), nil
	case *ed25519.PrivateKey: // as OpenSSH's format is parsed
		return signerFunc(func(message []byte) ([]byte, error) { return ed25519.Sign(*key, message), nil }), nil
	case *secp256k1.PrivateKey:
		return signerFunc(func(message []byte) ([]byte, error) {
			digest := sha256.Sum256(message)
			return secp256k1ecdsa.Sign(key, digest[:]).Serialize(), nil
		}), nil
	case *ecdsa.PrivateKey:
		if key.Curve != elliptic.P256() {
			return nil, fmt.Errorf("the key uses the curve %s; for ECDSA, Dfns accepts only P-256 and secp256k1",
				key.Params().Name)
		}
		return hashing(key), nil
	case *rsa.PrivateKey:
		if key.N.BitLen() < minimumRSA {
			return nil, fmt.Errorf("the RSA key has %d bits; Dfns requires at least %d", key.N.BitLen(), minimumRSA)
		}
		return hashing(key), nil
	}
	return nil, errors.New("this kind of key cannot sign for Dfns; it must be Ed25519, P-256, secp256k1 or RSA")
}

// hashing signs SHA-256 digests: ASN.1 DER for ECDSA, PKCS#1 v1.5 for RSA, as crypto.Signer does for both.
func hashing(key crypto.Signer) Signer {
	return signerFunc(func(message []byte) ([]byte, error) {
		digest := sha256.Sum256(message)
		return key.Sign(rand.Reader, digest[:], crypto.SHA256)
	})
}

var errEncrypted = errors.New("the private key is encrypted with a passphrase; use a decrypted copy")

// privateKeyBlock finds the first private key in a PEM text. openssl puts the curve's parameters before it, and other tools the
// public key or the certificate.
func privateKeyBlock(text string) (*pem.Block, error) {
	text = keytext.Clean(text)
	if strings.Contains(text, "ENCRYPTED PRIVATE KEY") || strings.Contains(text, "4,ENCRYPTED") {
		return nil, errEncrypted
	}
	other := ""
	for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return block, nil
		}
		other = block.Type
	}
	return nil, errors.New("it contains no private key in PEM (-----BEGIN … PRIVATE KEY-----)" + instead(text, other))
}

// instead guesses what was given instead of a key, without quoting it. other is the type of the last PEM block.
func instead(text, other string) string {
	const belongs = "; use the private key that belongs to it"
	_, key, begins := strings.Cut(text, "PRIVATE KEY-----")
	switch {
	case begins && !strings.Contains(key, "PRIVATE KEY-----"):
		return "; it is cut off, because the line -----END … PRIVATE KEY----- is missing"
	case begins:
		return "; what is between its first and its last line is damaged, so copy it again"
	case strings.HasSuffix(other, "PUBLIC KEY"), strings.HasPrefix(text, "ssh-"), strings.HasPrefix(text, "ecdsa-"):
		return ": it is a public key" + belongs
	case strings.HasPrefix(other, "CERTIFICATE"):
		return ": it is a certificate" + belongs
	case strings.Contains(string(unbase64(text)), "-----BEGIN"):
		return "; it is base64-encoded PEM, so decode it first (base64decode(…) in a configuration)"
	case looksLikeDER(unbase64(text)):
		return "; it looks like a key without its first and last line: include -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----"
	case !strings.ContainsAny(strings.TrimSpace(text), "\n") && strings.ContainsAny(text, "/.") && len(text) < 256:
		return "; if it is a file path, use file(…) or put the content of the file into the variable"
	}
	return ""
}

// unbase64 decodes base64 of any alphabet, padding and line length. It returns nil for other text.
func unbase64(text string) []byte {
	standard := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(strings.Join(strings.Fields(text), ""))
	out, err := base64.RawStdEncoding.DecodeString(standard)
	if err != nil {
		return nil
	}
	return out
}

// looksLikeDER reports data that begins like a DER key and is long enough to be one.
func looksLikeDER(data []byte) bool {
	const sequence, least = 0x30, 32
	return len(data) >= least && data[0] == sequence
}

func parseBlock(block *pem.Block) (any, error) {
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		if key, err = x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
			key, err = parsePKCS8Secp256k1(block.Bytes)
		}
	case "EC PRIVATE KEY":
		if key, err = x509.ParseECPrivateKey(block.Bytes); err != nil {
			key, err = parseSEC1Secp256k1(block.Bytes, nil)
		}
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "OPENSSH PRIVATE KEY":
		key, err = ssh.ParseRawPrivateKey(pem.EncodeToMemory(block))
	default:
		err = errors.New("unknown format")
	}
	if _, encrypted := errors.AsType[*ssh.PassphraseMissingError](err); encrypted {
		return nil, errEncrypted
	}
	if err != nil {
		// The cause may quote bytes of the key, so it is dropped.
		return nil, fmt.Errorf("the %s block cannot be parsed: it must hold an Ed25519, P-256, secp256k1 or RSA key", block.Type)
	}
	return key, nil
}

// crypto/x509 does not support secp256k1 and cannot be extended, so the two encodings are parsed here.

var (
	oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidSecp256k1   = asn1.ObjectIdentifier{1, 3, 132, 0, 10}
)

var errNotSecp256k1 = errors.New("not a secp256k1 key")

// parsePKCS8Secp256k1 reads a PrivateKeyInfo (RFC 5958) around an ECPrivateKey.
func parsePKCS8Secp256k1(der []byte) (*secp256k1.PrivateKey, error) {
	var info struct {
		Version    int
		Algorithm  pkix.AlgorithmIdentifier
		PrivateKey []byte
	}
	var curve asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(der, &info); err != nil || !info.Algorithm.Algorithm.Equal(oidECPublicKey) {
		return nil, errNotSecp256k1
	}
	if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &curve); err != nil {
		return nil, errNotSecp256k1
	}
	return parseSEC1Secp256k1(info.PrivateKey, curve)
}

// parseSEC1Secp256k1 reads an ECPrivateKey (RFC 5915). The curve is in it or, in PKCS#8, in the structure around it.
func parseSEC1Secp256k1(der []byte, curve asn1.ObjectIdentifier) (*secp256k1.PrivateKey, error) {
	var sec1 struct {
		Version    int
		PrivateKey []byte
		Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	if _, err := asn1.Unmarshal(der, &sec1); err != nil {
		return nil, errNotSecp256k1
	}
	if sec1.Curve != nil {
		curve = sec1.Curve
	}
	var scalar secp256k1.ModNScalar
	if !curve.Equal(oidSecp256k1) || len(sec1.PrivateKey) > 32 || scalar.SetByteSlice(sec1.PrivateKey) || scalar.IsZero() {
		return nil, errNotSecp256k1
	}
	return secp256k1.NewPrivateKey(&scalar), nil
}
