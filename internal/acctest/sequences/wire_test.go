package sequences_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// process is one process of the provider, and the wire from it to the vendors. A killed process makes no call any more.
type process struct {
	*acctest.Protocol

	world  *world
	killed atomic.Bool
	// crowded says that strangers have created something since the process began, odd that it got an odd answer.
	crowded, odd atomic.Bool
	// found are the notes that earlier processes have left.
	found []note
	// named are the ids that the process was asked to import.
	named map[string]bool
}

// operation is one operation of Terraform's core on one resource, in one process.
type operation struct {
	name     string
	do       func() acctest.Report
	resource *managed
	settings settings // what it configures
	process  *process
	random   *rand.Rand
	cancel   context.CancelFunc

	// trouble is how likely a call goes wrong, strangers how likely strangers come with it.
	trouble, strangers float64
	// fault is what goes wrong with the next calls, as many as stay.
	fault sandbox.Fault
	stay  int
	// stop is what ends the operation, at the call that is stopAt calls after the first sending of a change.
	stop   string
	stopAt int

	// changing says that a change was sent and is not answered. What strikes then is counted.
	changing bool
	// calls counts those since a change was sent, creates those that create.
	calls, creates int
	// answered says that the vendor carried out a create and nothing kept its answer from the process.
	answered bool
	// wire says that a fault of the wire struck, stopped that Ctrl-C or the end of the process did.
	wire, stopped bool
	finished      bool
	report        acctest.Report
}

type operationKey struct{}

// The ways to stop an operation, and where.
const (
	ctrlCBefore = "ctrl-c before"
	ctrlCDuring = "ctrl-c during"
	ctrlCAfter  = "ctrl-c after"
	killBefore  = "kill before"
	killAfter   = "kill after"
	killAtEnd   = "kill at the end"
)

// What is compared after a step.
const (
	secretCompared   = "secret in a state compared with the live one"
	strangerCompared = "webhook of a stranger compared with what it was"
)

