//go:build linux

package provider_test

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/golden"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

const hopsConfig = `
provider "webhook" { max_retries = 0 }
data "webhook_dfns_webhooks" "all" {}
data "webhook_enfinitos_deliveries" "all" { subscription_id = "whs_1" }
`

// Whatever is between this machine and an API, its message says what it is and what to do, as a CLI shows it. With the settings that
// the messages name, both APIs are reached through a proxy and with a certificate of an authority of one's own.
func TestProxiesAndCertificates(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	api := tlsInFrontOf(t, env)
	_, port, _ := net.SplitHostPort(api.Listener.Addr().String())
	authority := filepath.Join(t.TempDir(), "authority.pem")
	must(t, os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}), 0o600))
	cli := env.CLI(t, hopsConfig)
	run := func(host, proxy, trust string) string {
		t.Helper()
		out, _ := env.RunWith(t, cli, []string{
			"DFNS_API_URL=https://" + host + "/dfns", "ENFINITOS_API_URL=https://" + host + "/enfinitos",
			"HTTPS_PROXY=" + proxy, "NO_PROXY=", "SSL_CERT_FILE=" + trust, "SSL_CERT_DIR=" + t.TempDir(),
		}, "plan", "-json")
		return shown(t, out)
	}
	var out strings.Builder
	for _, hop := range []struct{ name, host, proxy, trust string }{
		{"a proxy that refuses", "api.test", answering(t, http.StatusForbidden), authority},
		{"a proxy that wants a password", "api.test", answering(t, http.StatusProxyAuthRequired), authority},
		{"a proxy that closes", "api.test", answering(t, 0), authority},
		{"an unknown authority", api.Listener.Addr().String(), "", os.DevNull},
		{"a certificate for another name", "localhost:" + port, "", authority},
		{"nothing that listens", closedPort(t), "", authority},
	} {
		fmt.Fprintf(&out, "# %s\n\n%s", hop.name, run(hop.host, hop.proxy, hop.trust))
	}
	golden.File(t, "hops.txt", regexp.MustCompile(`(127\.0\.0\.1|localhost):\d+`).ReplaceAllString(out.String(), "$1:PORT"))
	if problems := run("example.com", tunnel(t, api.Listener.Addr().String()), authority); !strings.HasPrefix(problems, "Unable to read EnfinitOS webhook\n") ||
		!strings.Contains(problems, "404 Not Found") || strings.Count(problems, "----") != 1 {
		t.Errorf("through the proxy, to an API that has no such subscription: %s", problems)
	}
}

// tlsInFrontOf serves both APIs of a sandbox with TLS.
func tlsInFrontOf(t *testing.T, env *acctest.Env) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for _, site := range env.Sites() {
		to, err := url.Parse(site.URL)
		must(t, err)
		mux.Handle("/"+site.Name()+"/", http.StripPrefix("/"+site.Name(), httputil.NewSingleHostReverseProxy(to)))
	}
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// answering returns the url of a proxy that answers every CONNECT with a status, or closes the connection for 0.
func answering(t *testing.T, status int) string {
	t.Helper()
	return acctest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>blocked</html>")
	})
}

// tunnel returns the url of a proxy that connects everything to one address.
func tunnel(t *testing.T, to string) string {
	t.Helper()
	return acctest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		server, err := net.Dial("tcp", to)
		if err != nil || r.Method != http.MethodConnect {
			panic(http.ErrAbortHandler)
		}
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		pipe := func(to, from net.Conn) {
			defer func() { _ = to.Close() }()
			_, _ = io.Copy(to, from)
		}
		go pipe(server, client)
		go pipe(client, server)
	})
}

// closedPort returns an address at which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	return listener.Addr().String()
}

// shown returns the diagnostics in the output of a CLI with -json, in the order of their texts.
func shown(t *testing.T, out string) string {
	t.Helper()
	var texts []string
	for line := range strings.Lines(out) {
		var message struct {
			Diagnostic struct{ Summary, Detail string }
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if d := message.Diagnostic; d.Summary != "" {
			texts = append(texts, d.Summary+"\n"+d.Detail+"\n\n----\n")
		}
	}
	slices.Sort(texts)
	return strings.Join(texts, "")
}
