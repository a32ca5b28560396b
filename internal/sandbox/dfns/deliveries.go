package dfns

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// retries are the vendor's times of the attempts after the first, counted from that one.
var retries = []time.Duration{time.Minute, 12 * time.Minute, 2 * time.Hour, 24 * time.Hour}

// maxPending bounds what receivers that are down can make the sandbox hold.
const (
	maxPending      = 100_000
	maxPendingBytes = 256 << 20
)

// pending is an event that is still to be delivered to one webhook.
type pending struct {
	Number    int
	WebhookID string
	Kind      string
	Data      json.RawMessage
	// Raised is when the event occurred, Began when the first attempt was made.
	Raised time.Time
	Began  time.Time
	// Attempt is the number of the next attempt, and Due its time.
	Attempt int
	Due     time.Time
	// First and Last are the ids of the first and the latest attempt, empty before there was one.
	First string
	Last  string

	last *Event
}

// Deliver is Raise for those who know how many deliveries it makes.
func (s *Server) Deliver(kind string, data json.RawMessage) error {
	_, err := s.Raise(kind, data)
	return err
}

// Raise sends an event to each enabled webhook that subscribes to its kind, and returns how many those are before their receivers
// answer.
func (s *Server) Raise(kind string, data json.RawMessage) (deliveries int, err error) {
	data, err = checkEvent(kind, data)
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) >= maxPending || s.pendingBytes > maxPendingBytes {
		return 0, delivery.ErrFull
	}
	var jobs []delivery.Job
	for _, webhook := range s.webhooks.All() {
		if webhook.wants(kind) {
			jobs = append(jobs, s.job(webhook.ID, kind, data))
		}
	}
	s.options.Engine.Enqueue(jobs...)
	return len(jobs), nil
}

// job returns the delivery of a new event to one webhook.
func (s *Server) job(webhook, kind string, data json.RawMessage) *attempt {
	now := s.options.Clock()
	s.created++
	p := &pending{Number: s.created, WebhookID: webhook, Kind: kind, Data: data, Raised: now, Attempt: 1, Due: now}
	s.await(p)
	return &attempt{server: s, pending: p}
}

// Resend sends the event of a recorded attempt to its webhook once more, as a new event.
func (s *Server) Resend(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	event := s.event(id)
	if event == nil {
		return fmt.Errorf("there is no delivery %s", id)
	}
	webhook := s.webhooks.Find(event.WebhookID)
	if webhook == nil || webhook.Status != enabled {
		return fmt.Errorf("the webhook %s is deleted or disabled", event.WebhookID)
	}
	s.options.Engine.Enqueue(s.job(webhook.ID, event.Kind, event.Data))
	return nil
}

func (s *Server) await(p *pending) {
	s.pending[p.Number] = p
	s.pendingBytes += len(p.Data)
}

func (s *Server) settle(p *pending) {
	delete(s.pending, p.Number)
	s.pendingBytes -= len(p.Data)
}

// attempt makes the attempts of one pending event, one after the other.
type attempt struct {
	server  *Server
	pending *pending
	// event is what the attempt in flight will be recorded as.
	event *Event
}

// Receiver implements delivery.Job.
func (a *attempt) Receiver() string { return a.pending.WebhookID }

// Attempt implements delivery.Job. A webhook that is disabled or deleted when an attempt is due ends the event; one that
// was disabled and is enabled again never notices.
func (a *attempt) Attempt() (delivery.Request, bool) {
	s, p := a.server, a.pending
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending[p.Number] != p {
		return delivery.Request{}, false
	}
	webhook := s.webhooks.Find(p.WebhookID)
	if webhook == nil || webhook.Status != enabled {
		s.giveUp(p)
		return delivery.Request{}, false
	}
	a.event = &Event{
		ID: newID(s.attempts, "whe"), WebhookID: p.WebhookID, Kind: p.Kind, Data: p.Data,
		Date: p.Raised, Sent: s.options.Clock(), Attempt: p.Attempt, RetryOf: p.First,
	}
	request := a.event.request(webhook)
	a.event.Signature = request.Header[signatureHeader]
	return request, true
}