// kinds are what the counters count: comparisons, stops, strangers, and faults.
var kinds = func() []string {
	out := []string{
		secretCompared, strangerCompared,
		ctrlCBefore, ctrlCDuring, ctrlCAfter, killBefore, killAfter, killAtEnd,
		"a stranger creates", "a stranger changes", "a stranger deletes", "lag",
	}
	all := slices.Concat(faults["wire"], faults["odd"])
	for _, v := range conformance.Vendors {
		all = append(all, v.Faults...)
	}
	for _, fault := range all {
		if name := faultName(fault); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}()

// RoundTrip implements http.RoundTripper.
func (p *process) RoundTrip(request *http.Request) (*http.Response, error) {
	op, _ := request.Context().Value(operationKey{}).(*operation)
	<-time.After(op.upTo(2 * time.Second))
	if err := p.dies(request, false); err != nil {
		return nil, err
	}
	if op.resource.vendor.changes(request) {
		op.changing = true
	}
	stop := op.stopsNow()
	if stop == ctrlCBefore {
		op.cancel()
	}
	if err := p.dies(request, stop == killBefore); err != nil {
		return nil, err
	}
	p.world.letStrangersAct(op)
	response, err := p.send(request, op, stop == ctrlCDuring)
	p.world.letStrangersAct(op)
	if stop == ctrlCAfter {
		op.cancel()
	}
	if err := p.dies(request, stop == killAfter); err != nil {
		return nil, err
	}
	return response, err
}

// dies ends the caller if the process is killed, now or before. Reads may run for several callers, so they only fail.
func (p *process) dies(request *http.Request, now bool) error {
	if now {
		p.killed.Store(true)
	}
	switch {
	case !p.killed.Load():
		return nil
	case request.Method != http.MethodGet:
		runtime.Goexit()
	}
	return context.Canceled
}

// stopsNow returns the stop that is due at this call, if any.
func (o *operation) stopsNow() string {
	if !o.changing || o.stop == killAtEnd {
		return ""
	}
	o.calls++
	if o.calls-1 != o.stopAt || o.stop == "" {
		return ""
	}
	o.stopped = true
	o.strike(o.stop)
	return o.stop
}

// strike counts what struck while a change was in flight.
func (o *operation) strike(name string) {
	if o.changing {
		o.process.world.counts.add(name)
	}
}

// send makes a call with a fault, or without. Calls pass one by one, because a fault is that of the next call.
func (p *process) send(request *http.Request, op *operation, ctrlC bool) (*http.Response, error) {
	fault, v, w := op.nextFault(request), op.resource.vendor, p.world
	w.wire.Lock()
	defer w.wire.Unlock()
	calls := v.API(v.env)
	calls.ClearFaults()
	if fault != nil {
		if err := calls.AddFault(*fault); err != nil {
			w.t.Error(err)
		}
	}
	calls.Before(nil)
	if ctrlC {
		calls.Before(func(*http.Request) { op.cancel() })
	}
	former := v.all()
	response, err := calls.Transport().RoundTrip(request)
	intact := fault == nil || fault.Effect == sandbox.Patch || fault.Effect == sandbox.Lag
	succeeded := err == nil && response.StatusCode < http.StatusMultipleChoices
	if v.creates(request) {
		op.creates++
		op.answered = op.answered || intact && (succeeded || err != nil && ctrlC && op.creates == 1)
		if fault != nil && fault.Effect == sandbox.Twice && v.Sendings == 1 {
			w.disown(v, former)
		}
	}
	if intact && succeeded && v.changes(request) {
		op.changing = false
	}
	return response, err
}

// disown makes a stranger's the first of two webhooks that a call has created, which whatever repeated the call has answered for.
func (w *world) disown(v *vendor, former []webhook) {
	for _, one := range v.all() {
		if !slices.ContainsFunc(former, func(other webhook) bool { return other.ID == one.ID }) {
			w.strangers[one.ID] = one
			return
		}
	}
}

// nextFault draws what goes wrong with a call.
func (o *operation) nextFault(request *http.Request) *sandbox.Fault {
	w := o.process.world
	if request.Method == http.MethodGet && w.longestLag > 0 && o.random.Float64() < o.trouble/2 {
		o.strike("lag")
		return &sandbox.Fault{Effect: sandbox.Lag, Milliseconds: 1 + int(o.upTo(w.longestLag).Milliseconds()), Times: 1}
	}
	if o.stay == 0 && o.random.Float64() < o.trouble {
		o.fault, o.stay = o.drawFault(), pick(o.random, 1, 1, 1, 1, 1, 1, 2, 2, 3, 6)
	}
	if o.stay == 0 {
		return nil
	}
	o.stay--
	if !strikes(o.fault, request) {
		return nil
	}
	fault := o.fault
	fault.Times, o.wire = 1, true
	if fault.Effect == sandbox.Late {
		fault.Milliseconds = 1 + int(o.upTo(w.latest).Milliseconds())
	}
	o.strike(faultName(fault))
	return &fault
}

func (o *operation) drawFault() sandbox.Fault {
	if o.random.IntN(3) > 0 {
		return pick(o.random, faults["wire"]...)
	}
	o.process.odd.Store(true)
	return pick(o.random, slices.Concat(faults["odd"], o.resource.vendor.Faults, o.resource.vendor.Faults)...)
}

// faultName names a fault in the counters.
func faultName(fault sandbox.Fault) string {
	switch {
	case fault.Effect != sandbox.Status:
		return fault.Effect
	case fault.Body != nil && fault.Status < http.StatusMultipleChoices:
		return "a false 2xx"
	case fault.Body != nil:
		return "a foreign refusal"
	}
	return "status " + http.StatusText(fault.Status)
}

func (o *operation) upTo(most time.Duration) time.Duration {
	return time.Duration(o.random.Int64N(int64(most)))
}
