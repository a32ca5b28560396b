package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
)

// SetTransport has a client talk to a transport of the test's own instead of its connection pool.
func (c *Client) SetTransport(transport http.RoundTripper) {
	c.end().next = transport
}

// Trust has a client believe these certificates and no others.
func (c *Client) Trust(certificates *x509.CertPool) {
	c.end().next.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: certificates}
}

// end returns the transport below our own.
func (c *Client) end() *transport { return c.sender.HTTPClient.Transport.(*transport) }
