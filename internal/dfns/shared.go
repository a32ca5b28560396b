package dfns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Reads of many webhooks share one list of the organization, so that they cost a call for each 200 webhooks and not one
// for each.
//
//	alone     the first read in a quiet period asks for its webhook: one webhook costs one call
//	shared    every further read looks into the list, which one flight of calls fetches for all of them
//	missing   what the list lacks is asked for by itself: only that can say that a webhook is gone
//	changed   a change ends the round, and what was read before it serves no read that begins after

// listLife is how long a list is good for reads after its last page, and how long after the latest read the next one
// is alone again. It bounds how late a read sees what others change.
const listLife = 10 * time.Second

// maxListPages is how many pages the first list of a round has at most. An organization may have far more webhooks than
// are read here, and two reads must not wait for all of them. A list that ends early is as good for what it holds; once it
// has saved as many calls as it cost, one twice as long is fetched.
const maxListPages = 10

// errNoList says that the API refuses to list, so that reads ask for their webhooks one by one.
var errNoList = errors.New("the API does not list webhooks")

// shared is what the reads of a client have in common.
type shared struct {
	now func() time.Time

	mu      sync.Mutex
	round   *round
	refused bool // once listing is refused, it is not tried again
	claimed map[string]bool
}

// round is what was read since the latest change.
type round struct {
	underway int
	latest   time.Time // when a read last began or ended
	flight   *flight   // nil while there is neither a list nor one on its way
}

// flight is a list and the calls that fetch it. They go on as long as anyone waits for them, whoever that is.
type flight struct {
	waiting  int
	deadline time.Time // the latest of those who wait
	endless  bool      // one of them has none
	cancel   context.CancelFunc

	done     chan struct{} // closed once the rest is known
	maxPages int           // how many pages it may have
	over     bool
	at       time.Time // when it was over
	err      error

	webhooks map[string]*Webhook
	pages    int
	cut      bool // there may be more pages
	saved    int  // reads that it has answered
}

func newShared(now func() time.Time) *shared {
	if now == nil {
		now = time.Now
	}
	return &shared{now: now, round: &round{}, claimed: map[string]bool{}}
}

// ReadWebhook returns a webhook as GetWebhook does, for callers that may read many: reads at the same time, or within ten
// seconds of one another, share a list of the organization, which costs a call for each 200 webhooks. A webhook from that
// list is at most ten seconds old, and never older than a change made by this client. The first read in a quiet period,
// and every read where the API refuses to list, costs one call as GetWebhook does. An error that IsNotFound reports means
// that the API has no such webhook: listing works, the list lacks it, and asking for it says so. An error of the list is
// that of every read that shares it.
//
// https://docs.dfns.co/api-reference/webhooks/list-webhooks
// https://docs.dfns.co/api-reference/webhooks/get-webhook
func (c *Client) ReadWebhook(ctx context.Context, id string) (*Webhook, error) {
	round, alone := c.shared.begin()
	defer c.shared.end(round)
	if alone {
		return c.GetWebhook(ctx, id)
	}
	webhook, err := c.shared.find(ctx, round, id, c.listPages)
	switch {
	case errors.Is(err, errNoList):
		return c.GetWebhook(ctx, id)
	case err != nil || webhook != nil:
		return webhook, err
	}
	return c.getWebhook(ctx, id) // that listing works, which makes a 404 certain, is known
}

// Claim remembers that a state names a webhook, and reports whether that was known before.
func (c *Client) Claim(id string) (again bool) {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	again = c.shared.claimed[id]
	c.shared.claimed[id] = true
	return again
}