// giveUp ends a pending event. Its latest attempt must not promise another one.
func (s *Server) giveUp(p *pending) {
	s.settle(p)
	if p.last != nil {
		p.last.Next = time.Time{}
		s.options.Touch(p.last.ID)
	}
	s.options.Changed()
}

// Done implements delivery.Job.
func (a *attempt) Done(result delivery.Result) time.Time {
	s, p, event := a.server, a.pending, a.event
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending[p.Number] != p {
		return time.Time{}
	}
	event.Status, event.Error, event.Failed = result.Outcome(), result.Error, result.Status != http.StatusOK
	event.Excerpt = result.Excerpt
	p.First, p.Last, p.last = cmp.Or(p.First, event.ID), event.ID, event
	if p.Began.IsZero() {
		p.Began = event.Sent
	}
	if event.Failed && p.Attempt <= len(retries) {
		p.Due = p.Began.Add(s.options.Scale.Shorten(retries[p.Attempt-1]))
		event.Next = p.Due
		p.Attempt++
	} else {
		s.settle(p)
	}
	s.record(event)
	s.options.Changed()
	return event.Next
}

// Resume takes up the pending events that a loaded state holds.
func (s *Server) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pending {
		s.options.Engine.Schedule(p.Due, &attempt{server: s, pending: p})
	}
}

// request is the attempt as it is sent. What a receiver signs to compare is JSON.stringify of what it has parsed, so the
// body has that form.
func (e *Event) request(webhook *Webhook) delivery.Request {
	body := e.payload()
	mac := hmac.New(sha256.New, []byte(webhook.Secret))
	mac.Write(body)
	headers := e.headers()
	headers[signatureHeader] = "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return delivery.Request{URL: webhook.URL, Body: body, Header: headers}
}

const signatureHeader = "X-DFNS-WEBHOOK-SIGNATURE"

// headers are those of every delivery, with the signature that the attempt has had.
func (e *Event) headers() map[string]string {
	return map[string]string{
		"Content-Type": "application/json", "User-Agent": "webhook-sandbox (Dfns)", signatureHeader: e.Signature,
	}
}

func (e *Event) payload() []byte {
	body, err := json.Marshal(struct {
		ID              string          `json:"id"`
		Date            string          `json:"date"`
		Kind            string          `json:"kind"`
		TimestampSent   int64           `json:"timestampSent"`
		DeliveryAttempt int             `json:"deliveryAttempt"`
		Data            json.RawMessage `json:"data"`
		RetryOf         string          `json:"retryOf,omitempty"`
	}{e.ID, date(e.Date), e.Kind, e.Sent.Unix(), e.Attempt, e.Data, e.RetryOf})
	if err == nil {
		body, err = wire.Stringify(body)
	}
	if err != nil {
		panic(fmt.Sprintf("data that was checked always marshals: %v", err))
	}
	return body
}

// pingWebhook answers what the receiver of a test event answers. The event is not recorded.
func (s *Server) pingWebhook(w http.ResponseWriter, r *http.Request, _ []byte) {
	webhook := s.found(w, r)
	if webhook == nil {
		return
	}
	now := s.options.Clock()
	ping := &Event{ID: newID(s.attempts, "whe"), Kind: "webhook.ping", Data: json.RawMessage("{}"), Date: now, Sent: now, Attempt: 1}
	request := ping.request(webhook)
	var result delivery.Result
	var err error
	s.unlocked(func() { result, err = s.options.Engine.Post(r.Context(), request) })
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	out := map[string]string{"status": result.Outcome()}
	switch {
	case result.Error != "":
		out["error"] = result.Error
	case result.Status != http.StatusOK:
		out["error"] = "the receiver answered " + result.Outcome() + " and not 200"
	}
	answer(w, out)
}
