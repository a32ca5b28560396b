package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The effects a fault can have.
const (
	DropBefore  = "drop_before"  // the connection is cut, nothing is done
	DropAfter   = "drop_after"   // the call is done, then the connection is cut
	Status      = "status"       // answered with a status, nothing is done
	StatusAfter = "status_after" // the call is done, then answered with a status
	Truncate    = "truncate"     // the call is done, half of the answer is sent
	HTML        = "html"         // a proxy's HTML page, nothing is done
	Delay       = "delay"        // the call is done after a delay
)

var effects = []string{DropBefore, DropAfter, Status, StatusAfter, Truncate, HTML, Delay}

// Fault makes matching calls go wrong.
type Fault struct {
	// Method and Path select calls. Path is a glob in which * matches within one element. Empty or "*" matches everything.
	Method string `json:"method"`
	Path   string `json:"path"`
	// Skip is how many matching calls pass first.
	Skip int `json:"skip"`
	// Times is how many calls go wrong. Zero means all of them, until the faults are cleared.
	Times int `json:"times"`
	// Effect is what goes wrong.
	Effect string `json:"effect"`
	// Status, RetryAfter (the header's value) and Message shape the answer of status, status_after and html.
	Status     int        `json:"status"`
	RetryAfter headerText `json:"retry_after"`
	Message    string     `json:"message"`
	// Milliseconds is how long delay delays.
	Milliseconds int `json:"ms"`

	hits int
}

// headerText is the value of a header. In JSON it may also be a number, which is the simplest form of a number of seconds.
type headerText string

func (h *headerText) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(h))
	}
	var seconds *uint64
	if err := json.Unmarshal(data, &seconds); err != nil || seconds == nil {
		return err
	}
	*h = headerText(strconv.FormatUint(*seconds, 10))
	return nil
}

// AddFault makes matching calls go wrong from now on. If several faults match, the oldest applies.
func (c *Calls) AddFault(fault Fault) error {
	if !slices.Contains(effects, fault.Effect) {
		return fmt.Errorf("unknown effect %q: it is one of %q", fault.Effect, effects)
	}
	if _, err := path.Match(fault.Path, ""); err != nil {
		return fmt.Errorf("path %q: %w", fault.Path, err)
	}
	if fault.Path != "" && !strings.ContainsAny(fault.Path[:1], "/*[") {
		return fmt.Errorf("path %q matches no call: every path begins with /", fault.Path)
	}
	needed := fault.Effect == Status || fault.Effect == StatusAfter
	if (needed || fault.Status != 0) && (fault.Status < 200 || fault.Status > 599) {
		return fmt.Errorf("status %d: effect %s needs one between 200 and 599", fault.Status, fault.Effect)
	}
	if fault.Skip < 0 || fault.Times < 0 || fault.Milliseconds < 0 {
		return errors.New("skip, times and ms must not be negative")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, &fault)
	return nil
}

// ClearFaults ends every fault.
func (c *Calls) ClearFaults() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

func (c *Calls) nextFault(r *http.Request) *Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, fault := range c.faults {
		if !fault.matches(r) || (fault.Times > 0 && fault.hits >= fault.Skip+fault.Times) {
			continue
		}
		fault.hits++
		if fault.hits > fault.Skip {
			return fault
		}
	}
	return nil
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Method != "" && f.Method != "*" && !strings.EqualFold(f.Method, r.Method) {
		return false
	}
	matched, _ := path.Match(f.Path, r.URL.Path)
	return f.Path == "" || f.Path == "*" || matched
}

// inject applies a fault to a call of the vendor. A nil fault changes nothing.
func (f *Fault) inject(v vendor, r *http.Request) *answer {
	out := &answer{header: http.Header{}, status: http.StatusOK}
	if f == nil {
		v.ServeHTTP(out, r)
		return out
	}
	switch f.Effect {
	case DropBefore:
		out.cut = true
	case DropAfter:
		v.ServeHTTP(out, r)
		out = &answer{header: http.Header{}, cut: true}
	case Status:
		f.refuse(out, v, r)
	case StatusAfter:
		v.ServeHTTP(out, r)
		out = &answer{header: http.Header{}}
		f.refuse(out, v, r)
	case Truncate:
		v.ServeHTTP(out, r)
		out.header.Set("Content-Length", strconv.Itoa(len(out.body)))
		out.body, out.cut = out.body[:len(out.body)/2], true
	case HTML:
		f.page(out)
	case Delay:
		wait(r, time.Duration(f.Milliseconds)*time.Millisecond)
		v.ServeHTTP(out, r)
	}
	return out
}

func (f *Fault) refuse(out *answer, v vendor, r *http.Request) {
	if f.RetryAfter != "" {
		out.header.Set("Retry-After", string(f.RetryAfter))
	}
	v.Refuse(out, r, f.Status, f.Message)
}

// page answers with an HTML page, as a proxy between client and vendor would.
func (f *Fault) page(out *answer) {
	status := cmp.Or(f.Status, http.StatusBadGateway)
	out.header.Set("Content-Type", "text/html")
	out.WriteHeader(status)
	_, _ = fmt.Fprintf(out, "<html><head><title>%d %s</title></head><body><h1>%[2]s</h1></body></html>\n",
		status, http.StatusText(status))
}

// answer buffers what a vendor wrote until it is decided whether and how to send it.
type answer struct {
	header http.Header
	status int
	body   []byte
	cut    bool
}

func (a *answer) Header() http.Header  { return a.header }
func (a *answer) WriteHeader(code int) { a.status = code }

func (a *answer) Write(data []byte) (int, error) {
	a.body = append(a.body, data...)
	return len(data), nil
}

func (a *answer) send(w http.ResponseWriter) {
	if a.cut && len(a.body) == 0 {
		panic(http.ErrAbortHandler) // the documented way to cut a connection without an answer
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	if a.cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}
