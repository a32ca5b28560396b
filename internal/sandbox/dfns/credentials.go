package dfns

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	secp256k1ecdsa "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// credential is a public key that may sign user actions.
type credential struct {
	ID        string
	PublicKey string // in PEM

	key any
}

// verifies checks a signature the way the vendor asks for it: Ed25519 raw, ECDSA over SHA-256 in DER, RSA PKCS#1 v1.5
// over SHA-256.
func (c credential) verifies(message, signature []byte) bool {
	digest := sha256.Sum256(message)
	switch key := c.key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest[:], signature)
	case *secp256k1.PublicKey:
		parsed, err := secp256k1ecdsa.ParseDERSignature(signature)
		return err == nil && parsed.Verify(digest[:], key)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
	}
	return false
}

// AddCredential registers a public key (PEM, "PUBLIC KEY") under an id, as a user of the vendor's dashboard would.
func (s *Server) AddCredential(id, publicKey string) error {
	key, err := parsePublicKey(publicKey)
	if err != nil {
		return err
	}
	if id == "" {
		return errors.New("id is required")
	}
	s.Lock.Lock()
	defer s.Lock.Unlock()
	if slices.ContainsFunc(s.account.Credentials, func(known credential) bool { return known.ID == id }) {
		return fmt.Errorf("there already is a credential %s", id)
	}
	s.account.Credentials = append(s.account.Credentials, credential{ID: id, PublicKey: publicKey, key: key})
	return nil
}

func (s *Server) allowed() []map[string]string {
	var out []map[string]string
	for _, known := range s.account.Credentials {
		out = append(out, map[string]string{"type": "public-key", "id": known.ID})
	}
	return out
}

func (s *Server) newKey() (privatePEM string, public any) {
	key := ed25519.NewKeyFromSeed(wire.Bytes(s.Random, ed25519.SeedSize))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(fmt.Sprintf("an Ed25519 key always marshals: %v", err))
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), key.Public()
}

func publicPEM(key any) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(fmt.Sprintf("an Ed25519 key always marshals: %v", err))
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func parsePublicKey(text string) (any, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, errors.New("public_key is not a PEM block of type PUBLIC KEY")
	}
	if key, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil && supported(key) {
		return key, nil
	}
	return parseSecp256k1(block.Bytes)
}

// supported tells the keys the vendor takes from the others that crypto/x509 knows.
func supported(key any) bool {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return true
	case *ecdsa.PublicKey:
		return key.Curve == elliptic.P256()
	case *rsa.PublicKey:
		return key.N.BitLen() >= 2048
	}
	return false
}

// parseSecp256k1 reads the one curve of the vendor's that crypto/x509 does not know.
func parseSecp256k1(der []byte) (any, error) {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, errors.New("public_key cannot be parsed")
	}
	var curve asn1.ObjectIdentifier
	_, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &curve)
	if err != nil || !curve.Equal(asn1.ObjectIdentifier{1, 3, 132, 0, 10}) {
		return nil, errors.New("public_key is neither Ed25519, P-256, secp256k1 nor RSA of at least 2048 bits")
	}
	return secp256k1.ParsePubKey(info.Key.Bytes)
}
