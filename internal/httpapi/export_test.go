package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
)

// SetTransport has a client talk to a transport of the test's own instead of its connection pool.
func (c *Client) SetTransport(transport http.RoundTripper) {
	c.end().next = transport
}

// Trust has a client believe these certificates and no others.
func (c *Client) Trust(certificates *x509.CertPool) {
	c.end().next.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: certificates}
}

// SetProxy has a client reach the API through a proxy, as HTTPS_PROXY does.
func (c *Client) SetProxy(proxy *url.URL) {
	c.proxy = http.ProxyURL(proxy)
	c.end().next.(*http.Transport).Proxy = c.proxy
}

// end returns the transport below our own.
func (c *Client) end() *transport { return c.sender.HTTPClient.Transport.(*transport) }
