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

// Reads of many webhooks share one list of the organization, so that they take one call per 200 webhooks instead of one per
// webhook.
//
//	alone     the first read in a quiet period gets its webhook directly: one webhook takes one call
//	shared    every further read uses the list, which one flight of calls fetches for all of them
//	missing   a webhook that is not in the list is read directly: only that can show that it is gone
//	changed   a change ends the round: a read that begins after it does not use what was read before it

// listLife is how long a list is valid after its last page was fetched, and how long after the latest read the next one is
// alone again. It limits how late a read sees the changes of others.
const listLife = 10 * time.Second

// maxListPages limits the pages of the first list of a round. An organization may have far more webhooks than this run reads,
// and two reads must not wait for all of them. A truncated list is still valid for what it contains. Once it has saved as many
// calls as it took, a list twice as long is fetched.
const maxListPages = 10

// errNoList says that the API refuses to list, so each webhook is read directly.
var errNoList = errors.New("the API does not list webhooks")

// shared is the state that the reads of a client share.
type shared struct {
	now func() time.Time

	mu      sync.Mutex
	round   *round
	refused bool // the API refused to list; do not try again
	claimed map[string]bool
}

// round holds what was read since the latest change.
type round struct {
	underway int
	latest   time.Time // when a read last began or ended
	flight   *flight   // nil while there is no list and none is being fetched
}

// flight is a list and the calls that fetch it. The calls continue as long as any read waits for them.
type flight struct {
	waiting  int
	deadline time.Time // the latest deadline of the waiting reads
	endless  bool      // one of them has no deadline
	cancel   context.CancelFunc

	done     chan struct{} // closed once the fields below are set
	maxPages int           // the limit of its pages
	over     bool
	at       time.Time // when it ended
	err      error

	webhooks map[string]*Webhook
	pages    int
	cut      bool // the list is truncated
	saved    int  // reads that it has served
}

func newShared(now func() time.Time) *shared {
	if now == nil {
		now = time.Now
	}
	return &shared{now: now, round: &round{}, claimed: map[string]bool{}}
}

// ReadWebhook returns a webhook as GetWebhook does, for callers that may read many: reads at the same time, or within ten
// seconds of each other, share a list of the organization, which takes one call per 200 webhooks. A webhook from that list is
// at most ten seconds old, and never older than a change made by this client. The first read in a quiet period, and every
// read if the API refuses to list, takes one call as GetWebhook does. If IsNotFound reports the error, the API has no such
// webhook: listing works, the webhook is not in the list, and a direct read answers 404. All reads that share a list get its
// error.
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
	return c.getWebhook(ctx, id) // listing works, so a 404 is certain
}

// Claim records that a state names a webhook, and reports whether it was recorded before.
func (c *Client) Claim(id string) (again bool) {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	again = c.shared.claimed[id]
	c.shared.claimed[id] = true
	return again
}

// Unclaimed returns the webhooks with the content of a request that were never claimed, oldest first: a create whose process
// was killed may have left them behind. It makes no call: it uses the list that reads share, and returns none if there is no
// list.
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
		case c.shared.claimed[id]: // equal webhooks are intended, and the others may be claimed later
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

// clone returns a copy that shares nothing with the list.
func (w *Webhook) clone() *Webhook {
	out := *w
	out.Events = slices.Clone(w.Events)
	return &out
}

// begin registers a read and reports whether it is alone.
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

// drop ends the round. Reads that have begun still use the flight of their round; reads that begin now do not.
func (s *shared) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.round = &round{}
}

// find looks up a webhook in the list of a round, and fetches the list if there is none. It returns nil if the list does not
// contain the webhook.
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

// join returns the flight that a read waits for: that of the round, or a new one if that is outdated.
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

// leave stops waiting. A flight that nobody waits for is cancelled.
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

// refusesList reports an answer after which reading single webhooks may still work: listing is forbidden, the route does not
// exist, or the answer is not a list. An API that fails or is unreachable must not get a thousand calls instead.
func refusesList(err error) bool {
	var answered *httpapi.Error
	if errors.As(err, &answered) {
		switch answered.Status {
		case 0, http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests: // every other call would be refused too
			return false
		}
		return answered.Status < http.StatusInternalServerError
	}
	return errors.Is(err, ErrPendingApproval)
}

// flightContext is the context of a flight: that of the first read, without its cancellation. Its deadline is the latest
// deadline of the waiting reads, because a call that must wait longer helps none of them.
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
