package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Fault makes matching calls go wrong.
type Fault struct {
	// Method and Path select calls. Path is a glob in which * matches within one element. Empty or "*" matches everything.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Skip is how many matching calls pass first.
	Skip int `json:"skip,omitempty"`
	// Times is how many calls go wrong. Zero means all of them, until the faults are cleared.
	Times int `json:"times,omitempty"`
	// Effect is what goes wrong.
	Effect string `json:"effect"`
	// Status, RetryAfter (the header's value) and Message shape the answer of status, status_after and html.
	Status     int        `json:"status,omitempty"`
	RetryAfter headerText `json:"retry_after,omitempty"`
	Message    string     `json:"message,omitempty"`
	// Body is the exact body of status and status_after, instead of the vendor's refusal. Its type is ContentType, or JSON.
	Body        *string `json:"body,omitempty"`
	ContentType string  `json:"content_type,omitempty"`
	// Headers are set on every answer.
	Headers map[string]string `json:"headers,omitempty"`
	// Patch is the JSON merge patch (RFC 7396) of patch. It changes each element of an array, and $n in a text of it becomes the
	// number of the call that goes wrong.
	Patch json.RawMessage `json:"patch,omitempty"`
	// Milliseconds is how long delay and late wait, and how old the answer of lag is.
	Milliseconds int `json:"ms,omitempty"`

	number int
	hits   int
}

// ActiveFault is a fault that has been set and not been cleared.
type ActiveFault struct {
	Number int `json:"number"`
	// Hits is how many calls have gone wrong.
	Hits int `json:"hits"`
	Fault
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
	if !slices.Contains(Effects, fault.Effect) {
		return fmt.Errorf("unknown effect %q: it is one of %q", fault.Effect, Effects)
	}
	if err := fault.check(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faultCount++
	fault.number = c.faultCount
	c.faults = append(c.faults, &fault)
	c.touch(touched{what: changedFaults})
	return nil
}

// check refuses a fault that could match no call or would not do what its fields say.
func (f *Fault) check() error {
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Errorf("path %q: %w", f.Path, err)
	}
	if f.Path != "" && !strings.ContainsAny(f.Path[:1], "/*[") {
		return fmt.Errorf("path %q matches no call: every path begins with /", f.Path)
	}
	needed := f.Effect == Status || f.Effect == StatusAfter
	if (needed || f.Status != 0) && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("status %d: effect %s needs one between 200 and 599", f.Status, f.Effect)
	}
	if f.Skip < 0 || f.Times < 0 || f.Milliseconds < 0 {
		return errors.New("skip, times and ms must not be negative")
	}
	return f.checkParts()
}

// checkParts refuses fields of another effect, and an effect without a field that it needs.
func (f *Fault) checkParts() error {
	switch effect := f.Effect; {
	case f.Body != nil && effect != Status && effect != StatusAfter:
		return fmt.Errorf("effect %s has no body: only status and status_after have one", effect)
	case f.ContentType != "" && f.Body == nil:
		return errors.New("content_type is the type of body, which is missing")
	case f.Patch != nil && effect != Patch:
		return fmt.Errorf("effect %s has no patch: only patch has one", effect)
	case f.Patch != nil && !json.Valid(f.Patch):
		return errors.New("patch is not JSON")
	case effect == Patch && f.Patch == nil && len(f.Headers) == 0:
		return errors.New("effect patch needs patch or headers")
	case effect == Late && f.Milliseconds == 0:
		return errors.New("effect late needs ms")
	case effect == Lag && (f.Milliseconds == 0 || f.duration() > wire.MaxLag):
		return fmt.Errorf("ms %d: effect lag needs one between 1 and %d", f.Milliseconds, wire.MaxLag.Milliseconds())
	}
	return nil
}

// Faults returns the faults that have been set and not been cleared, the oldest first.
func (c *Calls) Faults() []ActiveFault {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := []ActiveFault{}
	for _, fault := range c.faults {
		out = append(out, ActiveFault{Number: fault.number, Hits: max(0, fault.hits-fault.Skip), Fault: *fault})
	}
	return out
}

// ClearFaults ends every fault.
func (c *Calls) ClearFaults() { c.clearFaults(func(*Fault) bool { return true }) }

func (c *Calls) clearFaults(which func(*Fault) bool) (cleared bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := len(c.faults)
	c.faults = slices.DeleteFunc(c.faults, which)
	c.touch(touched{what: changedFaults})
	return len(c.faults) < before
}

// nextFault returns a copy of the fault that acts on a call, because its count goes on.
func (c *Calls) nextFault(r *http.Request) *Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, fault := range c.faults {
		if !fault.matches(r) || (fault.Times > 0 && fault.hits >= fault.Skip+fault.Times) {
			continue
		}
		fault.hits++
		c.touch(touched{what: changedFaults})
		if fault.hits > fault.Skip {
			hit := *fault
			return &hit
		}
	}
	return nil
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Effect == Lag && r.Method != http.MethodGet {
		return false
	}
	if f.Method != "" && f.Method != "*" && !strings.EqualFold(f.Method, r.Method) {
		return false
	}
	matched, _ := path.Match(f.Path, r.URL.Path)
	return f.Path == "" || f.Path == "*" || matched
}
