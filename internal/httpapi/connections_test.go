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

// However many calls Terraform makes at a time, a connection that a call has opened serves the next one.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	const concurrency, rounds = 30, 3
	var together sync.WaitGroup // the calls of a round, so that none can use the connection of another
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		together.Done()
		together.Wait()
		_, _ = w.Write([]byte("{}"))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := newClient(t, server.URL)

	for range rounds {
		together.Add(concurrency)
		var calls sync.WaitGroup
		for range concurrency {
			calls.Go(func() {
				if _, err := client.Do(t.Context(), get("a")); err != nil {
					t.Error(err)
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

// Over HTTP/2, net/http sends a change again by itself after a REFUSED_STREAM. A create must not be sent twice, whatever that code
// promises, so a server that offers HTTP/2 is spoken to in HTTP/1.1.
func TestNoHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.ProtoMajor)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	client := newClient(t, server.URL)
	client.Trust(trusted)
	response, err := client.Do(t.Context(), get("a"))
	if err != nil || string(response.Body) != "1" {
		t.Errorf("%v, %+v", err, response)
	}
}
