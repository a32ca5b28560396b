package httpapi_test

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// However many calls Terraform makes at a time, a connection that a call has opened serves the next one. Over HTTP/2, net/http sends a
// change again by itself after a REFUSED_STREAM. A create must not be sent twice, whatever that code promises, so a server that offers
// HTTP/2 is spoken to in HTTP/1.1.
func TestConnections(t *testing.T) {
	t.Parallel()
	const concurrency = 30
	var together, calls sync.WaitGroup // the calls of a round, so that none can use the connection of another
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		together.Done()
		together.Wait()
		_, _ = fmt.Fprint(w, r.ProtoMajor)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	client, trusted := newClient(t, server.URL), x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	client.Trust(trusted)
	for range 3 {
		together.Add(concurrency)
		for range concurrency {
			calls.Go(func() {
				if response, err := client.Do(t.Context(), get("a")); err != nil || string(response.Body) != "1" {
					t.Errorf("%v, %+v", err, response)
				}
			})
		}
		calls.Wait()
	}
	// A call may begin just before the connection of the one before it is free again.
	if got := opened.Load(); got > concurrency*3/2 {
		t.Errorf("%d connections were opened for %d calls at a time", got, concurrency)
	}
}
