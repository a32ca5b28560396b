package httpapi

import "net/http"

// SetTransport has a client talk to a transport of the test's own instead of its connection pool.
func (c *Client) SetTransport(transport http.RoundTripper) {
	c.reads.HTTPClient.Transport.(*watching).next.(*logging).next.(*limiting).next.(*buffering).next = transport
}
