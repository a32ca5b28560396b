package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// maxBody limits the size of a request. The other two limit the size of the journal, which keeps the latest calls.
const (
	maxBody         = 1 << 20
	maxCalls        = 100_000
	maxJournalBytes = 64 << 20
)

// Call is one line of the journal.
type Call struct {
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	// Body is the request's body.
	Body string `json:"body,omitempty"`
	// Status is the status of the answer, 0 if the connection was cut.
	Status int `json:"status"`
	// Fault is the effect that was injected, empty for none.
	Fault string `json:"fault,omitempty"`
}

// String returns the log line of a call.
func (c Call) String() string {
	line := c.Method + " " + c.Path
	if c.Query != "" {
		line += "?" + c.Query
	}
	outcome := fmt.Sprint(c.Status)
	if c.Status == 0 {
		outcome = "cut"
	}
	if c.Fault != "" {
		outcome += " (" + c.Fault + ")"
	}
	return fmt.Sprintf("%-55s %s", line, outcome)
}

// Calls stands between the listener and a vendor: it keeps the journal, injects the faults and answers /_sandbox/.
type Calls struct {
	vendor  Vendor
	name    string
	clock   func() time.Time
	wait    clock.Wait
	latency time.Duration
	// save returns when all changes are saved. No change is acknowledged before that.
	save       func() error
	background *background
	engine     *delivery.Engine
	touch      func(touched)

	mu         sync.Mutex
	before     func(*http.Request)
	log        io.Writer
	journal    []Call
	first      int // the number of the first call of the journal
	held       int // the bytes of the journal
	faults     []*Fault
	faultCount int
	resets     int
}

// Journal returns the latest calls, without those to /_sandbox/.
func (c *Calls) Journal() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Call{}, c.journal...)
}

// ForgetCalls empties the journal.
func (c *Calls) ForgetCalls() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.first += len(c.journal)
	c.journal, c.held = nil, 0
}

// numbered returns the call with a number, nil if the journal has it no more.
func (c *Calls) numbered(number int) *Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	if number < c.first || number >= c.first+len(c.journal) {
		return nil
	}
	call := c.journal[number-c.first]
	return &call
}

// latest returns at most n calls for the page, the newest first.
func (c *Calls) latest(n int) []shownCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := []shownCall{}
	for i := len(c.journal) - 1; i >= 0 && len(out) < n; i-- {
		out = append(out, c.journal[i].shown(c.first+i))
	}
	return out
}

func (c Call) shown(number int) shownCall {
	c.Body = ""
	return shownCall{Number: number, Call: c}
}

// ServeHTTP answers a control call, or passes a call to the vendor and writes it into the journal.
func (c *Calls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
		c.serveControl(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refusal := &answer{header: http.Header{}}
		c.vendor.Refuse(refusal, r, http.StatusRequestEntityTooLarge, "")
		c.record(r, nil, nil, refusal)
		refusal.send(w)
		return
	}
	wait(r, c.latency)
	fault := c.nextFault(r)
	answer := c.acknowledge(r, c.inject(fault, r, body))
	c.record(r, body, fault, answer)
	answer.send(w)
}

func (c *Calls) serveControl(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	answer := &answer{header: http.Header{}, status: http.StatusOK}
	c.control().ServeHTTP(answer, r)
	c.acknowledge(r, answer).send(w)
}

// acknowledge returns the answer once its change is saved, or a refusal if saving failed.
func (c *Calls) acknowledge(r *http.Request, done *answer) *answer {
	if r.Method == http.MethodGet {
		return done
	}
	if err := c.save(); err != nil {
		done = &answer{header: http.Header{}}
		c.vendor.Refuse(done, r, http.StatusInternalServerError, err.Error())
	}
	return done
}

func (c *Calls) record(r *http.Request, body []byte, fault *Fault, answer *answer) {
	call := Call{
		Time: c.clock(), Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Body: string(body),
		Status: answer.status,
	}
	if fault != nil {
		call.Fault = fault.Effect
	}
	if answer.cut && len(answer.body) == 0 {
		call.Status = 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(call)
	c.touch(touched{what: changedCall, call: c.first + len(c.journal) - 1})
	_, _ = fmt.Fprintf(c.log, "%-10s%s\n", c.name, call)
}

// keep adds a call to the journal, and removes the oldest calls if the journal is too large.
func (c *Calls) keep(call Call) {
	c.journal = append(c.journal, call)
	c.held += call.size()
	for len(c.journal) > maxCalls || c.held > maxJournalBytes {
		c.held -= c.journal[0].size()
		c.journal[0] = Call{}
		c.journal = c.journal[1:]
		c.first++
	}
}

// size counts the parts whose length the caller decides.
func (c Call) size() int { return len(c.Path) + len(c.Query) + len(c.Body) }

func (c *Calls) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sandbox/requests", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, c.Journal()) })
	mux.HandleFunc("GET /_sandbox/requests/{number}", func(w http.ResponseWriter, r *http.Request) {
		number, _ := strconv.Atoi(r.PathValue("number"))
		answerOne(w, c.numbered(number))
	})
	mux.HandleFunc("GET /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, c.Faults()) })
	mux.HandleFunc("POST /_sandbox/faults", func(w http.ResponseWriter, r *http.Request) {
		answerDone(w, c.decodeFault(wire.Body(r)), http.StatusBadRequest)
	})
	mux.HandleFunc("DELETE /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		c.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE /_sandbox/faults/{number}", func(w http.ResponseWriter, r *http.Request) {
		if !c.clearFaults(func(f *Fault) bool { return strconv.Itoa(f.number) == r.PathValue("number") }) {
			http.NotFound(w, r)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sandbox/reset", func(w http.ResponseWriter, _ *http.Request) {
		c.reset()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sandbox/events", c.engine.Events(c.vendor))
	mux.HandleFunc("GET /_sandbox/deliveries/{id}", func(w http.ResponseWriter, r *http.Request) {
		answerOne(w, c.vendor.ShowDelivery(r.PathValue("id")))
	})
	mux.HandleFunc("POST /_sandbox/deliveries/{id}/resend", func(w http.ResponseWriter, r *http.Request) {
		answerDone(w, c.vendor.Resend(r.Context(), r.PathValue("id")), http.StatusConflict)
	})
	if own := c.vendor.Control(); own != nil {
		mux.Handle("/_sandbox/", own)
	}
	return mux
}

// decodeFault adds the fault that a body describes.
func (c *Calls) decodeFault(body []byte) error {
	var fault Fault
	if err := wire.DecodeStrictly(body, &fault); err != nil {
		return err
	}
	return c.AddFault(fault)
}

// answerOne answers an object, or that there is none.
func answerOne[T any](w http.ResponseWriter, object *T) {
	if object == nil {
		http.Error(w, "it is not there any more", http.StatusNotFound)
		return
	}
	answerJSON(w, object)
}

// answerDone answers a control call that returns nothing.
func answerDone(w http.ResponseWriter, err error, refusal int) {
	if err != nil {
		http.Error(w, err.Error(), refusal)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c *Calls) reset() {
	c.mu.Lock()
	c.resets++
	c.mu.Unlock()
	c.vendor.Reset()
	c.ClearFaults()
	c.ForgetCalls()
	c.touch(touched{what: changedAll})
}

// wait delays an answer, unless the caller gives up.
func wait(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	}
}