// Unclaimed returns the webhooks of a content that no state names which this client was told of, oldest first: what a
// create may have left behind whose process was killed. It looks into the list that reads share and makes no call, so
// without one it returns none.
func (c *Client) Unclaimed(in CreateWebhookRequest) (out []*Webhook) {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	flight := c.shared.round.flight
	if flight == nil || !flight.over {
		return nil
	}
	for id, webhook := range flight.webhooks {
		_, answered := c.created.Load(id)
		switch {
		case answered || !in.matches(webhook):
		case c.shared.claimed[id]: // equal ones are meant to be, and the others may only not have been claimed yet
			return nil
		default:
			out = append(out, webhook.clone())
		}
	}
	slices.SortFunc(out, func(a, b *Webhook) int {
		return cmp.Or(cmp.Compare(a.DateCreated, b.DateCreated), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func (c *Client) listPages(ctx context.Context) iter.Seq2[[]Webhook, error] {
	return pages[Webhook](ctx, c, MaxPage, nil, "webhooks")
}

// clone keeps what is handed out apart from what others share.
func (w *Webhook) clone() *Webhook {
	out := *w
	out.Events = slices.Clone(w.Events)
	return &out
}

// begin counts a read in and tells whether it is alone.
func (s *shared) begin() (r *round, alone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, now := s.round, s.now()
	quiet := r.latest.IsZero() || now.Sub(r.latest) >= listLife
	alone = s.refused || r.underway == 0 && quiet
	r.underway++
	r.latest = now
	return r, alone
}

func (s *shared) end(r *round) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.underway--
	r.latest = s.now()
}

// drop ends the round. A read that has begun still gets what its round's flight brings; one that begins now does not.
func (s *shared) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.round = &round{}
}

// find looks a webhook up in the list of a round, which is fetched where there is none. It returns nil where the list
// lacks the webhook.
func (s *shared) find(
	ctx context.Context, r *round, id string, list func(context.Context) iter.Seq2[[]Webhook, error],
) (*Webhook, error) {
	f := s.join(ctx, r, id, list)
	select {
	case <-f.done:
	case <-ctx.Done():
		s.leave(r, f)
		return nil, fmt.Errorf("waiting for the list of webhooks: %w", ctx.Err())
	}
	webhook := f.webhooks[id]
	if f.err != nil || webhook == nil {
		return nil, f.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f.saved++
	return webhook.clone(), nil
}

// join returns the flight that a read is to wait for: that of the round, or a new one where it serves no longer.
func (s *shared) join(
	ctx context.Context, r *round, id string, list func(context.Context) iter.Seq2[[]Webhook, error],
) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, pages := r.flight, maxListPages
	switch {
	case f == nil || !f.over:
	case s.now().Sub(f.at) >= listLife:
		f = nil
	case f.cut && f.webhooks[id] == nil && f.saved >= f.pages:
		f, pages = nil, 2*f.pages
	}
	if f == nil {
		f = &flight{done: make(chan struct{}), maxPages: pages, webhooks: map[string]*Webhook{}}
		r.flight = f
		var alone context.Context
		alone, f.cancel = context.WithCancel(flightContext{context.WithoutCancel(ctx), s, f})
		go s.run(r, f, list(alone)) //nolint:contextcheck // it outlives the read that began it
	}
	f.waiting++
	deadline, limited := ctx.Deadline()
	f.endless = f.endless || !limited
	if deadline.After(f.deadline) {
		f.deadline = deadline
	}
	return f
}

// leave gives up waiting. A flight that nobody waits for is given up too.
func (s *shared) leave(r *round, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiting--
	if f.waiting == 0 && !f.over {
		f.cancel()
		if r.flight == f {
			r.flight = nil
		}
	}
}

// run fetches the list and keeps it for the round, unless it failed.
func (s *shared) run(r *round, f *flight, list iter.Seq2[[]Webhook, error]) {
	defer f.cancel()
	err := f.fetch(list)
	s.mu.Lock()
	defer s.mu.Unlock()
	if refusesList(err) {
		s.refused, err = true, errNoList
	}
	if err != nil && r.flight == f {
		r.flight = nil
	}
	f.over, f.at, f.err = true, s.now(), err
	close(f.done)
}

func (f *flight) fetch(list iter.Seq2[[]Webhook, error]) error {
	for page, err := range list {
		if err != nil {
			return err
		}
		for i := range page {
			if page[i].isWhole() {
				f.webhooks[page[i].ID] = &page[i]
			}
		}
		f.pages++
		if f.cut = f.pages == f.maxPages; f.cut {
			return nil
		}
	}
	return nil
}

// refusesList reports an answer after which asking for single webhooks may still work: listing is forbidden, there is no
// such route, or what comes is no list. An API that fails or cannot be reached is not to be asked a thousand times instead.
func refusesList(err error) bool {
	var answered *httpapi.Error
	if errors.As(err, &answered) {
		switch answered.Status {
		case 0, http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests: // as refused to every other call
			return false
		}
		return answered.Status < http.StatusInternalServerError
	}
	return errors.Is(err, ErrPendingApproval)
}

// flightContext is the context of a flight: the first read's, whose end does not end it. Its deadline is the latest of
// those who wait, for a call that must be put off for longer than that is not worth waiting for.
type flightContext struct {
	context.Context

	shared *shared
	flight *flight
}

// Deadline implements context.Context.
func (c flightContext) Deadline() (time.Time, bool) {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	return c.flight.deadline, !c.flight.endless
}
