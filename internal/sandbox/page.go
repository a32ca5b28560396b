package sandbox

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

//go:embed page
var pageFiles embed.FS

// console serves the page, which is the same on every listener, and what the page reads and tells of any vendor.
type console struct {
	sandbox *Sandbox
	feed    *feed
	mux     *http.ServeMux
	guard   *http.CrossOriginProtection
}

func newConsole(s *Sandbox) *console {
	c := &console{sandbox: s, feed: newFeed(), mux: http.NewServeMux(), guard: http.NewCrossOriginProtection()}
	c.mux.HandleFunc("GET /{$}", servePart("index.html", "text/html"))
	c.mux.HandleFunc("GET /_sandbox/page.js", servePart("page.js", "text/javascript"))
	c.mux.HandleFunc("GET /_sandbox/page.css", servePart("page.css", "text/css"))
	c.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	c.mux.HandleFunc("GET /_sandbox/state", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, c.everything()) })
	c.mux.HandleFunc("GET /_sandbox/stream", c.stream)
	return c
}

// add serves the control calls of a vendor under its name too, so that the page reaches every vendor through any listener.
func (c *console) add(site *Site) {
	prefix := "/_sandbox/" + site.name
	c.mux.HandleFunc(prefix+"/", func(w http.ResponseWriter, r *http.Request) {
		own := r.Clone(r.Context())
		own.URL.Path = "/_sandbox" + strings.TrimPrefix(r.URL.Path, prefix)
		site.Calls.serveControl(w, own)
	})
}

// over puts the console before the handler of a listener. A page of another origin can change nothing: a browser says where a
// request comes from.
func (c *console) over(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
			if err := c.guard.Check(r); err != nil {
				http.Error(w, err.Error(), http.StatusForbidden)
				return
			}
		}
		if handler, pattern := c.mux.Handler(r); pattern != "" {
			handler.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// servePart serves one file of the page. The browser loads nothing from elsewhere, and runs nothing but page.js.
func servePart(name, contentType string) http.HandlerFunc {
	text, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		panic(fmt.Sprintf("the page is part of the program: %v", err))
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		header.Set("Content-Type", contentType+"; charset=utf-8")
		header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		_, _ = w.Write(text)
	}
}

func answerJSON(w http.ResponseWriter, body any) {
	w.Header().Set("Cache-Control", "no-store")
	wire.Answer(w, http.StatusOK, body)
}

// update is what the page shows, or what of it has changed. Everything but Receiver is by the vendor's name.
type update struct {
	Receiver string                   `json:"receiver,omitempty"`
	Vendors  []shownVendor            `json:"vendors,omitempty"`
	Webhooks map[string][]shownRow    `json:"webhooks,omitempty"`
	Rows     map[string][]shownRow    `json:"deliveries,omitempty"`
	Calls    map[string][]shownCall   `json:"calls,omitempty"`
	Faults   map[string][]ActiveFault `json:"faults,omitempty"`
	Pending  map[string]int           `json:"pending,omitempty"`
	Gone     map[string][]string      `json:"gone,omitempty"`
}

type shownVendor struct {
	Name  string     `json:"name"`
	Title string     `json:"title"`
	URL   string     `json:"url"`
	Kinds wire.Kinds `json:"kinds"`
}

// shownRow is a webhook or a delivery.
type shownRow any

// shownDelivery is a delivery with the verdict of the receiver, if the receiver got it.
type shownDelivery struct {
	wire.Delivery

	Verdict string `json:"verdict,omitempty"`
}

// shownCall is a call without its body.
type shownCall struct {
	Number int `json:"number"`
	Call
}

func newUpdate() *update {
	return &update{
		Webhooks: map[string][]shownRow{}, Rows: map[string][]shownRow{}, Calls: map[string][]shownCall{},
		Faults: map[string][]ActiveFault{}, Pending: map[string]int{}, Gone: map[string][]string{},
	}
}

// shownCalls is how many calls of a vendor the page gets at first: the latest.
const shownCalls = 1000

// everything returns all that the page shows.
func (c *console) everything() *update {
	out := newUpdate()
	out.Receiver = c.sandbox.ReceiverURL
	for _, site := range c.sandbox.sites {
		name, overview := site.name, site.Vendor.Overview()
		out.Vendors = append(out.Vendors, shownVendor{Name: name, Title: site.title, URL: site.URL, Kinds: site.Vendor.Kinds()})
		out.Webhooks[name], out.Rows[name] = []shownRow{}, []shownRow{}
		for _, webhook := range overview.Webhooks {
			out.Webhooks[name] = append(out.Webhooks[name], webhook)
		}
		for _, delivery := range overview.Deliveries {
			out.Rows[name] = append(out.Rows[name], c.judged(delivery))
		}
		out.Calls[name] = site.Calls.latest(shownCalls)
		out.Faults[name] = site.Calls.Faults()
		out.Pending[name] = overview.Pending
	}
	return out
}

func (c *console) judged(delivery wire.Delivery) shownDelivery {
	out := shownDelivery{Delivery: delivery}
	if c.sandbox.receiver != nil {
		out.Verdict = c.sandbox.receiver.Verdict(delivery.Signature)
	}
	return out
}

// changes returns the state of what has changed, or nil after a reset.
func (c *console) changes(all []touched) *update {
	out, seen := newUpdate(), map[touched]bool{}
	for _, change := range all {
		if change.what == changedAll {
			return nil
		}
		if !seen[change] {
			seen[change] = true
			c.change(out, change)
		}
	}
	return out
}

func (c *console) change(out *update, change touched) {
	site, name := change.site, change.site.name
	out.Pending[name] = site.Vendor.Pending()
	switch change.what {
	case changedCall:
		if call := site.Calls.numbered(change.call); call != nil {
			out.Calls[name] = append(out.Calls[name], call.shown(change.call))
		}
	case changedFaults:
		out.Faults[name] = site.Calls.Faults()
	default:
		if webhook := site.Vendor.ShowWebhook(change.id); webhook != nil {
			out.Webhooks[name] = append(out.Webhooks[name], webhook)
		} else if delivery := site.Vendor.ShowDelivery(change.id); delivery != nil {
			out.Rows[name] = append(out.Rows[name], c.judged(delivery.Delivery))
		} else {
			out.Gone[name] = append(out.Gone[name], change.id)
		}
	}
}

// pause is how long the stream collects changes, so that many of them are one message.
const pause = 50 * time.Millisecond

// stream sends everything, and then what changes, as server-sent events.
func (c *console) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	count, next := c.feed.now()
	if !send(w, "state", c.everything()) {
		return
	}
	for {
		select {
		case <-next:
			wait(r, pause)
		case <-r.Context().Done():
			return
		}
		from := count
		count, next = c.feed.now()
		name, out := "change", (*update)(nil)
		if changes, known := c.feed.since(from); known {
			out = c.changes(changes)
		}
		if out == nil {
			name, out = "state", c.everything()
		}
		if !send(w, name, out) {
			return
		}
	}
}

func send(w http.ResponseWriter, event string, data any) bool {
	text, err := json.Marshal(data)
	if err == nil {
		_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, text)
	}
	return err == nil && http.NewResponseController(w).Flush() == nil
}
