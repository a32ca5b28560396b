package sandbox

import (
	_ "embed"
	"encoding/json"
	"net/http"
)

//go:embed page.html
var page []byte

// servePage answers GET / with a page that shows the webhooks and deliveries of one vendor. It loads nothing else than
// /_sandbox/state, and the browser holds it to that.
func servePage(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy",
		"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	_, _ = w.Write(page)
}

// serveOverview answers what the page shows.
func (c *Calls) serveOverview(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(c.vendor.Overview())
}
