// Package simulation is what the simulations of all vendors have: webhooks, deliveries to them, the state, and what the page shows. A
// vendor's server embeds Server and adds its account, its routes and its words.
package simulation

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Options are what every vendor gets from the sandbox.
type Options struct {
	// Clock tells the time. It is required.
	Clock func() time.Time
	// Random makes ids, secrets and keys. It is required.
	Random *rand.ChaCha8
	// Engine makes the deliveries. It is required.
	Engine *delivery.Engine
	// Scale divides the waits between attempts.
	Scale delivery.Scale
	// Changed is called when a delivery has changed the state, because no call shows that. It may be nil.
	Changed func()
	// Touch is called with the id of a webhook or a delivery when what the page shows of it has changed. It may be nil, and must not
	// call the server.
	Touch func(id string)
}

// Vendor is how one vendor differs from the others. T is its webhook.
type Vendor[T any] struct {
	// Title is the vendor's name as it writes it.
	Title string
	// Kinds are the event kinds of the documentation.
	Kinds wire.Kinds
	// View returns what the server has to know of a webhook.
	View func(*T) Webhook
	// Assign sets what the vendor assigns to a new webhook, such as its id and its secret.
	Assign func(*T)
	// Reset forgets what the vendor holds besides webhooks and deliveries, but not the account. It may be nil.
	Reset func()
	// SaveAccount returns the account as it is saved, and LoadAccount takes such an account over.
	SaveAccount func() any
	LoadAccount func(json.RawMessage) error
	// Deliveries are the rules for deliveries.
	Deliveries Rules
}

// Server is the part that is the same for every vendor. It is safe for concurrent use.
type Server[T any] struct {
	Options

	// Lock is held while a call is answered. It guards all fields below, and those of the vendor. The methods that do not take it are
	// for the answer to a call.
	Lock sync.Mutex
	// Late is the source for what is drawn at an attempt. Attempts are made whenever it is their turn: drawn from Random, their ids
	// would change those of what comes by call.
	Late *rand.ChaCha8

	vendor Vendor[T]
	webhooks[T]
	log
}

// Begin prepares a server that has its Options and an account, but no webhooks.
func (s *Server[T]) Begin(vendor Vendor[T]) {
	if s.Changed == nil {
		s.Changed = func() {}
	}
	if s.Touch == nil {
		s.Touch = func(string) {}
	}
	s.vendor = vendor
	s.Late = rand.NewChaCha8([32]byte(wire.Bytes(s.Random, 32)))
	s.clear()
}

// Reset forgets everything but the account.
func (s *Server[T]) Reset() {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.clear()
}

func (s *Server[T]) clear() {
	s.webhooks = webhooks[T]{}
	s.log = log{byID: map[string]*Delivery{}, waiting: map[int]*Delivery{}}
	if s.vendor.Reset != nil {
		s.vendor.Reset()
	}
}

// Unlocked lets other calls continue while this one waits for a receiver.
func (s *Server[T]) Unlocked(wait func()) {
	s.Lock.Unlock()
	defer s.Lock.Lock()
	wait()
}

// Kinds returns the event kinds of the documentation.
func (s *Server[T]) Kinds() wire.Kinds { return s.vendor.Kinds }

// Control is nil: most vendors have no control call of their own.
func (s *Server[T]) Control() http.Handler { return nil }

// DropUnknownPage leaves a query as it is, for a vendor that has no page tokens.
func (s *Server[T]) DropUnknownPage(url.Values) {}
