package sandbox

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// The effects a fault can have.
const (
	DropBefore  = "drop_before"  // the connection is cut, nothing is done
	DropAfter   = "drop_after"   // the call is done, then the connection is cut
	Late        = "late"         // the connection is cut at once, the call is done after a delay
	Status      = "status"       // answered with a status, nothing is done
	StatusAfter = "status_after" // the call is done, then answered with a status
	Truncate    = "truncate"     // the call is done, half of the answer is sent
	HTML        = "html"         // a proxy's HTML page, nothing is done
	Delay       = "delay"        // the call is done after a delay
	Twice       = "twice"        // the call is done twice, the second answer is sent
	Patch       = "patch"        // the call is done, its answer is changed
	Lag         = "lag"          // a GET is answered from an older state
)

// Effects are the effects a fault can have.
var Effects = []string{DropBefore, DropAfter, Late, Status, StatusAfter, Truncate, HTML, Delay, Twice, Patch, Lag}

// carryOut passes a call to the vendor.
func (c *Calls) carryOut(r *http.Request, body []byte) *answer {
	c.runBefore(r)
	r.Body = io.NopCloser(bytes.NewReader(body))
	out := &answer{header: http.Header{}, status: http.StatusOK}
	c.vendor.ServeHTTP(out, r)
	return out
}

// Before has a function run before each further call is carried out, or where a fault cuts or refuses it instead. It holds no lock, so
// a test can change the state at that moment, and may run concurrently. Nil ends that.
func (c *Calls) Before(run func(*http.Request)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.before = run
}

func (c *Calls) runBefore(r *http.Request) {
	c.mu.Lock()
	run := c.before
	c.mu.Unlock()
	if run != nil {
		run(r)
	}
}

// inject makes a call with a fault. A nil fault changes nothing.
func (c *Calls) inject(f *Fault, r *http.Request, body []byte) *answer {
	if f == nil {
		return c.carryOut(r, body)
	}
	out := &answer{header: http.Header{}, status: http.StatusOK}
	switch f.Effect {
	case DropBefore, Status, HTML:
		c.runBefore(r)
	case Delay:
		wait(r, f.duration())
		out = c.carryOut(r, body)
	case Twice:
		c.carryOut(r, body)
		out = c.carryOut(r, body)
	case Patch:
		out = c.carryOut(c.withKnownPage(r), body)
	case Lag:
		out = c.carryOut(wire.WithLag(r, f.duration()), body)
	case Late:
		c.carryOutLate(r, body, f.duration())
	default:
		out = c.carryOut(r, body)
	}
	return f.change(out, c.vendor, r)
}

// change returns the answer that a fault makes of the vendor's.
func (f *Fault) change(out *answer, v Vendor, r *http.Request) *answer {
	switch f.Effect {
	case DropBefore, DropAfter, Late:
		return &answer{header: http.Header{}, cut: true}
	case Status, StatusAfter:
		out = &answer{header: http.Header{}}
		f.refuse(out, v, r)
	case Truncate:
		out.header.Set("Content-Length", strconv.Itoa(len(out.body)))
		out.body, out.cut = out.body[:len(out.body)/2], true
	case HTML:
		f.page(out)
	case Patch:
		out.body = f.patched(out.body)
	}
	for name, value := range f.Headers {
		out.header.Set(name, value)
	}
	return out
}

func (f *Fault) duration() time.Duration { return time.Duration(f.Milliseconds) * time.Millisecond }

// refuse answers with a status: with the fault's body, or as the vendor would.
func (f *Fault) refuse(out *answer, v Vendor, r *http.Request) {
	if f.RetryAfter != "" {
		out.header.Set("Retry-After", string(f.RetryAfter))
	}
	if f.Body == nil {
		v.Refuse(out, r, f.Status, f.Message)
		return
	}
	out.header.Set("Content-Type", cmp.Or(f.ContentType, "application/json"))
	out.status, out.body = f.Status, []byte(*f.Body)
}

// page answers with an HTML page, as a proxy between client and vendor would.
func (f *Fault) page(out *answer) {
	status := cmp.Or(f.Status, http.StatusBadGateway)
	out.header.Set("Content-Type", "text/html")
	out.WriteHeader(status)
	_, _ = fmt.Fprintf(out, "<html><head><title>%d %s</title></head><body><h1>%[2]s</h1></body></html>\n",
		status, http.StatusText(status))
}
