package sandbox

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/url"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Vendor simulates one API. A vendor embeds simulation.Server, which has most of this. The journal, the faults, the state file, the
// page and the other control calls are the same for all vendors.
type Vendor interface {
	http.Handler
	// Refuse answers with a status in the vendor's format.
	Refuse(w http.ResponseWriter, r *http.Request, status int, message string)
	// Reset forgets everything but the account.
	Reset()
	// Control answers the calls under /_sandbox/ that only this vendor has. It may be nil.
	Control() http.Handler
	// DropUnknownPage removes a page token that this vendor has not made from a query.
	DropUnknownPage(query url.Values)
	// Env returns the environment variables for a client of the vendor at a URL.
	Env(url string) map[string]string
	// Secrets returns the signing secret of each webhook by its id.
	Secrets() map[string]string
	// Save returns the state for Load. Resume then takes up its deliveries.
	Save() (json.RawMessage, error)
	Load(state json.RawMessage) error
	Resume()
	// Kinds and Raise make the events of the control call.
	delivery.Source
	// Overview returns what the page shows, Pending one number of it. ShowWebhook and ShowDelivery return one object, nil if it is gone.
	Overview() wire.Overview
	Pending() int
	ShowWebhook(id string) *wire.Webhook
	ShowDelivery(id string) *wire.Content
	// Subscribe adds a webhook that gets each event, outside of any client.
	Subscribe(url string)
	// Resend makes a recorded delivery again.
	Resend(ctx context.Context, id string) error
}

// registration is what the sandbox has to know of a vendor before it simulates it.
type registration struct {
	// name stands in flags, in the log, in the state file and in paths; title is how the vendor writes it.
	name, title string
	// flags adds the vendor's own flags. It may be nil.
	flags func(*flag.FlagSet, *Config)
	// open returns the vendor.
	open func(Config, simulation.Options) Vendor
	// verify checks a delivery as a receiver has to.
	verify receiver.Scheme
	// expose names the vendor in fields of the sandbox. It may be nil.
	expose func(*Sandbox, *Site)
}

// Site is one vendor of a running sandbox.
type Site struct {
	registration

	Vendor Vendor
	// Calls are the journal and the faults of the vendor's listener.
	Calls *Calls
	// URL is the base URL of the listener.
	URL string
}

// Name returns the vendor's name, such as "dfns".
func (s *Site) Name() string { return s.name }

// Sites returns all vendors.
func (s *Sandbox) Sites() []*Site { return s.sites }

// At returns the vendor with a name, such as "dfns", or nil.
func (s *Sandbox) At(name string) *Site {
	for _, site := range s.sites {
		if site.name == name {
			return site
		}
	}
	return nil
}

// Titles returns the names of all vendors as they write them.
func Titles() (titles []string) {
	for _, vendor := range vendors {
		titles = append(titles, vendor.title)
	}
	return titles
}

// AddFlags adds the flags of every vendor.
func AddFlags(flags *flag.FlagSet, config *Config) {
	config.Addresses = map[string]string{}
	for _, vendor := range vendors {
		flags.Func(vendor.name, "loopback `HOST:PORT` of the simulated "+vendor.title+" API (default a free port of 127.0.0.1)",
			func(address string) error { config.Addresses[vendor.name] = address; return nil })
		if vendor.flags != nil {
			vendor.flags(flags, config)
		}
	}
}

// addVendors opens every vendor.
func (s *Sandbox) addVendors(config Config, starts int) {
	for _, vendor := range vendors {
		site := &Site{registration: vendor}
		site.Vendor = vendor.open(config, simulation.Options{
			Clock: config.Clock, Random: random(config.Seed, vendor.name, starts), Engine: s.engine, Scale: delivery.Scale(config.TimeScale),
			Changed: s.store.Soon, Touch: func(id string) { s.console.feed.touch(touched{site: site, id: id}) },
		})
		site.Calls = &Calls{
			vendor: site.Vendor, name: vendor.name, clock: config.Clock, wait: config.Wait, latency: config.Latency, log: config.Log,
			save: s.store.Save, background: s.background, engine: s.engine,
			touch: func(change touched) { change.site = site; s.console.feed.touch(change) },
		}
		s.console.add(site)
		s.sites = append(s.sites, site)
	}
}

// serveAt sets the URL of a vendor.
func (s *Sandbox) serveAt(site *Site, url string) {
	site.URL = url
	if site.expose != nil {
		site.expose(s, site)
	}
}
