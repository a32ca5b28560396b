package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// The vendor's SDK for Go accepts nothing but https. A client trusts what SSL_CERT_FILE names, and nobody trusts it unasked.
func TestTLS(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{TLS: true, ReceiverAddress: "localhost:0"})
	file := s.Env()["SSL_CERT_FILE"]
	sandboxtest.Same(t, s.call("GET /webhooks").err != nil, true)
	text, err := os.ReadFile(file)
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatalf("%s has no certificate: %v", file, err)
	}
	s.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	s.fault(s.DfnsCalls, `{"effect":"drop_after","times":1}`)
	sandboxtest.Same(t, s.call("GET /webhooks").err != nil, true)
	s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL, Events: []string{"*"}, Status: "Enabled"})
	s.control("POST events", `{"kind":"wallet.created"}`, 200)
	sandboxtest.Eventually(t, "it is delivered over https", func() bool { return len(s.Dfns.Events()) == 1 })
	sandboxtest.Same(t, s.Dfns.Events()[0].Status, "200")
	sandboxtest.Same(t, strings.HasPrefix(s.ReceiverURL, "https://") && strings.HasPrefix(s.Env()["DFNS_API_URL"], "https://127.0.0.1:"), true)
	s.Close()
	if _, err := os.Stat(file); err == nil {
		t.Error("the certificate is left behind")
	}
}
