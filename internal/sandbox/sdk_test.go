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

// The vendor's SDKs for Python and Go make a webhook, each in its own manner: the one signs the compact form of the JSON that its HTTP
// library sends with blanks, the other accepts nothing but https.
func TestPythonAndGoSDK(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tls  bool
		sent string
	}{
		"Python": {false, `{"url": "https://hooks.example.com/in", "events": ["wallet.created"]}`},
		"Go":     {true, minimal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, sandbox.Config{TLS: test.tls})
			if test.tls {
				s.client = trusting(t, s.Env()["SSL_CERT_FILE"])
				sandboxtest.Same(t, strings.HasPrefix(s.Env()["DFNS_API_URL"], "https://127.0.0.1:"), true)
			}
			sandboxtest.Same(t, s.send("POST", "/webhooks", test.sent, s.userAction("POST", "/webhooks", minimal)).status, 200)
			sandboxtest.Same(t, s.Dfns.Webhooks()[0].URL, "https://hooks.example.com/in")
		})
	}
}

// trusting returns a client that trusts the certificates in a file, as one does that is started with SSL_CERT_FILE.
func trusting(t *testing.T, file string) *http.Client {
	t.Helper()
	text, err := os.ReadFile(file)
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatalf("%s has no certificate: %v", file, err)
	}
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}}}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{TLS: true, ReceiverAddress: "localhost:0"})
	file := s.Env()["SSL_CERT_FILE"]
	sandboxtest.Same(t, s.call("GET /webhooks").err != nil, true) // nobody trusts it unasked
	s.client = trusting(t, file)
	s.fault(`{"effect":"drop_after","times":1}`)
	sandboxtest.Same(t, s.call("GET /webhooks").err != nil, true)
	s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL, Events: []string{"*"}, Status: "Enabled"})
	s.control("POST events", `{"kind":"wallet.created"}`, 200)
	sandboxtest.Eventually(t, "it is delivered over https", func() bool { return len(s.Dfns.Events()) == 1 })
	sandboxtest.Same(t, s.Dfns.Events()[0].Status, "200")
	sandboxtest.Same(t, strings.HasPrefix(s.ReceiverURL, "https://"), true)
	s.Close()
	if _, err := os.Stat(file); err == nil {
		t.Error("the certificate is left behind")
	}
}
