package httpapi_test

import (
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Each thing between this machine and the API reads as what it is, with what to do about it.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	api := httptest.NewTLSServer(http.NotFoundHandler())
	api.Config.ErrorLog = nil
	t.Cleanup(api.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(api.Certificate())
	_, port, err := net.SplitHostPort(api.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		base  string
		trust *x509.CertPool
		// proxy answers a CONNECT. Nil means no proxy.
		proxy http.HandlerFunc
		want  []string
	}{
		"proxy refuses":             {"https://api.test", nil, refuses(403), []string{"does not let this machine connect to api.test", "NO_PROXY"}},
		"proxy wants a password":    {"https://api.test", nil, refuses(407), []string{"wants a user and a password", "HTTPS_PROXY"}},
		"proxy closes":              {"https://api.test", nil, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, []string{"The proxy", "did not connect to api.test", "NO_PROXY"}},
		"proxy cannot reach it":     {"https://api.test", nil, refuses(502), []string{"does not let this machine connect to api.test"}},
		"unknown authority":         {api.URL, x509.NewCertPool(), nil, []string{"does not know the authority", "SSL_CERT_FILE"}},
		"certificate of another":    {"https://localhost:" + port, trusted, nil, []string{"with a certificate for another name", "base_url"}},
		"unknown name":              {"https://api.invalid", nil, nil, []string{"The name api.invalid is not known", "base_url"}},
		"sandbox on localhost":      {"http://localhost:1", nil, nil, []string{"Nothing listens at localhost:1"}},
		"sandbox that does not run": {"http://127.0.0.1:1", nil, nil, []string{"Nothing listens at 127.0.0.1:1", "is it still running?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, test.base, retries(0))
			if test.trust != nil {
				client.Trust(test.trust)
			}
			proxied := ""
			if test.proxy != nil {
				proxy := httptest.NewServer(test.proxy)
				t.Cleanup(proxy.Close)
				at, err := url.Parse(proxy.URL)
				if err != nil {
					t.Fatal(err)
				}
				proxied = at.Host
				client.SetProxy(at)
			}
			_, err := client.Do(t.Context(), httpapi.Request{Method: http.MethodGet, Path: []string{"webhooks"}})
			advice := httpapi.Unreachable(err)
			for _, want := range append(test.want, proxied) {
				if !strings.Contains(advice, want) {
					t.Errorf("%v\nadvice: %q, want %q", err, advice, want)
				}
			}
			if host := strings.TrimPrefix(strings.TrimPrefix(test.base, "https://"), "http://"); !strings.Contains(err.Error(), host) {
				t.Errorf("the error does not name the host: %v", err)
			}
		})
	}
}

func refuses(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>no</html>")
	}
}

// What the API itself has answered is no matter of the network.
func TestReachable(t *testing.T) {
	t.Parallel()
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	_, err := newClient(t, base).Do(t.Context(), httpapi.Request{Method: http.MethodGet, Path: []string{"webhooks"}})
	if advice := httpapi.Unreachable(err); advice != "" {
		t.Error(advice)
	}
}
