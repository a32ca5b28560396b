package sandbox

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority is a certificate authority that lives as long as the sandbox, and the certificate of its listeners.
type authority struct {
	certificate tls.Certificate
	dir, file   string
}

// systemRoots are where systems keep the certificates that they trust.
var systemRoots = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
}

// newAuthority writes the authority's certificate into a file for SSL_CERT_FILE. A program that is given this file trusts nothing
// else, so what the system trusts is in it too: otherwise the CLI could not reach its registry.
func newAuthority() (*authority, error) {
	root, rootKey, err := certificate(&x509.Certificate{
		Subject: pkix.Name{CommonName: "webhook-sandbox"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	if err != nil {
		return nil, err
	}
	leaf, leafKey, err := certificate(&x509.Certificate{
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, root, rootKey)
	if err != nil {
		return nil, err
	}
	a := &authority{certificate: tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: leafKey}}
	if a.dir, err = os.MkdirTemp("", "webhook-sandbox-"); err != nil {
		return nil, err
	}
	a.file = filepath.Join(a.dir, "ca.pem")
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}), trusted()...)
	if err := os.WriteFile(a.file, text, 0o600); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// trusted returns the certificates that programs trust without the sandbox.
func trusted() []byte {
	for _, path := range append([]string{os.Getenv("SSL_CERT_FILE")}, systemRoots...) {
		text, err := os.ReadFile(path) //nolint:gosec // as every TLS client does
		if err == nil && bytes.Contains(text, []byte("BEGIN CERTIFICATE")) {
			return text
		}
	}
	return nil
}

// certificate returns a certificate with a new key, signed by a parent or by itself.
func certificate(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err1 := ecdsa.GenerateKey(elliptic.P256(), cryptorand.Reader)
	serial, err2 := cryptorand.Int(cryptorand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, err
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	template.SerialNumber = serial
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(365*24*time.Hour)
	der, err := x509.CreateCertificate(cryptorand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		return nil, nil, fmt.Errorf("making a certificate: %w", err)
	}
	made, err := x509.ParseCertificate(der)
	return made, key, err
}

// config returns the TLS of a listener.
func (a *authority) config() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.certificate}, MinVersion: tls.VersionTLS12}
}

// env names the file for OpenSSL, Python and Go, and for Node.js.
func (a *authority) env() map[string]string {
	return map[string]string{"SSL_CERT_FILE": a.file, "NODE_EXTRA_CA_CERTS": a.file}
}

func (a *authority) close() { _ = os.RemoveAll(a.dir) }
