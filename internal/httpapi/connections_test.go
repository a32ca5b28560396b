package httpapi_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
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
	if got := opened.Load(); got != concurrency {
		t.Errorf("%d connections were opened for %d calls at a time", got, concurrency)
	}
}

// A server that offers HTTP/2 is spoken to over one connection.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.ProtoMajor)
	}))
	server.EnableHTTP2 = true
	response, err := startTLS(t, server).Do(t.Context(), get("a"))
	if err != nil || string(response.Body) != "2" {
		t.Errorf("%v, %+v", err, response)
	}
}

// net/http sends a request again by itself after a REFUSED_STREAM. A create must not be sent twice, whatever that code promises.
func TestHTTP2RefusedStream(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]int32{"GET": 2, "idempotent change": 2, "POST": 1, "PUT": 1} {
		var streams atomic.Int32
		server := httptest.NewUnstartedServer(nil)
		server.TLS = &tls.Config{NextProtos: []string{"h2"}} //nolint:gosec // the version is that of the test's own client
		server.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
			"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) { resetStreams(conn, &streams) },
		}
		_, err := startTLS(t, server, retries(0)).Do(t.Context(), requests[kind].Request)
		if streams.Load() != want || !isUnknown(err) {
			t.Errorf("%s: it was sent %d times, want %d: %v", kind, streams.Load(), want, err)
		}
	}
}

// startTLS starts a server and returns a client that trusts it.
func startTLS(t *testing.T, server *httptest.Server, changes ...func(*httpapi.Config)) *httpapi.Client {
	t.Helper()
	server.StartTLS()
	t.Cleanup(server.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	client := newClient(t, server.URL, changes...)
	client.Trust(trusted)
	return client
}

// resetStreams resets each stream of a connection once its request is complete: the first with REFUSED_STREAM, the others with CANCEL.
func resetStreams(conn net.Conn, streams *atomic.Int32) {
	const typeData, typeHeaders, typeReset, typeSettings = 0, 1, 3, 4
	const endOfStream, refusedStream, cancel = 1, 7, 8
	frame := func(kind byte, stream uint32, payload ...byte) {
		head := append([]byte{0, 0, byte(len(payload)), kind, 0}, binary.BigEndian.AppendUint32(nil, stream)...)
		_, _ = conn.Write(append(head, payload...))
	}
	_, _ = io.ReadFull(conn, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
	frame(typeSettings, 0)
	for head := make([]byte, 9); ; {
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		_, _ = io.CopyN(io.Discard, conn, length)
		if kind := head[3]; (kind == typeData || kind == typeHeaders) && head[4]&endOfStream != 0 {
			code := byte(cancel)
			if streams.Add(1) == 1 {
				code = refusedStream
			}
			frame(typeReset, binary.BigEndian.Uint32(head[5:]), 0, 0, 0, code)
		}
	}
}
