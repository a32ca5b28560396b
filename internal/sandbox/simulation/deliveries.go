package simulation

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"
)

// The statuses of a delivery.
const (
	// Queued has no attempt yet, Failed has had one without success.
	Queued = "queued"
	Failed = "failed"
	// Delivered and DeadLettered have no further attempt.
	Delivered    = "delivered"
	DeadLettered = "dead_lettered"
)

// Delivery is an event on its way to a webhook, with what came of the latest attempt. If the vendor lists each attempt, it is one attempt.
type Delivery struct {
	ID        string
	WebhookID string
	Kind      string
	// Payload is what the vendor keeps of the event, and Raised when it occurred.
	Payload string
	Raised  time.Time
	Status  string
	// Attempts is how many attempts were made, First and Last when the first and the latest were.
	Attempts    int
	First, Last time.Time
	// HTTPStatus and Excerpt are what the receiver answered to the latest attempt. Code and Error say why it did not.
	HTTPStatus int
	Excerpt    string
	Code       string
	Error      string
	// Signature is the header that the latest attempt was signed with.
	Signature string
	// NextRetry is when the next attempt is due, zero when there will be none.
	NextRetry   time.Time
	DeliveredAt time.Time
	// RetryOf is the id of the first attempt, if the vendor lists each attempt and this is a further one.
	RetryOf string
	// Number is the place among all deliveries.
	Number int
	// Waits is true while an attempt is still to be made.
	Waits bool

	// busy is true while an attempt is in flight, so that no second one is made beside it.
	busy bool
}

// Outcome is the status that the receiver answered as text, or the code of what went wrong.
func (d *Delivery) Outcome() string {
	if d.HTTPStatus == 0 {
		return d.Code
	}
	return strconv.Itoa(d.HTTPStatus)
}

// What the log holds, so that the sandbox cannot grow without end: so many deliveries for which an attempt is to be made, and so
// many others, the newest.
const (
	maxWaiting      = 100_000
	maxWaitingBytes = 256 << 20
	maxPast         = 20_000
	maxPastBytes    = 64 << 20
)

// size is how much of deliveries there is.
type size struct{ count, bytes int }

func (z *size) add(d *Delivery, by int) {
	z.count += by
	z.bytes += by * len(d.Payload)
}

// log holds the deliveries of one vendor.
type log struct {
	// listed are what the API and the page list, the oldest first.
	listed []*Delivery
	byID   map[string]*Delivery
	// waiting are the deliveries for which an attempt is to be made, by number. If the vendor lists each attempt, they are not listed.
	waiting map[int]*Delivery
	// past is the size of what is listed and does not wait.
	past, wait size
	created    int
}

// Count returns the next number. No two objects of a vendor have the same.
func (l *log) Count() int {
	l.created++
	return l.created
}

func (l *log) await(d *Delivery) {
	d.Waits = true
	l.waiting[d.Number] = d
	l.wait.add(d, 1)
}

// finish ends the attempts of a delivery.
func (l *log) finish(d *Delivery) {
	if l.waiting[d.Number] != d {
		return
	}
	d.Waits, d.NextRetry = false, time.Time{}
	delete(l.waiting, d.Number)
	l.wait.add(d, -1)
	if l.byID[d.ID] == d {
		l.past.add(d, 1)
	}
}

// list adds a delivery to what is listed.
func (l *log) list(d *Delivery) {
	l.listed = append(l.listed, d)
	l.byID[d.ID] = d
	if !d.Waits {
		l.past.add(d, 1)
	}
}

// removeOldest removes the oldest of what does not wait, many at a time because each time goes through all.
func (l *log) removeOldest() {
	if l.past.count <= maxPast*5/4 && l.past.bytes <= maxPastBytes*5/4 {
		return
	}
	l.remove(func(d *Delivery) bool { return !d.Waits && (l.past.count > maxPast || l.past.bytes > maxPastBytes) })
}

func (l *log) remove(forgotten func(*Delivery) bool) {
	l.listed = slices.DeleteFunc(l.listed, func(d *Delivery) bool {
		if !forgotten(d) {
			return false
		}
		l.finish(d)
		l.past.add(d, -1)
		delete(l.byID, d.ID)
		return true
	})
}

// Waiting returns the deliveries for which an attempt is to be made, the oldest first.
func (l *log) Waiting() []*Delivery {
	return slices.SortedFunc(maps.Values(l.waiting), func(a, b *Delivery) int { return cmp.Compare(a.Number, b.Number) })
}

// Listed returns the deliveries to a webhook that are wanted, the oldest first.
func (l *log) Listed(webhook string, wanted func(*Delivery) bool) (out []*Delivery) {
	for _, d := range l.listed {
		if d.WebhookID == webhook && wanted(d) {
			out = append(out, d)
		}
	}
	return out
}

// Delivery returns the listed delivery with an id, or nil.
func (l *log) Delivery(id string) *Delivery { return l.byID[id] }

// removeDeliveries removes the deliveries to a webhook.
func (s *Server[T]) removeDeliveries(webhook string) {
	for _, d := range s.Listed(webhook, func(*Delivery) bool { return true }) {
		s.Touch(d.ID)
	}
	s.remove(func(d *Delivery) bool { return d.WebhookID == webhook })
}

// record lists a new delivery.
func (s *Server[T]) record(d *Delivery) {
	s.list(d)
	s.removeOldest()
	s.Touch(d.ID)
}

// Deliveries returns a copy of what is listed, the oldest first.
func (s *Server[T]) Deliveries() []Delivery {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	return values(s.listed)
}

func values(all []*Delivery) []Delivery {
	out := make([]Delivery, 0, len(all))
	for _, d := range all {
		out = append(out, *d)
	}
	return out
}

// AddDelivery lists a delivery as it is and returns its id. No attempt is made but by a call.
func (s *Server[T]) AddDelivery(d Delivery) string {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	d.ID, d.Number = s.vendor.Deliveries.NewID(s.Random), s.Count()
	if d.Status == Queued || d.Status == Failed {
		s.await(&d)
	}
	s.record(&d)
	return d.ID
}
