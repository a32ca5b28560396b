//go:build browser

package sandbox_test

import (
	"cmp"
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// TestPageInBrowser renders the page of each vendor in headless Chromium and looks at what it shows, and at what it must
// not show or run. It needs Chromium, so it has a build tag of its own; CHROMIUM says where it is.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(refusing.Close)
	s, err := sandbox.Start(sandbox.Config{ReceiverAddress: "127.0.0.1:0", DeliveryTimeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	const script = `<img src=x onerror="document.title='broken in'"><script>document.title='broken in'</script>`
	wallet := s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL + "/?token=hunter2", Events: []string{"*"}, Status: "Enabled", Description: script})
	s.Dfns.Register(dfns.Webhook{URL: refusing.URL, Events: []string{"*"}, Status: "Enabled"})
	right := s.Enfinitos.Register(enfinitos.Subscription{URL: s.ReceiverURL, Events: []string{"*"}, Label: script})
	if err := s.Dfns.Deliver("wallet.created", nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Enfinitos.Deliver("right.issued", nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "everything is recorded", func() bool {
		return len(s.Dfns.Events()) == 2 && s.Enfinitos.Deliveries()[0].Status == enfinitos.Delivered
	})
	for url, want := range map[string][]string{
		s.DfnsURL: {">Dfns<", wallet, s.Dfns.Events()[0].ID, s.Dfns.Events()[1].ID, `class="delivered"`, `class="failed"`, ">418<",
			`<span id="pending">1</span>`, ">Enabled<"},
		s.EnfinitosURL: {">EnfinitOS<", right, s.Enfinitos.Deliveries()[0].ID, `class="delivered"`, ">active<", "right.issued"},
	} {
		shown := render(t, url)
		for _, text := range append(want, html.EscapeString(script[:9]), "<title>webhook-sandbox</title>") {
			if !strings.Contains(shown, text) {
				t.Errorf("%s does not show %q:\n%s", url, text, shown)
			}
		}
		for _, text := range []string{"broken in</title>", "<img", "hunter2", s.Dfns.Webhooks()[0].Secret, s.Enfinitos.Subscriptions()[0].Secret} {
			if strings.Contains(shown, text) {
				t.Errorf("%s holds %q", url, text)
			}
		}
	}
}

// TestPageRefreshes changes the state after the page has been loaded: the second look at it comes by itself.
func TestPageRefreshes(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	var looks atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_sandbox/state" {
			if looks.Add(1) == 2 {
				s.Dfns.Register(dfns.Webhook{URL: "http://127.0.0.1:1/late", Events: []string{"*"}, Status: "Enabled"})
			}
		}
		s.DfnsCalls.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	if shown := render(t, proxy.URL); !strings.Contains(shown, "http://127.0.0.1:1/late") || !strings.Contains(shown, `<span id="webhook-count">1</span>`) {
		t.Errorf("after %d looks the page shows:\n%s", looks.Load(), shown)
	}
}

// render returns the page as it stands after some seconds of the browser's own, fast time.
func render(t *testing.T, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, cmp.Or(os.Getenv("CHROMIUM"), "chromium"),
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=5000", "--dump-dom", url)
	var problems strings.Builder
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, problems.String())
	}
	return string(out)
}
