package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
)

// Trust has a client believe these certificates and no others.
func (c *Client) Trust(certificates *x509.CertPool) {
	c.config.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: certificates}
}
