//go:build browser

package sandbox_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// page is the sandbox's page in headless Chromium. CHROMIUM says where that is.
type page struct {
	*running

	ctx context.Context
}

// open starts a sandbox with a webhook for each way a delivery can go, and returns its page in a window of its own.
func open(t *testing.T, width int64, scheme string, events int) *page {
	t.Helper()
	s := start(t, sandbox.Config{Clock: time.Now, Seed: 1, ReceiverAddress: "127.0.0.1:0", DeliveryTimeout: time.Hour})
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(refusing.Close)
	var all []string
	for _, kind := range s.Dfns.Kinds() {
		all = append(all, kind.Name)
	}
	s.Dfns.Register(dfns.Webhook{
		URL: s.ReceiverURL + "/dfns?token=hunter2", Events: []string{"wallet.transfer.confirmed", "wallet.transfer.failed"},
		Status: "Enabled", Description: "ledger",
	})
	s.Dfns.Register(dfns.Webhook{URL: refusing.URL + "/audit", Events: all, Status: "Enabled", Description: "audit of all events"})
	s.Enfinitos.Register(enfinitos.Subscription{URL: s.ReceiverURL + "/enfinitos", Events: []string{"right.issued", "right.revoked"}, Label: "rights ledger"})
	for range events / 3 {
		s.sendSample("dfns", "wallet.transfer.confirmed")
		s.sendSample("enfinitos", "right.issued")
	}
	sandboxtest.Eventually(t, "all is delivered", func() bool { return len(s.Dfns.Events()) == events/3*2 && s.Enfinitos.Pending() == 0 })

	allocator, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.ExecPath(cmp.Or(os.Getenv("CHROMIUM"), "chromium")))...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, sandboxtest.Patience)
	t.Cleanup(cancel)
	p := &page{s, ctx}
	p.run(chromedp.EmulateViewport(width, 840), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}), chromedp.Navigate(s.EnfinitosURL))
	p.until(`document.querySelector('#connection').textContent === 'Live'`)
	return p
}

// sendSample sends an event with the sample of its kind.
func (s *running) sendSample(vendor, kind string) {
	s.t.Helper()
	s.control("POST "+vendor+"/events", `{"kind":"`+kind+`"}`, 200)
}

func (p *page) run(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// until waits until an expression is true.
func (p *page) until(expression string) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(sandboxtest.Patience/4))); err != nil {
		p.t.Fatalf("%s does not become true: %v\n%s", expression, err, p.read(`document.body.innerText`))
	}
}

// read returns the value of an expression as a text.
func (p *page) read(expression string) string {
	p.t.Helper()
	var out any
	p.run(chromedp.Evaluate(expression, &out, func(evaluate *runtime.EvaluateParams) *runtime.EvaluateParams {
		return evaluate.WithAwaitPromise(true)
	}))
	if text, ok := out.(string); ok {
		return text
	}
	text, _ := json.Marshal(out)
	return string(text)
}

// script returns the value of a script in testdata.
func (p *page) script(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		p.t.Fatal(err)
	}
	return p.read(strings.ReplaceAll(string(text), "KEY", p.Env()["ENFINITOS_API_KEY"]))
}

// screenshot writes what is seen into the directory of SCREENSHOTS, for people.
func (p *page) screenshot(name string) {
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		var shot []byte
		p.run(chromedp.CaptureScreenshot(&shot))
		if err := os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
}

func TestPageLayout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		scheme     string
		width      int64
		deliveries int
	}{{"light", 1300, 9}, {"dark", 1300, 9}, {"light", 1300, 2001}, {"dark", 400, 2001}, {"light", 400, 3}, {"dark", 1300, 0}} {
		name := fmt.Sprintf("%s-%d-%d", test.scheme, test.width, test.deliveries)
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // each has a browser
			p := open(t, test.width, test.scheme, test.deliveries)
			sandboxtest.Same(t, p.read(`document.getElementById('deliveries-count').textContent.match(/\d+/)[0]`), fmt.Sprint(test.deliveries))
			if test.deliveries > 0 {
				p.run(chromedp.Click(`#deliveries li:nth-child(3) summary`, chromedp.ByQuery))
				p.until(`document.querySelector('#deliveries .more pre')`)
			}
			p.run(chromedp.Click(`#webhooks details summary`, chromedp.ByQuery))
			sandboxtest.Same(t, p.script("layout.js"), "[]")
			p.run(chromedp.Click(`#webhooks details summary`, chromedp.ByQuery), chromedp.Evaluate(`scrollTo(0, 0)`, nil))
			p.screenshot(name)
		})
	}
}

// One visit, as a person makes it: each step leaves the page as the next finds it.
func TestVisitOfThePage(t *testing.T) {
	t.Parallel()
	p := open(t, 1300, "light", 3)
	row := `document.querySelector('#deliveries li:has(.badge.good) details')`
	p.run(chromedp.Evaluate(row+`.querySelector('summary').focus()`, nil), chromedp.KeyEvent(kb.Enter))
	p.until(row + `.querySelectorAll('pre').length === 3`)
	sandboxtest.Contains(t, p.read(row+`.innerText`), "verified", "The receiver answered 200", "has verified the signature", "received", `"kind": "`, "Headers, with the signature")
	shown := p.read(`document.documentElement.outerHTML`)
	for _, secret := range []string{"hunter2", p.Dfns.Webhooks()[0].Secret, p.Enfinitos.Subscriptions()[0].Secret, p.Env()["DFNS_AUTH_TOKEN"]} {
		if strings.Contains(shown, secret) {
			t.Errorf("the page shows the secret %q", secret)
		}
	}

	sandboxtest.Same(t, p.script("visit.js"), "[]")
	sandboxtest.Same(t, journal(p.EnfinitosCalls), []string{ // nothing of the page
		"POST /v1/webhooks 201", "GET /v1/webhooks 503 (status)", "GET /v1/webhooks 401",
	})
	sandboxtest.Same(t, len(p.DfnsCalls.Journal()), 0)
	p.Close()
	p.until(`document.getElementById('connection').textContent.includes('not reachable')`)
}

// What a webhook is called, and what a receiver answers, is text and never run.
func TestPageRunsNothingForeign(t *testing.T) {
	t.Parallel()
	p := open(t, 1300, "light", 0)
	const script = `<img src=x onerror="document.title='broken in'"><script>document.title='broken in'</script>`
	answering := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(script)) }))
	t.Cleanup(answering.Close)
	p.Dfns.Register(dfns.Webhook{URL: answering.URL + "/foreign", Events: []string{"*"}, Status: "Enabled", Description: script})
	p.control("POST events", `{"kind":"key.created","data":{"text":`+fmt.Sprintf("%q", script)+`}}`, 200)
	p.until(`document.querySelectorAll('#deliveries details').length === 2`)
	p.run(chromedp.Evaluate(`for (const d of document.querySelectorAll('#deliveries details')) d.open = true`, nil))
	p.until(`document.querySelectorAll('#deliveries pre').length === 6`)
	sandboxtest.Same(t, p.read(`document.title + document.querySelectorAll('img').length`), "webhook-sandbox0")
	p.run(chromedp.Evaluate(`{const s = document.createElement('script'); s.textContent = 'document.title = "inline"'; document.head.append(s);
		fetch('http://127.0.0.1:9/').catch(() => document.body.dataset.blocked = 'yes')}`, nil))
	p.until(`document.body.dataset.blocked === 'yes'`)
	sandboxtest.Same(t, p.read(`document.title`), "webhook-sandbox")
}
